"""Endpoints: handlers of a viewset that run an action of the workflow.

A viewset reads as a table of its actions. Input serializers only describe and parse; the action decides what to reject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from editorial.api.framework.idempotency import idempotent
from editorial.api.framework.serializers import InputSerializer

if TYPE_CHECKING:
    from editorial.api.framework.viewsets import ResourceViewSet

Method = TypeVar("Method", bound=Callable[..., Any])
WorkflowAction = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What a handler runs, reads and returns. The OpenAPI document is made from it."""

    workflow_action: WorkflowAction | None = None
    operation: str = ""
    input_serializer: type[InputSerializer] | None = None
    output_serializer: type[Serializer[Any]] | None = None
    status: int = 200
    no_content_description: str = ""
    error_statuses: tuple[int, ...] = ()


def endpoint_of(handler: Any) -> Endpoint:
    endpoint: Endpoint = getattr(handler, "endpoint", Endpoint())
    return endpoint


def create_endpoint(workflow_action: WorkflowAction, input_serializer: type[InputSerializer]) -> Any:
    """The endpoint that creates a row: POST to the list."""
    return _make_handler("create", workflow_action, operation="create", input_serializer=input_serializer, status=201)


def update_endpoint(workflow_action: WorkflowAction, input_serializer: type[InputSerializer]) -> Any:
    """The endpoint that changes a row: PATCH with the changes."""
    return _make_handler(
        "partial_update", workflow_action, operation="update", input_serializer=input_serializer, partial=True
    )


def action_endpoint(
    workflow_action: WorkflowAction,
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
    name = name or workflow_action.__name__
    handler = _make_handler(
        name,
        workflow_action,
        operation=name,
        input_serializer=input_serializer,
        output_serializer=output_serializer,
        status=status,
        no_content_description=no_content_description,
        respond_with=respond_with,
    )
    return action(detail=not on_collection, methods=["post"], url_path=url_path or name.replace("_", "-"))(handler)


def result_endpoint(
    workflow_action: WorkflowAction,
    input_serializer: type[InputSerializer] | None = None,
    *,
    output_serializer: type[Serializer[Any]],
    accepts_idempotency_key: bool = True,
    on_collection: bool = False,
) -> Callable[[Method], Method]:
    """An action whose response is not a row but comes from the decorated method.

    `accepts_idempotency_key`: whether the response may be stored. `on_collection`: it concerns no single row.
    """
    endpoint = Endpoint(
        workflow_action=workflow_action,
        operation=workflow_action.__name__,
        input_serializer=input_serializer,
        output_serializer=output_serializer,
    )

    def decorate(method: Method) -> Method:
        handler = idempotent(method) if accepts_idempotency_key else method
        url_path = method.__name__.replace("_", "-")
        decorator = action(detail=not on_collection, methods=["post"], url_path=url_path)
        return cast(Method, decorator(_describe(handler, endpoint)))

    return decorate


def read_endpoint(
    output_serializer: type[Serializer[Any]],
    *,
    error_statuses: tuple[int, ...] = (),
    renderers: tuple[type[BaseRenderer], ...] = (),
) -> Callable[[Method], Method]:
    """A read of something else about a row: GET below it.

    `error_statuses`: in addition to 401 and 404. `renderers`: media types other than JSON.
    """
    endpoint = Endpoint(output_serializer=output_serializer, error_statuses=error_statuses)
    options: dict[str, Any] = {"renderer_classes": list(renderers)} if renderers else {}

    def decorate(method: Method) -> Method:
        url_path = method.__name__.replace("_", "-")
        return cast(Method, action(detail=True, url_path=url_path, **options)(_describe(method, endpoint)))

    return decorate


def _make_handler(
    name: str, workflow_action: WorkflowAction, *, respond_with: str = "", partial: bool = False, **options: Any
) -> Any:
    endpoint = Endpoint(workflow_action=workflow_action, **options)

    def handler(self: ResourceViewSet, request: Request, pk: UUID | None = None) -> Response:
        data = self.validated_input(endpoint.input_serializer, partial=partial)
        result = self.run_action(workflow_action, pk=pk, **data)
        if respond_with:
            response: Response = getattr(self, respond_with)(request, pk=pk)
            return response
        if result is None or endpoint.status == 204:
            return Response(status=204)
        serializer: Any = endpoint.output_serializer or self.output_serializer
        row_id = result.pk if isinstance(result, serializer.Meta.model) else pk
        return self.row_response(row_id, serializer, status=endpoint.status)

    handler.__name__ = handler.__qualname__ = name
    return _describe(idempotent(handler), endpoint)


def _describe(handler: Any, endpoint: Endpoint) -> Any:
    """Attach the endpoint, and the documentation of its action."""
    handler.endpoint = endpoint
    if endpoint.workflow_action is not None:
        handler.__doc__ = endpoint.workflow_action.__doc__
    return handler
