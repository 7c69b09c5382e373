"""How a noun is offered: its rows as the caller may see them, and its verbs, each of which makes one call.

A resource reads as a table of what can be done; `creates`, `revises` and `verb` turn a verb of the workflow into an
address. Input serializers only describe and parse: what is refused, the verb refuses.
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
from editorial.api.framework.fields import Shown, Stated
from editorial.api.framework.filtering import Filtering
from editorial.api.framework.pagination import NEWEST, Keyset
from editorial.models import TOUCHES, User, db_clock
from editorial.policy.access import ActorFacts
from editorial.workflow.core.actions import Stale

Method = TypeVar("Method", bound=Callable[..., Any])

_NOBODY = ActorFacts(id="", active=False, memberships=frozenset())


class Door(APIView):
    """Whoever comes in is known by `caller`, read once. What goes out is for them alone, and for no cache.

    Every write is safe to be sent again under a key, unless the door, or the write itself, says that it takes none.
    """

    takes_keys: ClassVar[bool] = True

    @property
    def user(self) -> User:
        """Whoever calls, signed in."""
        return cast(User, self.request.user)

    @cached_property
    def caller(self) -> ActorFacts:
        """What access needs to know of whoever calls."""
        return self.request.user.facts() if isinstance(self.request.user, User) else _NOBODY

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before anything is done it is known who comes, not too fast, and whether they may have come before."""
        throttling.arrives(request)
        super().initial(request, *args, **kwargs)
        method = str(request.method).lower()
        handler = getattr(self, method, None)
        if self.takes_keys and handler is not None and getattr(handler, "takes_keys", True):
            setattr(self, method, idempotency.safe(handler, request))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """The answer, which nobody on its way is to keep."""
        response.headers.setdefault("Cache-Control", "private, no-store")
        throttling.tell(request, response)
        return super().finalize_response(request, response, *args, **kwargs)


