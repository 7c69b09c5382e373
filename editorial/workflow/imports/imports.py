"""Imports: start, cancel, and file the rows in the background, a few at a time and each on its own.

A job files some rows and enqueues the next job, in one transaction with finishing its own message: a job that dies
halfway has done nothing, and each row is filed once. Jobs yield to interactive work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from editorial import http_client, outbox
from editorial.formats import ninjs, plain_text, web_page
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem
from editorial.models import Claim, Desk, Import, ImportRow, MessageKind, Source, Story, User
from editorial.policy import url_safety
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action, SystemEvent
from editorial.policy.imports import ACTION_BY_KIND, ACTIVE_STATES, ImportKind, ImportState, RowState
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, run_in_transaction, validate_and_save
from editorial.workflow.core.errors import ActionError, Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.imports import sheets, wire_items
from editorial.workflow.imports.sheets import ParsedRow

ROWS_PER_JOB = 10  # limits the reassessments queued ahead of interactive work
_MAX_JOB_SECONDS = 2.0  # on a slow machine; well below the time limit of a first attempt
_YIELD_DELAY = timedelta(seconds=1)

_K, _S = ImportKind, ImportState
# kind → required and optional inputs
_INPUTS: dict[ImportKind, tuple[frozenset[str], frozenset[str]]] = {
    _K.CLAIMS_SHEET: (frozenset({"file"}), frozenset()),
    _K.FEED: (frozenset({"url"}), frozenset({"outlet"})),
    _K.NINJS: (frozenset({"items"}), frozenset({"outlet"})),
    _K.PAGE: (frozenset({"url"}), frozenset({"text", "headline", "outlet"})),
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
    desk = get_visible(Desk, desk_id, None, field="desk")
    here = SubjectFacts(desks=frozenset({str(desk.pk)}))
    require_permission(actor, Action.IMPORT_START, here)
    what = _validate_inputs(kind, file=file, url=url, text=text, headline=headline, items=items, outlet=outlet_id)
    require_permission(actor, ACTION_BY_KIND[what], here)
    begun = Import(
        desk=desk,
        kind=what.value,
        check_only=check_only,
        url=_validate_url(url) if url else "",
        outlet=_outlet(outlet_id, actor),
        state=(_S.FETCHING if what is _K.FEED or (what is _K.PAGE and not text) else _S.FILING).value,
        started_by=actor,
        started_at=now,
    )
    rows = _read_rows(begun, file=file, text=text, headline=headline, items=items)
    validate_and_save(begun)
    _store_rows(begun, rows)
    audit.log(begun, Action.IMPORT_START, actor=actor, now=now, kind=begun.kind, rows=begun.row_count)
    first = MessageKind.FETCH if begun.state == _S.FETCHING else MessageKind.IMPORT
    outbox.send(first, begun.pk, now=now)
    return begun


@atomic_action
def cancel(*, import_id: UUID | str, actor: User, now: datetime) -> Import:
    """Cancel the import. Rows that are already filed stay."""
    begun = lock(Import, import_id, actor)
    require_permission(actor, Action.IMPORT_CANCEL, begun.access_facts())
    if begun.state not in ACTIVE_STATES:
        raise Conflict("This import has already ended.", code="ALREADY_ENDED")
    begun.state, begun.ended_at = _S.CANCELLED.value, now
    validate_and_save(begun)
    audit.log(begun, Action.IMPORT_CANCEL, actor=actor, now=now, rows=begun.row_count, done=begun.processed)
    return begun


@atomic_action
def receive(*, import_id: UUID | str, items: Iterable[NewsItem], now: datetime) -> None:
    """Store the fetched items and enqueue their filing. A system action."""
    begun = lock(Import, import_id, None)
    if begun.state != _S.FETCHING:
        return
    begun.state = _S.FILING.value
    _store_rows(begun, _rows_of(items))
    outbox.send(MessageKind.IMPORT, begun.pk, now=now)


@atomic_action
def fail(*, import_id: UUID | str, reason: str, now: datetime) -> None:
    """End an import whose content cannot be fetched, with the reason. A system action."""
    begun = lock(Import, import_id, None)
    if begun.state == _S.FETCHING:
        begun.problem = plain_text.clean(reason)[:500]
        _end(begun, _S.FAILED, now)


@atomic_action
def file_next(*, import_id: UUID | str, now: datetime) -> None:
    """File the next rows, each on its own, and enqueue the next job or end the import. A system action."""
    begun = lock(Import, import_id, None)
    if begun.state != _S.FILING:
        return
    if outbox.is_backlogged(now=now) or not _try_lock_desk(begun.desk):
        outbox.send(MessageKind.IMPORT, begun.pk, now=now, at=now + _YIELD_DELAY)
        return
    rows = list(begun.rows.filter(state=RowState.WAITING.value)[: ROWS_PER_JOB + 1])
    began, left = time.monotonic(), len(rows)
    for row in rows[:ROWS_PER_JOB]:
        _file(row, begun, now)
        left -= 1
        if time.monotonic() - began > _MAX_JOB_SECONDS:
            break
    validate_and_save(begun)
    if left:
        outbox.send(MessageKind.IMPORT, begun.pk, now=now)
    else:
        _end(begun, _S.DONE, now)


# --- Input ------------------------------------------------------------------------------------------------------------


def _validate_inputs(kind: str, **given: Any) -> ImportKind:
    """Return the import kind. Raises `ValidationFailed` unless it is known and has the right inputs."""
    if kind not in set(ImportKind):
        raise ValidationFailed(
            Reason("UNKNOWN_IMPORT_KIND", f"Choose one of these kinds: {', '.join(ImportKind)}.", "kind")
        )
    what = ImportKind(kind)
    needed, possible = _INPUTS[what]
    stated = {name for name, value in given.items() if value not in (None, "")}
    missing = [Reason("MISSING", f"Required for a {what.label.lower()}.", name) for name in sorted(needed - stated)]
    beside = [
        Reason("NOT_TAKEN", f"A {what.label.lower()} takes no {name}. Leave it out.", name)
        for name in sorted(stated - needed - possible)
    ]
    if missing or beside:
        raise ValidationFailed(*missing, *beside)
    return what


def _read_rows(begun: Import, *, file: IO[bytes] | None, text: str, headline: str, items: Any) -> list[ParsedRow]:
    """Parse the given input into rows; none if the import has to be fetched first."""
    try:
        if file is not None:
            begun.read_as, rows = sheets.read(_read_content(file), actor=begun.started_by)
            return rows
        if items is not None:
            return _rows_of(ninjs.read(items))
        return _rows_of([web_page.from_pasted_text(text, url=begun.url, headline=headline)]) if text else []
    except ParseError as problem:
        field = next(name for name, given in (("file", file), ("items", items), ("text", text)) if given is not None)
        raise ValidationFailed(Reason(problem.code, problem.message, field)) from None


def _read_content(file: IO[bytes]) -> bytes:
    file.seek(0)  # the action is retried after a deadlock
    content = file.read(settings.IMPORT_MAX_BYTES + 1)
    if len(content) > settings.IMPORT_MAX_BYTES:
        raise ParseError("TOO_LARGE", f"The sheet is larger than {settings.IMPORT_MAX_BYTES // 1024:,} KiB. Split it.")
    return content


def _validate_url(url: str) -> str:
    allowed = url_safety.check_url(
        url, allow_private=settings.IMPORTS_ALLOW_PRIVATE_HOSTS, max_length=http_client.MAX_URL_LENGTH
    )
    if not allowed:
        raise ValidationFailed(*(Reason("URL_NOT_ALLOWED", reason, "url") for reason in allowed.reasons))
    return url


def _outlet(outlet_id: UUID | str | None, actor: User) -> Source | None:
    if outlet_id is None:
        return None
    outlet = get_visible(Source, outlet_id, actor, field="outlet")
    if outlet.type != SourceType.OUTLET:
        raise ValidationFailed(Reason("NO_OUTLET", "This source is not an outlet.", "outlet"))
    return outlet


def _rows_of(items: Iterable[NewsItem]) -> list[ParsedRow]:
    return [ParsedRow(number, RowState.WAITING, item.to_dict(), []) for number, item in enumerate(items, 1)]


def _store_rows(begun: Import, rows: list[ParsedRow]) -> None:
    made = ImportRow.objects.bulk_create(
        (
            ImportRow(batch=begun, number=row.number, state=row.state.value, data=row.fields, reasons=_row_reasons(row))
            for row in rows
        ),
        batch_size=1000,
    )
    begun.row_count = len(made)
    for row in made:
        _count(begun, RowState(row.state))
    validate_and_save(begun)


def _row_reasons(row: ParsedRow) -> list[dict[str, str]]:
    return [{"code": each.code, "field": each.column, "text": each.text} for each in row.problems]


# --- Filing -----------------------------------------------------------------------------------------------------------


_Result = tuple[RowState, Claim | Story | None]


class _DryRunDone(Exception):
    """Rolls back a successful dry run of a row. `made`: the row's existing object, if it is already on file."""

    def __init__(self, state: RowState, made: Claim | Story) -> None:
        self.result: _Result = (state, made if state is not RowState.FILED else None)
        super().__init__()


