"""Imports: start, cancel, and file the rows in the background, a few at a time and each on its own.

A job files some rows and enqueues the next job, in one transaction with finishing its own message: a job that dies
halfway has done nothing, and each row is filed once. Jobs yield to interactive work.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from editorial import backlog, http_client, outbox
from editorial.formats import ninjs, pasted_text, plain_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import Items
from editorial.models import Desk, Import, ImportRow, MessageKind, ScheduledImport, Source, User
from editorial.policy.actions import Action
from editorial.policy.imports import ACTION_BY_KIND, ACTIVE_STATES, ImportKind, ImportState, RowState
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    atomic_action,
    require_desk,
    require_permission,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.imports import filing, sheets, versions
from editorial.workflow.imports.sheets import ParsedRow

ROWS_PER_JOB = 10  # limits the reassessments queued ahead of interactive work
_MAX_JOB_SECONDS = 2.0  # on a slow machine; well below the time limit of a first attempt
_YIELD_DELAY = timedelta(seconds=1)

# kind → required and optional inputs
_INPUTS: dict[ImportKind, tuple[frozenset[str], frozenset[str]]] = {
    ImportKind.CLAIMS_SHEET: (frozenset({"file"}), frozenset()),
    ImportKind.FEED: (frozenset({"url"}), frozenset({"outlet"})),
    ImportKind.NINJS: (frozenset({"items"}), frozenset({"outlet"})),
    ImportKind.PAGE: (frozenset({"url"}), frozenset({"text", "headline", "outlet"})),
}


@atomic_action
def start(
    *,
    desk_id: UUID | str,
    kind: str,
    check_only: bool = False,
    file: IO[bytes] | None = None,
    url: str = "",
    text: str = "",
    headline: str = "",
    items: Any = None,
    outlet_id: UUID | str | None = None,
    actor: User,
    now: datetime,
) -> Import:
    """Start an import of a claims sheet, a feed, ninjs or a web page. It is filed in the background, in your name.

    `check_only` is a dry run: it reports what would be filed. A URL is fetched later; other input is parsed
    immediately and rejected if it is unreadable.
    """
    desk = require_desk(desk_id, actor, Action.IMPORT_START)
    import_kind = _validate_inputs(
        kind, file=file, url=url, text=text, headline=headline, items=items, outlet=outlet_id
    )
    require_desk(desk_id, actor, ACTION_BY_KIND[import_kind])
    batch = Import(
        desk=desk,
        kind=import_kind.value,
        check_only=check_only,
        url=validate_url(url) if url else "",
        outlet=visible_outlet(outlet_id, actor),
        state=(
            ImportState.FETCHING
            if import_kind is ImportKind.FEED or (import_kind is ImportKind.PAGE and not text)
            else ImportState.FILING
        ).value,
        started_by=actor,
        started_at=now,
    )
    rows = _read_rows(batch, file=file, text=text, headline=headline, items=items)
    _check_names(batch, rows, now)
    validate_and_save(batch)
    _store_rows(batch, rows)
    audit.log(batch, Action.IMPORT_START, actor=actor, now=now, kind=batch.kind, rows=batch.row_count)
    first_job = MessageKind.FETCH if batch.state == ImportState.FETCHING else MessageKind.IMPORT
    outbox.send(first_job, batch.pk, now=now)
    return batch


def start_scheduled(scheduled: ScheduledImport, items: Items, *, now: datetime) -> None:
    """Import the items that a scheduled import has found. A step of its action."""
    batch = Import(
        desk=scheduled.desk,
        kind=scheduled.kind,
        url=scheduled.url,
        outlet=scheduled.outlet,
        scheduled_import=scheduled,
        state=ImportState.FILING.value,
        left_out=items.left_out,
        started_by=scheduled.scheduled_by,
        started_at=now,
    )
    validate_and_save(batch)
    _file(batch, items, now)
    audit.log(batch, Action.IMPORT_START, actor=None, now=now, kind=batch.kind, rows=batch.row_count)


@atomic_action
def cancel(*, import_id: UUID | str, actor: User, now: datetime) -> Import:
    """Cancel the import. Rows that are already filed stay."""
    batch = lock(Import, import_id, actor)
    require_permission(actor, Action.IMPORT_CANCEL, batch.access_facts())
    if batch.state not in ACTIVE_STATES:
        raise Conflict("This import has already ended.", code="ALREADY_ENDED")
    batch.state, batch.ended_at = ImportState.CANCELLED.value, now
    validate_and_save(batch)
    audit.log(batch, Action.IMPORT_CANCEL, actor=actor, now=now, rows=batch.row_count, done=batch.processed)
    return batch


@atomic_action
def follow(*, import_id: UUID | str, feed_url: str, now: datetime) -> None:
    """Remember the feed that the fetched page names, and enqueue its fetch. A system action."""
    batch = lock(Import, import_id, None)
    if batch.state != ImportState.FETCHING or batch.feed_url:
        return
    batch.feed_url = feed_url
    validate_and_save(batch)
    outbox.send(MessageKind.FETCH, batch.pk, now=now)


@atomic_action
def receive(*, import_id: UUID | str, items: Items, now: datetime) -> None:
    """Store the fetched items and enqueue their filing. A system action."""
    batch = lock(Import, import_id, None)
    if batch.state != ImportState.FETCHING:
        return
    batch.state, batch.left_out = ImportState.FILING.value, items.left_out
    _file(batch, items, now)


@atomic_action
def fail(*, import_id: UUID | str, reason: str, now: datetime) -> None:
    """End an import whose content cannot be fetched, with the reason. A system action."""
    batch = lock(Import, import_id, None)
    if batch.state == ImportState.FETCHING:
        batch.problem = plain_text.clean(reason)[:500]
        _end(batch, ImportState.FAILED, now)


@atomic_action
def file_next(*, import_id: UUID | str, now: datetime) -> None:
    """File the next rows, each on its own, and enqueue the next job or end the import. A system action."""
    batch = lock(Import, import_id, None)
    if batch.state != ImportState.FILING:
        return
    waiting = filing.waiting(batch)
    yields = backlog.is_backlogged(now=now) and not waiting.filter(filing.WITHDRAWS).exists()
    if yields or not _try_lock_desk(batch.desk):
        outbox.send(MessageKind.IMPORT, batch.pk, now=now, at=now + _YIELD_DELAY)
        return
    next_rows = list(waiting[: ROWS_PER_JOB + 1])
    started_at, remaining = time.monotonic(), len(next_rows)
    for row in next_rows[:ROWS_PER_JOB]:
        _count(batch, filing.file(row, batch, now))
        remaining -= 1
        if time.monotonic() - started_at > _MAX_JOB_SECONDS:
            break
    validate_and_save(batch)
    if remaining:
        outbox.send(MessageKind.IMPORT, batch.pk, now=now)
    else:
        _end(batch, ImportState.DONE, now)


# --- Input ------------------------------------------------------------------------------------------------------------


def _validate_inputs(kind: str, **inputs: Any) -> ImportKind:
    """Return the import kind. Raises `ValidationFailed` unless it is known and has the right inputs."""
    if kind not in set(ImportKind):
        raise ValidationFailed(
            Reason("UNKNOWN_IMPORT_KIND", f"Choose one of these kinds: {', '.join(ImportKind)}.", "kind")
        )
    import_kind = ImportKind(kind)
    required, optional = _INPUTS[import_kind]
    provided = {name for name, value in inputs.items() if value not in (None, "")}
    missing = [
        Reason("MISSING", f"Required for a {import_kind.label.lower()}.", name) for name in sorted(required - provided)
    ]
    unexpected = [
        Reason("NOT_TAKEN", f"A {import_kind.label.lower()} takes no {name}. Leave it out.", name)
        for name in sorted(provided - required - optional)
    ]
    if missing or unexpected:
        raise ValidationFailed(*missing, *unexpected)
    return import_kind


def _read_rows(batch: Import, *, file: IO[bytes] | None, text: str, headline: str, items: Any) -> list[ParsedRow]:
    """Parse the given input into rows; none if the import has to be fetched first."""
    try:
        if file is not None:
            batch.read_as, rows = sheets.read(_read_content(file), actor=batch.started_by)
            return rows
        if items is not None:
            return versions.rows_of(ninjs.read(items))
        return versions.rows_of([pasted_text.read(text, url=batch.url, headline=headline)]) if text else []
    except ParseError as error:
        field = next(name for name, value in (("file", file), ("items", items), ("text", text)) if value is not None)
        raise ValidationFailed(Reason(error.code, error.message, field)) from None


def _read_content(file: IO[bytes]) -> bytes:
    file.seek(0)  # the action is retried after a deadlock
    content = file.read(settings.IMPORT_MAX_BYTES + 1)
    if len(content) > settings.IMPORT_MAX_BYTES:
        raise ParseError("TOO_LARGE", f"The sheet is larger than {settings.IMPORT_MAX_BYTES // 1024:,} KiB. Split it.")
    return content


def _check_names(batch: Import, rows: Iterable[ParsedRow], now: datetime) -> None:
    """Refuse a sheet whose claims contain the name of a confidential source, before its rows are stored."""
    if batch.kind != ImportKind.CLAIMS_SHEET:
        return
    texts = {
        f"file/{row.number}": "\n".join([row.fields.get("text", ""), *row.fields.get("carries", ())]) for row in rows
    }
    parties = {key for row in rows for key in row.fields.get("adverse_to") or ()}
    sources = Source.objects.filter(pk__in=parties)
    name_guard.check_with_desk(texts, sources=sources, desk_id=batch.desk_id, actor=batch.started_by, now=now)


def validate_url(url: str) -> str:
    """Return the URL. Raises `ValidationFailed` unless it may be fetched."""
    decision = http_client.check_url(
        url,
        allow_private=settings.IMPORTS_ALLOW_PRIVATE_HOSTS,
        max_length=http_client.MAX_URL_LENGTH,
        hosts=settings.OUTGOING_HOSTS,
    )
    if not decision:
        raise ValidationFailed(*(Reason("URL_NOT_ALLOWED", reason, "url") for reason in decision.reasons))
    return url


def visible_outlet(outlet_id: UUID | str | None, actor: User) -> Source | None:
    """The source of type outlet with this id. Raises `NotFound` or `ValidationFailed` if there is none."""
    if outlet_id is None:
        return None
    outlet = get_visible(Source, outlet_id, actor, field="outlet")
    if outlet.type != SourceType.OUTLET:
        raise ValidationFailed(
            Reason("NO_OUTLET", "This source is not an outlet. Choose a source of type outlet.", "outlet")
        )
    return outlet


def _file(batch: Import, items: Items, now: datetime) -> None:
    """Store the items and enqueue their filing."""
    _store_rows(batch, versions.rows_of(items, ids_may_repeat=batch.kind == ImportKind.FEED))
    outbox.send(MessageKind.IMPORT, batch.pk, now=now)


def _store_rows(batch: Import, rows: list[ParsedRow]) -> None:
    created = ImportRow.objects.bulk_create(
        (
            ImportRow(batch=batch, number=row.number, state=row.state.value, data=row.fields, reasons=_row_reasons(row))
            for row in rows
        ),
        batch_size=1000,
    )
    batch.row_count = len(created)
    for row in created:
        _count(batch, RowState(row.state))
    validate_and_save(batch)


def _row_reasons(row: ParsedRow) -> list[dict[str, str]]:
    return [{"code": problem.code, "field": problem.column, "text": problem.text} for problem in row.problems]


# --- Filing -----------------------------------------------------------------------------------------------------------


def _count(batch: Import, state: RowState) -> None:
    if state is not RowState.WAITING:
        setattr(batch, state.value, getattr(batch, state.value) + 1)


def _end(batch: Import, state: ImportState, now: datetime) -> None:
    batch.state, batch.ended_at = state.value, now
    validate_and_save(batch)
    counts = {name: getattr(batch, name) for name in ("filed", "known", "updated", "refused", "left_out")}
    audit.log(batch, SystemEvent.IMPORT_END, actor=None, now=now, state=batch.state, **counts)


def _try_lock_desk(desk: Desk) -> bool:
    """Try to lock the desk's imports until the transaction ends.

    Concurrent imports of the same items thus file each once, and imports occupy at most one worker slot a desk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"newsroom imports {desk.pk}"])
        (acquired,) = cursor.fetchone()
    return bool(acquired)
