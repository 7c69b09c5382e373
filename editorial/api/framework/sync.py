"""Incremental sync: rows changed or removed since a cursor, oldest first, so that a client can maintain a copy.

A cursor is a position in the change log (`models/ops/change_log.py`), below which nothing can be added any more. It
also holds a fingerprint of what the caller could see: after gaining or losing a desk the client must start again,
because rows appear and disappear without changing.
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

from editorial.api.framework.pagination import get_limit
from editorial.models import Change, Event, VisibilityLoss
from editorial.models.ops import change_log
from editorial.models.ops.change_log import Watermark
from editorial.policy.access import ActorFacts

START, NOW = "start", "now"
_BATCH_SIZE = 200  # changes compared per query
_MAX_SCANNED = 1000  # changes per page; many of them may not concern the caller
_NIL_UUID = UUID(int=0)


class CursorExpired(APIException):
    """The client's copy cannot be brought up to date from this cursor."""

    status_code = 410
    default_detail = (
        "The cursor has expired: your permissions changed, or a backup was restored. Drop your copy and "
        "start again with “start”."
    )
    default_code = "sync_token_expired"


class SyncCursor(NamedTuple):
    """The reader's position: all changes before it, and at it all up to this id."""

    position: int
    last_id: UUID = _NIL_UUID


class SyncPaginationBase(BasePagination):
    """Shared by both kinds of sync: a cursor in, a cursor out."""

    query_param: str
    description: str

    def read_cursor(self, request: Request, caller: ActorFacts) -> SyncCursor:
        """The caller's cursor. Raises CursorExpired if it can no longer be used."""
        self._request, self._fingerprint = request, visibility_fingerprint(caller)
        self.watermark = change_log.watermark()
        return _decode(request.query_params[self.query_param], self.query_param, self.watermark, self._fingerprint)

    def set_next_cursor(self, cursor: SyncCursor | None) -> None:
        """Store the next cursor; None means the watermark."""
        self._has_more = cursor is not None
        self._sync_token = _encode(
            cursor or SyncCursor(self.watermark.position), self.watermark.epoch, self._fingerprint
        )

    def get_paginated_response(self, data: Any) -> Response:
        """The page and the next cursor."""
        after = replace_query_param(self._request.build_absolute_uri(), self.query_param, self._sync_token)
        return Response(
            {"next": after if self._has_more else None, "sync_token": self._sync_token, "results": data}
            | self.get_extra_fields()
        )

    def get_extra_fields(self) -> dict[str, Any]:
        """Additional fields of a page."""
        return {}


