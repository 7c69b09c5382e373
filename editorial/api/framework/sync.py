"""Incremental sync: rows changed or removed since a cursor, oldest first, so that a client can maintain a copy.

A cursor is a position in the change log (`models/ops/change_log.py`), below which nothing can be added any more. It
also holds a fingerprint of what the caller could see: after gaining or losing a desk the client must start again,
because rows appear and disappear without changing. It holds the position at which the copy was started, because a copy
cannot contain what was lost before, and nobody else needs to learn of it. It is signed with the account.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from editorial.api.framework.pagination import decode_cursor, encode_cursor, get_limit
from editorial.models import Change, Event, VisibilityLoss
from editorial.models.ops import change_log
from editorial.models.ops.change_log import Watermark
from editorial.policy.access import ActorFacts

START, NOW = "start", "now"
_BATCH_SIZE = 200  # changes compared per query
_MAX_SCANNED = 1000  # changes per page; many of them may not concern the caller
_NIL_UUID = UUID(int=0)
_SALT = "editorial.api.framework.sync"


class CursorExpired(APIException):
    """The client's copy cannot be brought up to date from this cursor."""

    status_code = 410
    default_detail = (
        "The cursor has expired: your permissions changed, or a backup was restored. Drop your copy and "
        "start again with “start”."
    )
    default_code = "sync_token_expired"


class SyncCursor(NamedTuple):
    """The reader's position: all changes before it, and at it all up to this id. `start`: where the copy began."""

    position: int
    last_id: UUID = _NIL_UUID
    start: int = 0


class SyncPaginationBase(BasePagination):
    """Shared by both kinds of sync: a cursor in, a cursor out."""

    query_param: str
    description: str

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page, oldest change first. Scans a limited number of changes, however few the caller sees."""
        self._request, self._watermark = request, change_log.watermark()
        caller: ActorFacts = view.caller
        cursor = _decode(request.query_params[self.query_param], self.query_param, self._watermark, caller)
        start = cursor.start
        limit, entries = get_limit(request), dict[Any, None]()
        scanned, complete = 0, False
        while not complete and scanned < _MAX_SCANNED and len(entries) < limit:
            batch = self.read_batch(cursor, queryset, view)
            for next_cursor, entry in batch:
                if len(entries) == limit:
                    break
                cursor = next_cursor._replace(start=start)
                if entry is not None:
                    entries[entry] = None
            else:
                complete = len(batch) < _BATCH_SIZE
            scanned += len(batch)
        self._has_more = not complete
        cursor = SyncCursor(self._watermark.position, start=start) if complete else cursor
        self._sync_token = _encode(cursor, self._watermark.epoch, caller)
        return self.get_rows(list(entries), queryset)

    def read_batch(self, cursor: SyncCursor, queryset: Any, view: Any) -> list[tuple[SyncCursor, Any]]:
        """The next changes: the cursor after each, and its entry in the page; None if the caller may not know."""
        raise NotImplementedError

    def get_rows(self, entries: list[Any], queryset: Any) -> list[Any]:
        return entries

    def get_paginated_response(self, data: Any) -> Response:
        next_url = replace_query_param(self._request.build_absolute_uri(), self.query_param, self._sync_token)
        return Response(
            {"next": next_url if self._has_more else None, "sync_token": self._sync_token, "results": data}
            | self.get_extra_fields()
        )

    def get_extra_fields(self) -> dict[str, Any]:
        return {}


class ChangedRow(NamedTuple):
    """A row that changed, or that the caller no longer sees in the list."""

    id: UUID
    removed: bool


class SyncPagination(SyncPaginationBase):
    """Changes of a list: changed rows in their current state, and the ids of removed rows."""

    query_param = "updated_since"
    description = (
        "Only changes since this token: `start` for everything, then the last `sync_token`. Oldest change "
        "first, with `removed` and without `previous`; `cursor` and `order` have no effect."
    )

    def read_batch(self, cursor: SyncCursor, queryset: Any, view: Any) -> list[tuple[SyncCursor, ChangedRow | None]]:
        """The next changes of the model's rows."""
        changes = list(_changes_after(view.model, cursor, self._watermark, view.caller))
        ids = [change.object_id for change in changes]
        visible = set(view.get_visible_queryset().filter(pk__in=ids).values_list("pk", flat=True))
        listed = set(queryset.filter(pk__in=ids).order_by().values_list("pk", flat=True))

        def changed_row(change: Any) -> ChangedRow | None:
            if change.object_id in listed:
                return ChangedRow(change.object_id, removed=False) if change.is_latest else None
            may_know = change.object_id in visible or change.has_visibility_loss
            return ChangedRow(change.object_id, removed=True) if may_know else None

        return [(SyncCursor(change.position, change.object_id), changed_row(change)) for change in changes]

    def get_rows(self, entries: list[ChangedRow], queryset: Any) -> list[Any]:
        """The changed rows. Stores the ids of removed ones."""
        self._removed = [str(entry.id) for entry in entries if entry.removed]
        ids = [entry.id for entry in entries if not entry.removed]
        rows = {row.pk: row for row in queryset.filter(pk__in=ids).order_by()}
        return [rows[pk] for pk in ids if pk in rows]

    def get_extra_fields(self) -> dict[str, Any]:
        return {"removed": self._removed}