def _file(row: ImportRow, begun: Import, now: datetime) -> None:
    """File a row. A rejected row leaves only its reasons."""

    def filed() -> _Result:
        state, made = _FILERS[ImportKind(begun.kind)](row.data, begun, now)
        if begun.check_only:
            raise _DryRunDone(state, made)
        return state, made

    state, made = RowState.REFUSED, None
    row.reasons = []
    try:
        state, made = run_in_transaction(filed)
    except _DryRunDone as looked:
        state, made = looked.result
    except ActionError as refusal:
        row.reasons = [
            {"code": reason.code, "field": reason.field, "text": plain_text.clean(reason.text)}
            for reason in refusal.reasons
        ]
    else:
        row.data = {}
    row.state = state.value
    row.claim, row.story = (made, None) if isinstance(made, Claim) else (None, made)
    row.save(update_fields=["state", "data", "claim", "story", "reasons"])
    _count(begun, state)


def _file_line(stated: dict[str, Any], begun: Import, now: datetime) -> tuple[RowState, Claim | Story]:
    return sheets.file(stated, desk=begun.desk, actor=begun.started_by, now=now)


def _file_item(stated: dict[str, Any], begun: Import, now: datetime) -> tuple[RowState, Claim | Story]:
    item = NewsItem.from_dict(stated)
    return wire_items.file(item, desk=begun.desk, outlet=begun.outlet, actor=begun.started_by, now=now)


_FILERS: dict[ImportKind, Callable[[dict[str, Any], Import, datetime], tuple[RowState, Claim | Story]]] = {
    _K.CLAIMS_SHEET: _file_line,
    _K.FEED: _file_item,
    _K.NINJS: _file_item,
    _K.PAGE: _file_item,
}


def _count(begun: Import, state: RowState) -> None:
    if state is not RowState.WAITING:
        setattr(begun, state.value, getattr(begun, state.value) + 1)


def _end(begun: Import, state: ImportState, now: datetime) -> None:
    begun.state, begun.ended_at = state.value, now
    validate_and_save(begun)
    counts = {name: getattr(begun, name) for name in ("filed", "known", "updated", "refused")}
    audit.log(begun, SystemEvent.IMPORT_END, actor=None, now=now, state=begun.state, **counts)


def _try_lock_desk(desk: Desk) -> bool:
    """Try to lock the desk's imports until the transaction ends.

    Concurrent imports of the same items thus file each once, and imports occupy at most one worker slot a desk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"newsroom imports {desk.pk}"])
        (alone,) = cursor.fetchone()
    return bool(alone)
