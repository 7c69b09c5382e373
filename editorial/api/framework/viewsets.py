"""Base views: a resource's rows as the caller may see them, and its actions.

A viewset reads as a table of its actions: `create_endpoint`, `update_endpoint` and `action_endpoint` turn an action of
the workflow into an endpoint. Input serializers only describe and parse; the action decides what to reject.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from editorial.api.framework import etags, idempotency, sync, throttling
from editorial.api.framework.filtering import StrictFilterBackend
from editorial.api.framework.pagination import DEFAULT_ORDERINGS, CursorPagination
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.models import CHANGE_TRIGGERS, User, db_clock
from editorial.policy.access import ActorFacts
from editorial.workflow.core.errors import VersionConflict

Method = TypeVar("Method", bound=Callable[..., Any])

_ANONYMOUS = ActorFacts(id="", active=False, memberships=frozenset())


class BaseAPIView(APIView):
    """Authenticates the caller once, as `caller`. Responses are private and never cached.

    Every write accepts an idempotency key, unless the view or the endpoint opts out.
    """

    accepts_idempotency_key: ClassVar[bool] = True

    @property
    def user(self) -> User:
        """The signed-in user."""
        return cast(User, self.request.user)

    @cached_property
    def caller(self) -> ActorFacts:
        """The caller's facts for access checks."""
        return self.request.user.facts() if isinstance(self.request.user, User) else _ANONYMOUS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, throttle and check permissions before the handler runs."""
        throttling.throttle_address(request)
        super().initial(request, *args, **kwargs)
        method = str(request.method).lower()
        handler = getattr(self, method, None)
        if self.accepts_idempotency_key and handler is not None and getattr(handler, "accepts_idempotency_key", True):
            setattr(self, method, idempotency.idempotent(handler, request))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Forbid caching of the response."""
        response.headers.setdefault("Cache-Control", "private, no-store")
        throttling.set_rate_limit_headers(request, response)
        return super().finalize_response(request, response, *args, **kwargs)


