"""How operations are described as OpenAPI: what is told of a verb is what the verb says of itself."""

from __future__ import annotations

import inspect
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from editorial.api.framework import exports
from editorial.api.framework.errors import MEDIA_TYPE, PROBLEM_TYPES
from editorial.api.framework.serializers import InputSerializer
from editorial.api.openapi import headers


class ProblemDetailSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="For machines, such as E_REPLY_PENDING or WRONG_STATE.")
    detail = serializers.CharField(help_text="For people: what is wrong and what to do.")
    pointer = serializers.CharField(required=False, help_text="Where in the body, as a JSON pointer: #/uses/0/mode.")
    parameter = serializers.CharField(required=False, help_text="Which parameter of the query.")
    claim = serializers.UUIDField(required=False, help_text="The claim that a code of the gate is about.")


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457). Nothing was changed; only after `DATABASE_UNAVAILABLE`, check before you retry."""

    type = serializers.CharField(help_text="The kind of problem, such as urn:problem-type:newsroom:conflict.")
    title = serializers.CharField(help_text="The kind in words.")
    status = serializers.IntegerField(help_text="The HTTP status, once more.")
    detail = serializers.CharField(help_text="What is wrong and what to do, all of it in one text.")
    errors = ProblemDetailSerializer(many=True, help_text="Everything that is wrong, one by one.")  # type: ignore[assignment]
    current = serializers.DictField(
        required=False, help_text="Of 412: the row as it is now, as far as you may see it; its tag is in `ETag`."
    )
    request_id = serializers.CharField(
        required=False, help_text="Of a fault on our side: by this number its lines in the log are found."
    )


def error_responses(*statuses: int) -> dict[Any, Any]:
    """The refusals of an operation, for its description."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=f"{PROBLEM_TYPES[status][1]}.")
        for status in statuses
    }


class OperationSchema(AutoSchema):
    """Names operations by noun and verb, and describes them in the verb's own words."""

    def get_operation_id(self) -> str:
        """Such as stories_publish."""
        return f"{self._resource_name.replace('-', '_')}_{self._action_name}"

    def get_tags(self) -> list[str]:
        """One group a noun."""
        return [self._resource_name]

    def get_summary(self) -> str | None:
        """The first sentence of what the verb says of itself."""
        return self.get_description().split("\n\n")[0].split(". ")[0].rstrip(".").replace("\n", " ")

    def get_description(self) -> str:  # type: ignore[override]
        """What the verb says of itself; of reads, what is listed or shown."""
        told = inspect.getdoc(self._handler) if self._has_own_docstring() else ""
        if not told:
            noun = self._resource_name.replace("-", " ")
            of = inspect.getdoc(type(self.view)) or ""
            told = f"List {noun}.\n\n{of}" if self._action_name == "list" else f"Show one of the {noun}.\n\n{of}"
        return told

    def get_request_serializer(self) -> Any:
        """What the verb takes."""
        return getattr(self._handler, "takes", None)

    def get_response_serializers(self) -> Any:
        """What the verb answers, and how it refuses."""
        status = getattr(self._handler, "status", 200)
        view: Any = self.view
        answers = getattr(self._handler, "answers", None) or view.get_serializer_class()
        answered: dict[Any, Any] = {status: answers} if status != 204 else {}
        if self._is_export:
            answered = exports.export_responses(view)
        if nothing := getattr(self._handler, "nothing", ""):
            answered[204] = OpenApiResponse(description=nothing)
        if "If-None-Match" in self._request_header_names():
            answered[304] = OpenApiResponse(description="You have it already.")
        return answered | error_responses(*self._error_statuses())

    def get_override_parameters(self) -> list[Any]:
        """The headers by which it is made safe, and those that tell of it."""
        status = getattr(self._handler, "status", 200)
        answers = getattr(self._handler, "answers", None) or getattr(self.view, "output_serializer", None)
        asked = [*headers.request_headers(self.view, self.method, self.path), *self._sync_parameters()]
        asked += [exports.FORMAT_PARAMETER] if self._is_export else []
        return [*asked, *headers.response_headers(self.view, self.method, status, answers)]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Whether it is asked as lists are: one that is taken away whole has their filters, and no pages."""
        return bool(super()._is_list_view(serializer)) or (self._is_export and serializer is None)

    def _get_pagination_parameters(self) -> list[Any]:
        return [] if self._is_export else list(super()._get_pagination_parameters())  # type: ignore[no-untyped-call]

    @property
    def _is_export(self) -> bool:
        return getattr(self.view, "action", "") == "export"

    def _sync_parameters(self) -> list[OpenApiParameter]:
        """How a list is asked what changed, where it can be."""
        view: Any = self.view
        on = view.get_sync_pagination_class() if getattr(view, "action", "") == "list" else None
        return [OpenApiParameter(on.query_param, str, description=on.description)] if on else []

    def _request_header_names(self) -> set[str]:
        return {header.name for header in headers.request_headers(self.view, self.method, self.path)}

    def _error_statuses(self) -> list[int]:
        if self.method == "GET":
            if self._is_export:
                return [401, 406, 422, 429]
            more = getattr(self._handler, "refuses", ())
            return [401, 404, *more] if "{" in self.path else [401, *([410] if self._sync_parameters() else []), 422]
        on_versions = {"PATCH": [412, 428]}.get(self.method, [412])
        return [400, 401, 403, 404, 409, *(on_versions if "If-Match" in self._request_header_names() else []), 422]

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """What is stated has the fields that are described, and no others."""
        described = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        return described | {"additionalProperties": False} if isinstance(serializer, InputSerializer) else described

    def _get_paginator(self) -> Any:
        """Only lists come in pages."""
        return super()._get_paginator() if getattr(self.view, "action", "") == "list" else None  # type: ignore[no-untyped-call]

    @property
    def _resource_name(self) -> str:
        return str(getattr(self.view, "basename", "") or self._tokenize_path()[0])

    @property
    def _action_name(self) -> str:
        name = self.view.action if hasattr(self.view, "action") else self.method.lower()
        return str(getattr(self._handler, "operation", name))

    @property
    def _handler(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", "") or self.method.lower())

    def _has_own_docstring(self) -> bool:
        """Whether the method is ours, not the framework's."""
        return str(getattr(self._handler, "__module__", "")).startswith("editorial.")
