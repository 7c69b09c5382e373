"""OpenAPI operations: an operation is documented by the docstring of its action."""

from __future__ import annotations

import inspect
from typing import Any, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from editorial.api.framework import deprecation, expansion, exports
from editorial.api.framework.endpoints import Endpoint, endpoint_of
from editorial.api.framework.errors import MEDIA_TYPE, PROBLEM_TYPES
from editorial.api.framework.pagination import MAX_LIMIT
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.openapi import headers


class ProblemDetailSerializer(serializers.Serializer[Any]):
    """A single error."""

    code = serializers.CharField(help_text="The code, such as E_REPLY_PENDING or WRONG_STATE.")
    detail = serializers.CharField(help_text="What is wrong and what to do.")
    pointer = serializers.CharField(
        required=False, help_text="The field in the body, as a JSON pointer: #/uses/0/mode."
    )
    parameter = serializers.CharField(required=False, help_text="The query parameter.")
    claim = serializers.UUIDField(required=False, help_text="The claim that a gate code is about.")


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457). Nothing was changed; only after `DATABASE_UNAVAILABLE`, check before retrying."""

    type = serializers.CharField(help_text="The type of problem, such as urn:problem-type:newsroom:conflict.")
    title = serializers.CharField(help_text="The title of the type.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What is wrong and what to do, in one text.")
    errors = ProblemDetailSerializer(many=True, help_text="Each error, at most 20.")  # type: ignore[assignment]
    further_errors = serializers.IntegerField(
        required=False, help_text="The number of errors beyond the first 20, which are not listed."
    )
    current = serializers.DictField(
        required=False, help_text="With 412: the current row, as far as you may see it; its tag is in `ETag`."
    )
    request_id = serializers.CharField(
        required=False, help_text="With 500: the id under which the log describes the error."
    )


def error_responses(*statuses: int) -> dict[Any, Any]:
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=f"{PROBLEM_TYPES[status][1]}.")
        for status in statuses
    }


_LABELS = {"reviews": "review tasks", "signoffs": "sign-offs"}
"""Resources that are not called by the words of their URL."""


class OperationSchema(AutoSchema):
    """Names operations by resource and action, and takes descriptions from the action's docstring."""

    def get_operation_id(self) -> str:
        """The operation id, such as stories_publish."""
        return f"{self._resource_name.replace('-', '_')}_{self._action_name}"

    def get_tags(self) -> list[str]:
        return [self._resource_name]

    def get_summary(self) -> str | None:
        """The first sentence of the description."""
        return self.get_description().split("\n\n")[0].split(". ")[0].rstrip(".").replace("\n", " ")

    def get_description(self) -> str:  # type: ignore[override]
        """The action's docstring; for reads, what is listed or shown."""
        description = inspect.getdoc(self._handler) if self._has_own_docstring() else ""
        if not description:
            plural, singular = _resource_labels(self._resource_name)
            view_description = inspect.getdoc(type(self.view)) or ""
            description = (
                f"List {plural}.\n\n{view_description}"
                if self._action_name == "list"
                else f"Retrieve {singular}.\n\n{view_description}"
            )
        deprecated = deprecation.of_handler(self._handler)
        return f"{description}\n\n{deprecated.notice}" if deprecated else description

    def is_deprecated(self) -> bool:
        return deprecation.of_handler(self._handler) is not None

    def get_request_serializer(self) -> Any:
        return self._endpoint.input_serializer

    def get_response_serializers(self) -> Any:
        """The responses of the action, including errors."""
        endpoint, view = self._endpoint, cast(Any, self.view)
        responses: dict[Any, Any] = {}
        if self._is_export:
            responses = exports.export_responses(view)
        elif endpoint.status != 204:
            responses[endpoint.status] = endpoint.output_serializer or view.get_serializer_class()
        if endpoint.no_content_description:
            responses[204] = OpenApiResponse(description=endpoint.no_content_description)
        if "If-None-Match" in self._request_header_names():
            responses[304] = OpenApiResponse(description="You already have the current version.")
        return responses | error_responses(*self._error_statuses())

    def get_override_parameters(self) -> list[Any]:
        serializer = self._endpoint.output_serializer or getattr(self.view, "output_serializer", None)
        request_parameters = [*headers.request_headers(self.view, self.method, self.path), *self._sync_parameters()]
        request_parameters += [exports.FORMAT_PARAMETER] if self._is_export else []
        if getattr(self.view, "action", "") in ("list", "retrieve"):
            request_parameters += expansion.parameter(cast(Any, self.view).get_serializer_class())
        return [
            *request_parameters,
            *headers.response_headers(self.view, self.method, self._endpoint.status, serializer),
        ]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Whether the operation takes list parameters; exports take filters but no pages."""
        return bool(super()._is_list_view(serializer)) or (self._is_export and serializer is None)

    def _get_pagination_parameters(self) -> list[Any]:
        return [] if self._is_export else list(super()._get_pagination_parameters())  # type: ignore[no-untyped-call]

    @property
    def _is_export(self) -> bool:
        return getattr(self.view, "action", "") == "export"

    def _sync_parameters(self) -> list[OpenApiParameter]:
        """The parameters of incremental sync, if available."""
        if getattr(self.view, "action", "") != "list":
            return []
        sync_class = cast(Any, self.view).get_sync_pagination_class()
        return [OpenApiParameter(sync_class.query_param, str, description=sync_class.description)] if sync_class else []

    def _request_header_names(self) -> set[str]:
        return {header.name for header in headers.request_headers(self.view, self.method, self.path)}

    def _error_statuses(self) -> list[int]:
        if self.method == "GET":
            if self._is_export:
                return [401, 406, 422, 429]
            if "{" in self.path:
                return [401, 404, *self._endpoint.error_statuses]
            return [401, *([410] if self._sync_parameters() else []), 422]
        version_statuses = [412, 428] if self.method == "PATCH" else [412]
        if "If-Match" not in self._request_header_names():
            version_statuses = []
        return [400, 401, 403, 404, 409, *version_statuses, 422]

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """Input schemas allow no other fields. A row may have the names of what it refers to beside it."""
        described = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, InputSerializer):
            return described | {"additionalProperties": False}
        is_row = isinstance(serializer, OutputSerializer) and "id" in serializer.Meta.fields
        if is_row and (names := sorted(expansion.relations(type(serializer)))):
            described["properties"]["expanded"] = self._map_expansion(names, described["properties"], direction)
        return described

    def _map_expansion(self, names: list[str], properties: dict[str, Any], direction: Any) -> dict[str, Any]:
        reference = self.resolve_serializer(expansion.ObjectNameSerializer(), direction).ref
        nullable = {"oneOf": [reference, {"type": "null"}]}
        lists = {"type": "array", "items": reference}
        return {
            "type": "object",
            "description": "With `expand=`: the names of what these fields refer to, as far as you may see it.",
            "properties": {
                name: (lists if properties[name].get("type") == "array" else nullable)
                | {"description": f"The objects in `{name}`, by id and name."}
                for name in names
            },
        }

    def _get_filter_parameters(self) -> list[Any]:
        """The filters. A filter class describes one id, not how many may be given."""
        parameters = cast("list[Any]", super()._get_filter_parameters())  # type: ignore[no-untyped-call]
        for parameter in parameters:
            if parameter["name"] == "ids":
                parameter["schema"] |= {"minItems": 1, "maxItems": MAX_LIMIT}
        return parameters

    def _get_paginator(self) -> Any:
        """Only lists are paginated."""
        return super()._get_paginator() if getattr(self.view, "action", "") == "list" else None  # type: ignore[no-untyped-call]

    @property
    def _resource_name(self) -> str:
        return str(getattr(self.view, "basename", "") or self._tokenize_path()[0])

    @property
    def _action_name(self) -> str:
        name = self.view.action if hasattr(self.view, "action") else self.method.lower()
        return self._endpoint.operation or str(name)

    @property
    def _endpoint(self) -> Endpoint:
        return endpoint_of(self._handler)

    @property
    def _handler(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", "") or self.method.lower())

    def _has_own_docstring(self) -> bool:
        """Whether the docstring is our own, not the framework's."""
        return str(getattr(self._handler, "__module__", "")).startswith("editorial.")


def _resource_labels(name: str) -> tuple[str, str]:
    """A resource in the plural, and one object of it with its article: review tasks, a review task."""
    plural = _LABELS.get(name, name.replace("-", " "))
    singular = f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")
    return plural, f"{'an' if singular[0] in 'aeiou' else 'a'} {singular}"