class Resource(Door, GenericViewSet[Any]):
    """Rows of one noun. What the caller may not see is not there."""

    key: ClassVar[str] = "id"  # what its verbs call its id, such as story_id
    shown: ClassVar[type[Shown]]
    listed: ClassVar[type[Shown] | None] = None  # in lists, where that differs
    orders: ClassVar[dict[str, tuple[str, ...]]] = NEWEST  # each ends with the id, so that no two rows are alike
    pagination_class = Keyset
    reads_on: ClassVar[type[sync.Reading] | None] = sync.Mirror
    filter_backends = [Filtering]
    lookup_value_converter = "uuid"

    @property
    def model(self) -> type[models.Model]:
        """The table behind it."""
        model: type[models.Model] = self.shown.Meta.model
        return model

    @classmethod
    def reading_on(cls) -> type[sync.Reading] | None:
        """How the list is asked what changed, if changes of its rows are noted."""
        return cls.reads_on if cls.reads_on is not sync.Mirror or cls.shown.Meta.model in TOUCHES else None

    @property
    def paginator(self) -> Any:
        """Pages of the list, or of what changed in it."""
        on = self.reading_on()
        if not hasattr(self, "_paginator"):
            self._paginator = on() if on and on.parameter in self.request.query_params else self.pagination_class()
        return self._paginator

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the caller may see."""
        return self.get_serializer_class().reading(self.visible(), self.caller)

    def visible(self) -> QuerySet[Any]:
        """The rows that the caller may see, without anything read along."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(self.caller)  # type: ignore[attr-defined]
        return rows

    def get_serializer_class(self) -> type[Shown]:
        """How its rows are shown."""
        return (self.listed or self.shown) if self.action in ("list", "export") else self.shown

    def get_serializer_context(self) -> dict[str, Any]:
        """Who looks decides what is shown of sources."""
        return {**super().get_serializer_context(), "caller": self.caller}

    def seen(self, pk: UUID) -> Any:
        """One row, if the caller may see it."""
        return get_object_or_404(self.visible(), pk=pk)

    def stated(self, takes: type[Stated] | None, *, partial: bool = False) -> dict[str, Any]:
        """What the caller stated, by the names that the verb uses."""
        if takes is None:
            return {}
        read = takes(data=self.request.data, partial=partial)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def act(self, verb: Callable[..., Any], *, pk: UUID | None = None, **stated: Any) -> Any:
        """Carry out a verb as the caller, now, on what they saw."""
        addressed = {} if pk is None else {self.key: pk}
        with etags.seen(self.request, pk):
            return verb(**addressed, **stated, actor=self.user, now=db_clock.present())

    def show(self, row: UUID | None, shown: type[Shown] | None = None, *, status: int = 200) -> Response:
        """A row as it stands now."""
        shown = shown or self.shown
        model: type[models.Model] = shown.Meta.model
        rows = shown.reading(model._default_manager.filter(pk=row), self.caller)
        told = shown(rows.get(), context=self.get_serializer_context()).data
        return etags.tag(Response(told, status=status), model)

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal; whoever acted on what has been revised since is shown what it is now."""
        row = self.kwargs.get("pk")
        if not isinstance(exc, Stale) or not self.visible().filter(pk=row).exists():
            return super().handle_exception(exc)
        refused, current = super().handle_exception(exc), self.show(row)
        refused.data["current"] = current.data
        if "ETag" in current:
            refused["ETag"] = current["ETag"]
        return refused

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """The answer; a row that is shown in full carries its tag, and nothing else where the caller has it already."""
        if self.action == "retrieve" and response.status_code == 200:
            response = etags.news(etags.tag(response, self.model), request)
        return super().finalize_response(request, response, *args, **kwargs)


def creates(act: Callable[..., Any], takes: type[Stated]) -> Any:
    """The verb by which a row comes into being: POST to the list."""
    return _calling(act, takes, named="create", status=201)


def revises(act: Callable[..., Any], takes: type[Stated]) -> Any:
    """The verb by which a row is changed: PATCH with what shall be different."""
    return _calling(act, takes, named="partial_update", partial=True)


def verb(
    act: Callable[..., Any],
    takes: type[Stated] | None = None,
    *,
    answers: type[Serializer[Any]] | None = None,
    then: str = "",
    on_all: bool = False,
    at: str = "",
    status: int = 200,
    nothing: str = "",
) -> Any:
    """A verb: POST to its name below the row, or below the list where it is about none in particular (`on_all`).

    It answers with the row's new state, with the row that it returned where `answers` says how that is shown, or with
    what another method of the view would show (`then`). Where the verb returned nothing, neither does this (`nothing`
    says what that means).
    """
    method = _calling(act, takes, named=act.__name__, answers=answers, then=then, status=status)
    vars(method)["nothing"] = nothing
    return action(detail=not on_all, methods=["post"], url_path=at or act.__name__.replace("_", "-"))(method)


def offers(
    act: Callable[..., Any],
    takes: type[Stated] | None = None,
    *,
    answers: type[Serializer[Any]],
    takes_keys: bool = True,
) -> Callable[[Method], Method]:
    """A verb whose answer is not a row: the decorated method gives it. `takes_keys`: whether it may be kept."""

    def offered(method: Method) -> Method:
        _tell(method, act, takes=takes, answers=answers, takes_keys=takes_keys)
        return cast(Method, action(detail=True, methods=["post"])(method))

    return offered


def shows(
    answers: type[Serializer[Any]],
    *,
    refuses: tuple[int, ...] = (),
    as_media: tuple[type[BaseRenderer], ...] = (),
) -> Callable[[Method], Method]:
    """A read of something else about a row: GET below it.

    `refuses`: with what else than 401 and 404. `as_media`: in which forms, where that is not JSON alone.
    """
    options: dict[str, Any] = {"renderer_classes": list(as_media)} if as_media else {}

    def offered(method: Method) -> Method:
        vars(method).update(answers=answers, refuses=refuses)
        at = method.__name__.replace("_", "-")
        return cast(Method, action(detail=True, url_path=at, **options)(method))

    return offered


def _calling(
    act: Callable[..., Any],
    takes: type[Stated] | None,
    *,
    named: str,
    answers: type[Serializer[Any]] | None = None,
    then: str = "",
    status: int = 200,
    partial: bool = False,
) -> Any:
    def method(self: Resource, request: Request, pk: UUID | None = None) -> Response:
        outcome = self.act(act, pk=pk, **self.stated(takes, partial=partial))
        if then:
            answer: Response = getattr(self, then)(request, pk=pk)
            return answer
        if outcome is None:
            return Response(status=204)
        shown = answers if answers and issubclass(answers, Shown) else self.shown
        returned = isinstance(outcome, shown.Meta.model)
        return self.show(outcome.pk if returned else pk, shown, status=status)

    method.__name__ = method.__qualname__ = named
    _tell(method, act, takes=takes, answers=answers, status=status, partial=partial)
    return method


def _tell(method: Any, act: Callable[..., Any], **told: Any) -> None:
    """For the schema: what it is called, what it says of itself, what it takes and answers."""
    method.__doc__ = act.__doc__
    vars(method).update(told, verb=act.__name__)