class EventFeedPagination(SyncPaginationBase):
    """Events, oldest first, in an order in which none can be missed."""

    query_param = "after"
    description = (
        "Events after this token: `start` for everything, `now` to begin here, then the last `sync_token`. "
        "Oldest first; `cursor` and `order` have no effect."
    )

    def read_batch(self, cursor: SyncCursor, queryset: Any, view: Any) -> list[tuple[SyncCursor, Event | None]]:
        """The next events."""
        events = Event.objects.filter(
            _after(cursor, "pk"), position__gte=cursor.position, position__lt=self._watermark.position
        )
        keys = list(events.order_by("position", "pk").values_list("position", "pk")[:_BATCH_SIZE])
        rows = {row.pk: row for row in queryset.filter(pk__in=[pk for _, pk in keys]).order_by()}
        return [(SyncCursor(position, pk), rows.get(pk)) for position, pk in keys]


def visibility_fingerprint(caller: ActorFacts) -> str:
    """A fingerprint of everything that decides which rows the caller sees."""
    memberships = sorted(f"{role}@{desk or '*'}" for role, desk in caller.memberships)
    return salted_hmac(_SALT, "\n".join(memberships), algorithm="sha256").hexdigest()[:12]


def _changes_after(model: Any, cursor: SyncCursor, watermark: Watermark, caller: ActorFacts) -> QuerySet[Any]:
    """The next changes: the latest of each object, and each by which the caller may have lost one."""
    changes = Change.objects.filter(model=model._meta.model_name, position__lt=watermark.position)
    later = changes.filter(object_id=OuterRef("object_id"), position__gt=OuterRef("position"))
    losses = VisibilityLoss.objects.known_to(caller).filter(
        object_id=OuterRef("object_id"),
        position=OuterRef("position"),
        position__gte=cursor.start,
        model=model._meta.model_name,
    )
    changes = changes.filter(_after(cursor, "object_id"), position__gte=cursor.position)
    changes = changes.annotate(is_latest=~Exists(later), has_visibility_loss=Exists(losses))
    return changes.filter(Q(is_latest=True) | Q(has_visibility_loss=True)).order_by("position", "object_id")[
        :_BATCH_SIZE
    ]


def _after(cursor: SyncCursor, id_field: str) -> Q:
    return Q(position__gt=cursor.position) | Q(**{f"{id_field}__gt": cursor.last_id})


def _encode(cursor: SyncCursor, epoch: int, caller: ActorFacts) -> str:
    last_id = cursor.last_id.hex if cursor.last_id != _NIL_UUID else ""
    content = f"{epoch}.{cursor.position}.{last_id}.{cursor.start}.{visibility_fingerprint(caller)}"
    return encode_cursor(f"{content}.{_signature(content, caller)}")


def _signature(content: str, caller: ActorFacts) -> str:
    """Binds a token to the account, so that nobody can give it an earlier start or use a colleague's."""
    return salted_hmac(_SALT, f"{caller.id}\n{content}", algorithm="sha256").hexdigest()[:32]


def _decode(value: str, parameter: str, watermark: Watermark, caller: ActorFacts) -> SyncCursor:
    """The caller's cursor. Raises CursorExpired if it can no longer be used."""
    if value in (START, NOW):
        return SyncCursor(0 if value == START else watermark.position, start=watermark.position)
    try:
        content, _, signature = decode_cursor(value).decode("ascii").rpartition(".")
        if not constant_time_compare(signature, _signature(content, caller)):
            raise ValueError
        epoch, position, last_id, start, fingerprint = content.split(".")
        cursor = SyncCursor(int(position), UUID(last_id) if last_id else _NIL_UUID, int(start))
    except ValueError:
        error = ErrorDetail("Pass `sync_token` back unchanged, or start with “start”.", code="invalid_cursor")
        raise ValidationError({parameter: [error]}) from None
    if (int(epoch), fingerprint) != (watermark.epoch, visibility_fingerprint(caller)):
        raise CursorExpired
    return cursor
