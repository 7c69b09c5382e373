"""Base views: a resource's rows as the caller may see them, and the actions of the caller."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from editorial import replica
from editorial.api.framework import deprecation, etags, expansion, sync, throttling
from editorial.api.framework.filtering import (
    NON_FILTER_PARAMETERS,
    ListFilterSet,
    StrictFilterBackend,
    reject_invalid_parameters,
)
from editorial.api.framework.pagination import DEFAULT_ORDERINGS, CursorPagination
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.models import CHANGE_TRIGGERS, User, db_clock
from editorial.policy.access import ActorFacts
from editorial.workflow.core.errors import VersionConflict

_ANONYMOUS = ActorFacts(id="", active=False, memberships=frozenset())


class BaseAPIView(APIView):
    """Authenticates the caller once, as `caller`. Responses are private and never cached."""

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @cached_property
    def caller(self) -> ActorFacts:
        return self.request.user.facts() if isinstance(self.request.user, User) else _ANONYMOUS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, throttle and check permissions before the handler runs."""
        throttling.throttle_address(request)
        super().initial(request, *args, **kwargs)
        if request.query_params and request.method != "OPTIONS":
            self.check_query_parameters(request)

    def check_query_parameters(self, request: Request) -> None:
        """Refuse query parameters, which would have no effect. Views that take some override this."""
        reject_invalid_parameters(request.query_params, {})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Forbid caching of the response."""
        response.headers.setdefault("Cache-Control", "private, no-store")
        throttling.set_rate_limit_headers(request, response)
        name = getattr(self, "action", "") or str(request.method).lower()
        deprecation.set_headers(response, getattr(self, name, None))
        return super().finalize_response(request, response, *args, **kwargs)


@lru_cache(maxsize=64)
def _prepared_queryset(serializer: type[OutputSerializer], caller: ActorFacts) -> QuerySet[Any]:
    """The rows that the caller may see, not read yet. Building a query takes longer than running it.

    The caller's roles and scopes are part of the key.
    """
    model: Any = serializer.Meta.model
    return serializer.prepare_queryset(model._default_manager.visible_to(caller), caller)


class ResourceViewSet(BaseAPIView, ReadOnlyModelViewSet[Any]):
    """Rows of one model. Rows that the caller may not see do not exist."""

    pk_kwarg: ClassVar[str] = "id"  # the name of its id in actions, such as story_id
    output_serializer: ClassVar[type[OutputSerializer]]
    list_serializer: ClassVar[type[OutputSerializer] | None] = None  # for lists, if different
    # Each order ends with the id, so that it is total.
    orders: ClassVar[dict[str, tuple[str, ...]]] = DEFAULT_ORDERINGS
    pagination_class = CursorPagination
    expanded: tuple[str, ...] = ()  # relations whose names the request asks for
    sync_pagination_class: ClassVar[type[sync.SyncPaginationBase] | None] = sync.SyncPagination
    filter_backends = [StrictFilterBackend]
    filterset_class: ClassVar[type[ListFilterSet]] = ListFilterSet
    lookup_value_converter = "uuid"

    def check_query_parameters(self, request: Request) -> None:
        """Lists and exports check theirs when they filter. Lists and objects can be expanded."""
        if self.action == "retrieve":
            reject_invalid_parameters(request.query_params, {expansion.PARAMETER: None})
        elif self.action not in NON_FILTER_PARAMETERS:
            super().check_query_parameters(request)
        if self.action in ("list", "retrieve"):
            self.expanded = expansion.requested(request, self.get_serializer_class())

    @property
    def model(self) -> type[models.Model]:
        model: type[models.Model] = self.output_serializer.Meta.model
        return model

    @classmethod
    def get_sync_pagination_class(cls) -> type[sync.SyncPaginationBase] | None:
        """The pagination for incremental sync, if changes of the model are logged."""
        is_logged = cls.output_serializer.Meta.model in CHANGE_TRIGGERS
        return cls.sync_pagination_class if is_logged or cls.sync_pagination_class is not sync.SyncPagination else None

    @property
    def paginator(self) -> Any:
        """Pagination of the list, or of its changes."""
        if not hasattr(self, "_paginator"):
            sync_class = self.get_sync_pagination_class()
            is_sync = sync_class is not None and sync_class.query_param in self.request.query_params
            self._paginator = sync_class() if sync_class and is_sync else self.pagination_class()
        return self._paginator

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        # Incremental sync compares positions with the transactions of the primary.
        if isinstance(self.paginator, sync.SyncPaginationBase):
            return super().list(request, *args, **kwargs)
        return replica.read(lambda: super(ResourceViewSet, self).list(request, *args, **kwargs))

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the caller may see, with everything they show."""
        serializer = self.get_serializer_class()
        if type(self).get_visible_queryset is ResourceViewSet.get_visible_queryset:
            return _prepared_queryset(serializer, self.caller).all()
        return serializer.prepare_queryset(self.get_visible_queryset(), self.caller)

    def get_visible_queryset(self) -> QuerySet[Any]:
        """The rows that the caller may see, without related rows."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(self.caller)  # type: ignore[attr-defined]
        return rows

    def get_serializer_class(self) -> type[OutputSerializer]:
        list_serializer = self.list_serializer if self.action in ("list", "export") else None
        return list_serializer or self.output_serializer

    def get_serializer_context(self) -> dict[str, Any]:
        """The caller decides which sources are shown."""
        return {**super().get_serializer_context(), "caller": self.caller}

    def get_visible(self, pk: UUID) -> Any:
        return get_object_or_404(self.get_visible_queryset(), pk=pk)

    def validated_input(
        self, input_serializer: type[InputSerializer] | None, *, partial: bool = False
    ) -> dict[str, Any]:
        """The validated input, keyed by the action's parameter names."""
        if input_serializer is None:
            return {}
        serializer = input_serializer(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def run_action(self, workflow_action: Callable[..., Any], *, pk: UUID | None = None, **arguments: Any) -> Any:
        """Run an action as the caller, now. On a row, the action compares its version with `If-Match`."""
        if pk is not None:
            arguments |= {self.pk_kwarg: pk} | self._expected_version(pk)
        return workflow_action(**arguments, actor=self.user, now=db_clock.now())

    def _expected_version(self, pk: UUID) -> dict[str, Any]:
        """The action's `expected_version`, if the request names one. A row without a version matches none."""
        versions = etags.expected_versions(self.request)
        if versions is not None and not etags.is_versioned(self.model):
            self.get_visible(pk)
            raise VersionConflict(None)
        return {} if versions is None else {"expected_version": versions}

    def row_response(
        self, row_id: UUID | None, serializer: type[OutputSerializer] | None = None, *, status: int = 200
    ) -> Response:
        serializer = serializer or self.output_serializer
        model: type[models.Model] = serializer.Meta.model
        rows = serializer.prepare_queryset(model._default_manager.filter(pk=row_id), self.caller)
        data = serializer(rows.get(), context=self.get_serializer_context()).data
        return etags.set_etag(Response(data, status=status), model)

    def handle_exception(self, exc: Exception) -> Response:
        """On a version conflict, include the row's current state in the response."""
        response, row_id = super().handle_exception(exc), self.kwargs.get("pk")
        if isinstance(exc, VersionConflict) and self.get_visible_queryset().filter(pk=row_id).exists():
            current = self.row_response(row_id)
            response.data["current"] = current.data
            if "ETag" in current:
                response["ETag"] = current["ETag"]
        return response

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Add names. Set the ETag of a row shown in full; respond with 304 if the caller already has it."""
        if self.expanded and response.status_code == 200:
            rows = response.data["results"] if self.action == "list" else [response.data]
            expansion.expand(rows, self.expanded, self.get_serializer_class(), self.caller)
        if self.action == "retrieve" and response.status_code == 200:
            response = etags.not_modified_or(etags.set_etag(response, self.model), request)
        return super().finalize_response(request, response, *args, **kwargs)