class SyncPagination(SyncPaginationBase):
    """Changes of a list: changed rows in their current state, and the ids of removed rows."""

    query_param = "updated_since"
    description = (
        "Only changes since this token: `start` for everything, then the last `sync_token`. Oldest change "
        "first, with `removed` and without `previous`; `cursor` and `order` have no effect."
    )

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The changed rows, oldest change first."""
        mark, limit = self.read_cursor(request, view.caller), get_limit(request)
        self._removed: dict[str, None] = {}
        shown: list[UUID] = []
        looked_at, whole = 0, False
        while not whole and looked_at < _MAX_SCANNED and len(shown) + len(self._removed) < limit:
            portion = list(_changes_after(view.model, mark, self.watermark, view.caller))
            ids = [change.object_id for change in portion]
            seen = set(view.get_visible_queryset().filter(pk__in=ids).values_list("pk", flat=True))
            there = set(queryset.filter(pk__in=ids).order_by().values_list("pk", flat=True))
            for change in portion:
                if len(shown) + len(self._removed) == limit:
                    break
                mark = SyncCursor(change.position, change.object_id)
                if change.object_id in there:
                    shown += [change.object_id] if change.is_latest else []
                elif change.object_id in seen or change.has_parted:
                    self._removed[str(change.object_id)] = None
            else:
                whole = len(portion) < _BATCH_SIZE
            looked_at += len(portion)
        self.set_next_cursor(None if whole else mark)
        rows = {row.pk: row for row in queryset.filter(pk__in=shown).order_by()}
        return [rows[key] for key in shown if key in rows]

    def get_extra_fields(self) -> dict[str, Any]:
        """The ids of removed rows."""
        return {"removed": list(self._removed)}


class EventFeedPagination(SyncPaginationBase):
    """Events, oldest first, in an order in which none can be missed."""

    query_param = "after"
    description = (
        "Events after this token: `start` for everything, `now` to begin here, then the last `sync_token`. "
        "Oldest first; `cursor` and `order` have no effect."
    )

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The events after the cursor. Scans a limited number of events per page, however few the caller may see."""
        mark, limit = self.read_cursor(request, view.caller), get_limit(request)
        shown: list[Event] = []
        looked_at, whole = 0, False
        while not whole and looked_at < _MAX_SCANNED and len(shown) < limit:
            following = Event.objects.filter(_after(mark, "pk"), position__gte=mark.position)
            ahead = following.filter(position__lt=self.watermark.position).order_by("position", "pk")
            portion = list(ahead.values_list("position", "pk")[:_BATCH_SIZE])
            found = {row.pk: row for row in queryset.filter(pk__in=[key for _, key in portion]).order_by()}
            for position, key in portion:
                if len(shown) == limit:
                    break
                mark = SyncCursor(position, key)
                shown += [found[key]] if key in found else []
            else:
                whole = len(portion) < _BATCH_SIZE
            looked_at += len(portion)
        self.set_next_cursor(None if whole else mark)
        return shown


def visibility_fingerprint(caller: ActorFacts) -> str:
    """A fingerprint of everything that decides which rows the caller sees."""
    memberships = sorted(f"{role}@{desk or '*'}" for role, desk in caller.memberships)
    return salted_hmac("editorial.api.framework.sync", "\n".join(memberships), algorithm="sha256").hexdigest()[:12]


def _changes_after(model: Any, cursor: SyncCursor, watermark: Watermark, caller: ActorFacts) -> QuerySet[Any]:
    """The next changes: the latest of each object, and each by which the caller may have lost one."""
    of_noun = Change.objects.filter(model=model._meta.model_name, position__lt=watermark.position)
    later = of_noun.filter(object_id=OuterRef("object_id"), position__gt=OuterRef("position"))
    parted = VisibilityLoss.objects.known_to(caller).filter(
        object_id=OuterRef("object_id"), position=OuterRef("position"), model=model._meta.model_name
    )
    ahead = of_noun.filter(_after(cursor, "object_id"), position__gte=cursor.position).order_by("position", "object_id")
    ahead = ahead.annotate(is_latest=~Exists(later), has_parted=Exists(parted))
    return ahead.filter(Q(is_latest=True) | Q(has_parted=True))[:_BATCH_SIZE]


def _after(cursor: SyncCursor, id_field: str) -> Q:
    return Q(position__gt=cursor.position) | Q(**{f"{id_field}__gt": cursor.last_id})


def _encode(cursor: SyncCursor, epoch: int, fingerprint: str) -> str:
    told = f"{epoch}.{cursor.position}.{cursor.last_id.hex if cursor.last_id != _NIL_UUID else ''}.{fingerprint}"
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _decode(value: str, parameter: str, watermark: Watermark, fingerprint: str) -> SyncCursor:
    if value in (START, NOW):
        return SyncCursor(0 if value == START else watermark.position)
    try:
        told = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii")
        era, position, upto, seen = told.split(".")
        mark = SyncCursor(int(position), UUID(upto) if upto else _NIL_UUID)
        if not 0 <= mark.position < 2**63 or "_" in told:
            raise ValueError
        outdated = (int(era), seen) != (watermark.epoch, fingerprint)
    except ValueError:
        told = ErrorDetail("Pass `sync_token` back unchanged, or start with “start”.", code="invalid_cursor")
        raise ValidationError({parameter: [told]}) from None
    if outdated:
        raise CursorExpired
    return mark
