"""Reading on: what changed since a cursor, oldest change first, and what is gone – so that a copy can be kept.

A cursor is a position of the record of changes (`models/ops/change_log.py`), below which nothing can be added any more. It
also knows what the caller might see when it was given: whoever gains or loses a desk begins anew, because rows come
and go for them that nobody touched.
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from editorial.api.framework.pagination import limit_of
from editorial.models import Change, Event, Parting
from editorial.models.ops import change_log
from editorial.models.ops.change_log import Horizon
from editorial.policy.access import ActorFacts

START, NOW = "start", "now"
_AT_ONCE = 200  # changes that are looked at together
_AT_MOST = 1000  # changes a page; of these many may be of no concern to the caller
_NONE = UUID(int=0)


class Outdated(APIException):
    """What was mirrored cannot be brought up to date from there."""

    status_code = 410
    default_detail = (
        "What you may see has changed, or a backup was restored, since you were given this cursor. "
        "Drop your copy and begin with “start”."
    )
    default_code = "begin_anew"


class Mark(NamedTuple):
    """How far somebody has read: all before this position, and at it all up to this id."""

    position: int
    upto: UUID = _NONE


class Reading(BasePagination):
    """What both kinds of reading on have in common: a cursor in, a cursor out."""

    parameter: str
    told: str

    def marked(self, request: Request, caller: ActorFacts) -> Mark:
        """How far the caller has read. Raises Outdated where that is of no use any more."""
        self._request, self._sight = request, sight(caller)
        self.horizon = change_log.horizon()
        return _decode(request.query_params[self.parameter], self.parameter, self.horizon, self._sight)

    def read_to(self, mark: Mark | None) -> None:
        """Note how far was read; None: as far as may be read now."""
        self._more = mark is not None
        self._since = _encode(mark or Mark(self.horizon.position), self.horizon.era, self._sight)

    def get_paginated_response(self, data: Any) -> Response:
        """The page, and how to go on."""
        after = replace_query_param(self._request.build_absolute_uri(), self.parameter, self._since)
        return Response({"next": after if self._more else None, "since": self._since, "results": data} | self.beside())

    def beside(self) -> dict[str, Any]:
        """What else a page tells."""
        return {}


class Mirror(Reading):
    """A list as it changes: rows that changed as they are now, and the ids of those that are in the list no more."""

    parameter = "updated_since"
    told = (
        "Only what changed since: `start` for everything, then what `since` said. Oldest change first, with `gone` "
        "beside it and without `previous`; `cursor` and `order` mean nothing here."
    )

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows that changed, oldest change first."""
        mark, limit = self.marked(request, view.caller), limit_of(request)
        self._gone: dict[str, None] = {}
        shown: list[UUID] = []
        looked_at, whole = 0, False
        while not whole and looked_at < _AT_MOST and len(shown) + len(self._gone) < limit:
            portion = list(_changes_of(view.model, mark, self.horizon, view.caller))
            ids = [change.object for change in portion]
            seen = set(view.visible().filter(pk__in=ids).values_list("pk", flat=True))
            there = set(queryset.filter(pk__in=ids).order_by().values_list("pk", flat=True))
            for change in portion:
                if len(shown) + len(self._gone) == limit:
                    break
                mark = Mark(change.position, change.object)
                if change.object in there:
                    shown += [change.object] if change.is_latest else []
                elif change.object in seen or change.has_parted:
                    self._gone[str(change.object)] = None
            else:
                whole = len(portion) < _AT_ONCE
            looked_at += len(portion)
        self.read_to(None if whole else mark)
        rows = {row.pk: row for row in queryset.filter(pk__in=shown).order_by()}
        return [rows[key] for key in shown if key in rows]

    def beside(self) -> dict[str, Any]:
        """What is gone."""
        return {"gone": list(self._gone)}


class Feed(Reading):
    """Events, oldest first, in the order in which they can be read without missing any."""

    parameter = "after"
    told = (
        "What happened after: `start` for everything, `now` to begin here, then what `since` said. Oldest first; "
        "`cursor` and `order` mean nothing here."
    )

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The events after the cursor. Few are looked at for a page, however few of them the caller may see."""
        mark, limit = self.marked(request, view.caller), limit_of(request)
        shown: list[Event] = []
        looked_at, whole = 0, False
        while not whole and looked_at < _AT_MOST and len(shown) < limit:
            following = Event.objects.filter(_beyond(mark, "pk"), position__gte=mark.position)
            ahead = following.filter(position__lt=self.horizon.position).order_by("position", "pk")
            portion = list(ahead.values_list("position", "pk")[:_AT_ONCE])
            found = {row.pk: row for row in queryset.filter(pk__in=[key for _, key in portion]).order_by()}
            for position, key in portion:
                if len(shown) == limit:
                    break
                mark = Mark(position, key)
                shown += [found[key]] if key in found else []
            else:
                whole = len(portion) < _AT_ONCE
            looked_at += len(portion)
        self.read_to(None if whole else mark)
        return shown


def sight(caller: ActorFacts) -> str:
    """A fingerprint of what decides which rows the caller sees."""
    seen = sorted(f"{role}@{desk or '*'}" for role, desk in caller.memberships)
    return salted_hmac("editorial.api.framework.sync", "\n".join(seen), algorithm="sha256").hexdigest()[:12]


def _changes_of(model: Any, mark: Mark, horizon: Horizon, caller: ActorFacts) -> QuerySet[Any]:
    """The next changes: of each object the latest, and each at which the caller may have lost it."""
    of_noun = Change.objects.filter(noun=model._meta.model_name, position__lt=horizon.position)
    later = of_noun.filter(object=OuterRef("object"), position__gt=OuterRef("position"))
    parted = Parting.objects.telling(caller).filter(
        object=OuterRef("object"), position=OuterRef("position"), noun=model._meta.model_name
    )
    ahead = of_noun.filter(_beyond(mark, "object"), position__gte=mark.position).order_by("position", "object")
    ahead = ahead.annotate(is_latest=~Exists(later), has_parted=Exists(parted))
    return ahead.filter(Q(is_latest=True) | Q(has_parted=True))[:_AT_ONCE]


def _beyond(mark: Mark, key: str) -> Q:
    return Q(position__gt=mark.position) | Q(**{f"{key}__gt": mark.upto})


def _encode(mark: Mark, era: int, sight: str) -> str:
    told = f"{era}.{mark.position}.{mark.upto.hex if mark.upto != _NONE else ''}.{sight}"
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _decode(stated: str, parameter: str, horizon: Horizon, sight: str) -> Mark:
    if stated in (START, NOW):
        return Mark(0 if stated == START else horizon.position)
    try:
        told = base64.urlsafe_b64decode(stated + "=" * (-len(stated) % 4)).decode("ascii")
        era, position, upto, seen = told.split(".")
        mark = Mark(int(position), UUID(upto) if upto else _NONE)
        if not 0 <= mark.position < 2**63 or "_" in told:
            raise ValueError
        outdated = (int(era), seen) != (horizon.era, sight)
    except ValueError:
        told = ErrorDetail("Take it from `since` as it is, or begin with “start”.", code="no_cursor")
        raise ValidationError({parameter: [told]}) from None
    if outdated:
        raise Outdated
    return mark