class ResourceViewSet(BaseAPIView, GenericViewSet[Any]):
    """Rows of one model. Rows that the caller may not see do not exist."""

    pk_kwarg: ClassVar[str] = "id"  # the name of its id in actions, such as story_id
    output_serializer: ClassVar[type[OutputSerializer]]
    list_serializer: ClassVar[type[OutputSerializer] | None] = None  # for lists, if different
    orders: ClassVar[dict[str, tuple[str, ...]]] = (
        DEFAULT_ORDERINGS  # each ends with the id, so that the order is total
    )
    pagination_class = CursorPagination
    sync_pagination_class: ClassVar[type[sync.SyncPaginationBase] | None] = sync.SyncPagination
    filter_backends = [StrictFilterBackend]
    lookup_value_converter = "uuid"

    @property
    def model(self) -> type[models.Model]:
        """The model behind it."""
        model: type[models.Model] = self.output_serializer.Meta.model
        return model

    @classmethod
    def get_sync_pagination_class(cls) -> type[sync.SyncPaginationBase] | None:
        """The pagination for incremental sync, if changes of the model are logged."""
        return (
            cls.sync_pagination_class
            if cls.sync_pagination_class is not sync.SyncPagination
            or cls.output_serializer.Meta.model in CHANGE_TRIGGERS
            else None
        )

    @property
    def paginator(self) -> Any:
        """Pagination of the list, or of its changes."""
        on = self.get_sync_pagination_class()
        if not hasattr(self, "_paginator"):
            self._paginator = on() if on and on.query_param in self.request.query_params else self.pagination_class()
        return self._paginator

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the caller may see, with everything they show."""
        return self.get_serializer_class().prepare_queryset(self.get_visible_queryset(), self.caller)

    def get_visible_queryset(self) -> QuerySet[Any]:
        """The rows that the caller may see, without related rows."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(self.caller)  # type: ignore[attr-defined]
        return rows

    def get_serializer_class(self) -> type[OutputSerializer]:
        """The serializer of its rows."""
        return (
            (self.list_serializer or self.output_serializer)
            if self.action in ("list", "export")
            else self.output_serializer
        )

    def get_serializer_context(self) -> dict[str, Any]:
        """The caller decides which sources are shown."""
        return {**super().get_serializer_context(), "caller": self.caller}

    def get_visible(self, pk: UUID) -> Any:
        """One row, if the caller may see it."""
        return get_object_or_404(self.get_visible_queryset(), pk=pk)

    def validated_input(
        self, input_serializer: type[InputSerializer] | None, *, partial: bool = False
    ) -> dict[str, Any]:
        """The validated input, keyed by the action's parameter names."""
        if input_serializer is None:
            return {}
        read = input_serializer(data=self.request.data, partial=partial)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def run_action(self, handler: Callable[..., Any], *, pk: UUID | None = None, **arguments: Any) -> Any:
        """Run an action as the caller, now. On a row, the action compares its version with `If-Match`."""
        if pk is not None:
            arguments |= {self.pk_kwarg: pk} | self._expected_version(pk)
        return handler(**arguments, actor=self.user, now=db_clock.now())

    def _expected_version(self, pk: UUID) -> dict[str, Any]:
        """The action's `expected_version`, if the request names one. A row without a version matches none."""
        versions = etags.expected_versions(self.request)
        if versions is not None and not etags.is_versioned(self.model):
            self.get_visible(pk)
            raise VersionConflict(None)
        return {} if versions is None else {"expected_version": versions}

    def row_response(
        self, row: UUID | None, serializer: type[OutputSerializer] | None = None, *, status: int = 200
    ) -> Response:
        """The row's current state."""
        serializer = serializer or self.output_serializer
        model: type[models.Model] = serializer.Meta.model
        rows = serializer.prepare_queryset(model._default_manager.filter(pk=row), self.caller)
        data = serializer(rows.get(), context=self.get_serializer_context()).data
        return etags.set_etag(Response(data, status=status), model)

    def handle_exception(self, exc: Exception) -> Response:
        """On a version conflict, include the row's current state in the response."""
        row = self.kwargs.get("pk")
        if not isinstance(exc, VersionConflict) or not self.get_visible_queryset().filter(pk=row).exists():
            return super().handle_exception(exc)
        refused, current = super().handle_exception(exc), self.row_response(row)
        refused.data["current"] = current.data
        if "ETag" in current:
            refused["ETag"] = current["ETag"]
        return refused

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Set the ETag of a row shown in full; respond with 304 if the caller already has it."""
        if self.action == "retrieve" and response.status_code == 200:
            response = etags.not_modified_or(etags.set_etag(response, self.model), request)
        return super().finalize_response(request, response, *args, **kwargs)


def create_endpoint(handler: Callable[..., Any], input_serializer: type[InputSerializer]) -> Any:
    """The endpoint that creates a row: POST to the list."""
    return _make_handler(handler, input_serializer, method_name="create", operation="create", status=201)


def update_endpoint(handler: Callable[..., Any], input_serializer: type[InputSerializer]) -> Any:
    """The endpoint that changes a row: PATCH with the changes."""
    return _make_handler(handler, input_serializer, method_name="partial_update", operation="update", partial=True)


def action_endpoint(
    handler: Callable[..., Any],
    input_serializer: type[InputSerializer] | None = None,
    *,
    output_serializer: type[Serializer[Any]] | None = None,
    respond_with: str = "",
    on_collection: bool = False,
    name: str = "",
    url_path: str = "",
    status: int = 200,
    no_content_description: str = "",
) -> Any:
    """An action: POST to its name below the row, or below the list if it concerns no single row (`on_collection`).

    It responds with the row's new state, with the row that the action returns (`output_serializer`), or like another
    method of the view (`respond_with`). If the action returns nothing, the response is 204, which
    `no_content_description` explains. `name`: the view's attribute, if it differs from the action's name.
    """
    name = name or handler.__name__
    method = _make_handler(
        handler,
        input_serializer,
        method_name=name,
        operation=name,
        output_serializer=output_serializer,
        respond_with=respond_with,
        status=status,
    )
    vars(method)["nothing"] = no_content_description
    return action(detail=not on_collection, methods=["post"], url_path=url_path or name.replace("_", "-"))(method)


def result_endpoint(
    handler: Callable[..., Any],
    input_serializer: type[InputSerializer] | None = None,
    *,
    output_serializer: type[Serializer[Any]],
    accepts_idempotency_key: bool = True,
) -> Callable[[Method], Method]:
    """An action whose response is not a row but comes from the decorated method.

    `accepts_idempotency_key`: whether the response may be stored.
    """

    def offered(method: Method) -> Method:
        _annotate(
            method,
            handler,
            operation=handler.__name__,
            takes=input_serializer,
            answers=output_serializer,
            accepts_idempotency_key=accepts_idempotency_key,
        )
        return cast(Method, action(detail=True, methods=["post"])(method))

    return offered


def read_endpoint(
    output_serializer: type[Serializer[Any]],
    *,
    error_statuses: tuple[int, ...] = (),
    renderers: tuple[type[BaseRenderer], ...] = (),
) -> Callable[[Method], Method]:
    """A read of something else about a row: GET below it.

    `error_statuses`: in addition to 401 and 404. `renderers`: media types other than JSON.
    """
    options: dict[str, Any] = {"renderer_classes": list(renderers)} if renderers else {}

    def offered(method: Method) -> Method:
        vars(method).update(answers=output_serializer, refuses=error_statuses)
        at = method.__name__.replace("_", "-")
        return cast(Method, action(detail=True, url_path=at, **options)(method))

    return offered


def _make_handler(
    handler: Callable[..., Any],
    input_serializer: type[InputSerializer] | None,
    *,
    method_name: str,
    operation: str,
    output_serializer: type[Serializer[Any]] | None = None,
    respond_with: str = "",
    status: int = 200,
    partial: bool = False,
) -> Any:
    def method(self: ResourceViewSet, request: Request, pk: UUID | None = None) -> Response:
        outcome = self.run_action(handler, pk=pk, **self.validated_input(input_serializer, partial=partial))
        if respond_with:
            answer: Response = getattr(self, respond_with)(request, pk=pk)
            return answer
        if outcome is None:
            return Response(status=204)
        shown = (
            output_serializer
            if output_serializer and issubclass(output_serializer, OutputSerializer)
            else self.output_serializer
        )
        returned = isinstance(outcome, shown.Meta.model)
        return self.row_response(outcome.pk if returned else pk, shown, status=status)

    method.__name__ = method.__qualname__ = method_name
    _annotate(
        method,
        handler,
        operation=operation,
        takes=input_serializer,
        answers=output_serializer,
        status=status,
        partial=partial,
    )
    return method


def _annotate(method: Any, handler: Callable[..., Any], **attributes: Any) -> None:
    """Attach what the OpenAPI schema needs: operation name, documentation, input and output."""
    method.__doc__ = handler.__doc__
    vars(method).update(attributes)
