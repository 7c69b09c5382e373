"""Imports: begin one, stop one, and file what came in: a few rows at a time, in the background, each for itself.

A turn files some rows and asks for the next turn, in one transaction with the end of its own message: whoever dies in
the middle has done nothing, and what is filed is filed once. Turns make way for what people type in meanwhile.
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
from editorial.formats.errors import Unreadable
from editorial.formats.news_item import Item
from editorial.models import Claim, Desk, Import, ImportRow, MessageKind, Source, Story, User
from editorial.policy import url_safety
from editorial.policy.access import SubjectFacts, Verb
from editorial.policy.audience import Occasion
from editorial.policy.imports import FILES_BY, UNDER_WAY, ImportKind, ImportState, RowState
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    Conflict,
    Invalid,
    Reason,
    Refused,
    act,
    find,
    in_one_transaction,
    lock,
    permit,
    save,
)
from editorial.workflow.imports import sheets, wire_items
from editorial.workflow.imports.sheets import Read

AT_ONCE = 10  # rows a turn: so many reviews at most are put before what is typed in next
_LONGEST_TURN = 2.0  # seconds, where the machine is slow: well below what a first attempt may take
_MAKE_WAY = timedelta(seconds=1)

_K, _S = ImportKind, ImportState
# kind → what has to be given, and what may be
_TAKES: dict[ImportKind, tuple[frozenset[str], frozenset[str]]] = {
    _K.CLAIMS_SHEET: (frozenset({"file"}), frozenset()),
    _K.FEED: (frozenset({"url"}), frozenset({"outlet"})),
    _K.NINJS: (frozenset({"items"}), frozenset({"outlet"})),
    _K.PAGE: (frozenset({"url"}), frozenset({"text", "headline", "outlet"})),
}


@act
def begin(
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
    """Bring in a claims sheet, a feed, ninjs or a page. It is filed in the background, by whoever begins it.

    With `check_only` everything is looked at as if it were filed, and nothing is. What comes from an address is
    fetched afterwards; what was given is read at once, and refused if it cannot be read.
    """
    desk = find(Desk, desk_id, None, field="desk")
    here = SubjectFacts(desks=frozenset({str(desk.pk)}))
    permit(actor, Verb.IMPORT_BEGIN, here)
    what = _taken(kind, file=file, url=url, text=text, headline=headline, items=items, outlet=outlet_id)
    permit(actor, FILES_BY[what], here)
    begun = Import(
        desk=desk,
        kind=what.value,
        check_only=check_only,
        url=_callable(url) if url else "",
        outlet=_outlet(outlet_id, actor),
        state=(_S.FETCHING if what is _K.FEED or (what is _K.PAGE and not text) else _S.FILING).value,
        begun_by=actor,
        begun_at=now,
    )
    rows = _read(begun, file=file, text=text, headline=headline, items=items)
    save(begun)
    _keep(begun, rows)
    audit.event(begun, Verb.IMPORT_BEGIN, actor=actor, now=now, kind=begun.kind, rows=begun.rows_in_all)
    first = MessageKind.FETCH if begun.state == _S.FETCHING else MessageKind.IMPORT
    outbox.send(first, begun.pk, now=now)
    return begun


@act
def stop(*, import_id: UUID | str, actor: User, now: datetime) -> Import:
    """File no more of it. What is on file by now stays there."""
    begun = lock(Import, import_id, actor)
    permit(actor, Verb.IMPORT_STOP, begun.access_facts())
    if begun.state not in UNDER_WAY:
        raise Conflict("It has come to its end already.", code="ENDED")
    begun.state, begun.ended_at = _S.STOPPED.value, now
    save(begun)
    audit.event(begun, Verb.IMPORT_STOP, actor=actor, now=now, rows=begun.rows_in_all, done=begun.done)
    return begun


@act
def receive(*, import_id: UUID | str, items: Iterable[Item], now: datetime) -> None:
    """Take in what was fetched, and have it filed. The system's own verb."""
    begun = lock(Import, import_id, None)
    if begun.state != _S.FETCHING:
        return
    begun.state = _S.FILING.value
    _keep(begun, _of_items(items))
    outbox.send(MessageKind.IMPORT, begun.pk, now=now)


@act
def give_up(*, import_id: UUID | str, why: str, now: datetime) -> None:
    """Note that what was to be fetched cannot be had, and why. The system's own verb."""
    begun = lock(Import, import_id, None)
    if begun.state == _S.FETCHING:
        begun.problem = plain_text.sound(why)[:500]
        _end(begun, _S.FAILED, now)


@act
def file_next(*, import_id: UUID | str, now: datetime) -> None:
    """File the next rows, each for itself, and ask for the next turn; or end. The system's own verb."""
    begun = lock(Import, import_id, None)
    if begun.state != _S.FILING:
        return
    if outbox.busy(now=now) or not _alone_at(begun.desk):
        outbox.send(MessageKind.IMPORT, begun.pk, now=now, at=now + _MAKE_WAY)
        return
    rows = list(begun.rows.filter(state=RowState.WAITING.value)[: AT_ONCE + 1])
    began, left = time.monotonic(), len(rows)
    for row in rows[:AT_ONCE]:
        _file(row, begun, now)
        left -= 1
        if time.monotonic() - began > _LONGEST_TURN:
            break
    save(begun)
    if left:
        outbox.send(MessageKind.IMPORT, begun.pk, now=now)
    else:
        _end(begun, _S.DONE, now)


# --- What comes in ----------------------------------------------------------------------------------------------------


def _taken(kind: str, **given: Any) -> ImportKind:
    """The kind, if what was given is what it takes."""
    if kind not in set(ImportKind):
        raise Invalid(Reason("UNKNOWN_KIND", f"The kinds are {', '.join(ImportKind)}.", "kind"))
    what = ImportKind(kind)
    needed, possible = _TAKES[what]
    stated = {name for name, value in given.items() if value not in (None, "")}
    missing = [Reason("MISSING", f"A {what.label.lower()} needs this.", name) for name in sorted(needed - stated)]
    beside = [
        Reason("NOT_TAKEN", f"A {what.label.lower()} takes no {name}.", name)
        for name in sorted(stated - needed - possible)
    ]
    if missing or beside:
        raise Invalid(*missing, *beside)
    return what


def _read(begun: Import, *, file: IO[bytes] | None, text: str, headline: str, items: Any) -> list[Read]:
    """The rows of what was given; none where it has to be fetched first."""
    try:
        if file is not None:
            begun.read_as, rows = sheets.read(_content(file), actor=begun.begun_by)
            return rows
        if items is not None:
            return _of_items(ninjs.read(items))
        return _of_items([web_page.pasted(text, url=begun.url, headline=headline)]) if text else []
    except Unreadable as problem:
        field = next(name for name, given in (("file", file), ("items", items), ("text", text)) if given is not None)
        raise Invalid(Reason(problem.code, problem.text, field)) from None


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)  # a deadlock makes the verb begin again
    content = file.read(settings.IMPORT_MAX_BYTES + 1)
    if len(content) > settings.IMPORT_MAX_BYTES:
        raise Unreadable("TOO_LARGE", f"A sheet may have {settings.IMPORT_MAX_BYTES // 1024:,} KiB. Split it.")
    return content


def _callable(url: str) -> str:
    allowed = url_safety.url(url, private=settings.IMPORTS_MAY_REACH_PRIVATE_ADDRESSES, longest=http_client.LONGEST)
    if not allowed:
        raise Invalid(*(Reason("UNREACHABLE", reason, "url") for reason in allowed.reasons))
    return url


def _outlet(outlet_id: UUID | str | None, actor: User) -> Source | None:
    if outlet_id is None:
        return None
    outlet = find(Source, outlet_id, actor, field="outlet")
    if outlet.type != SourceType.OUTLET:
        raise Invalid(Reason("NO_OUTLET", "This source is no outlet.", "outlet"))
    return outlet


def _of_items(items: Iterable[Item]) -> list[Read]:
    return [Read(number, RowState.WAITING, item.plain(), []) for number, item in enumerate(items, 1)]


def _keep(begun: Import, rows: list[Read]) -> None:
    made = ImportRow.objects.bulk_create(
        (
            ImportRow(of=begun, number=row.number, state=row.state.value, stated=row.stated, reasons=_told(row))
            for row in rows
        ),
        batch_size=1000,
    )
    begun.rows_in_all = len(made)
    for row in made:
        _count(begun, RowState(row.state))
    save(begun)


def _told(row: Read) -> list[dict[str, str]]:
    return [{"code": each.code, "field": each.column, "text": each.text} for each in row.troubles]


# --- What becomes of it -----------------------------------------------------------------------------------------------


_Made = tuple[RowState, Claim | Story | None]


class _Checked(Exception):
    """It would go well: so much for looking, and back. `made`: what would become of it, and what is on file already."""

    def __init__(self, state: RowState, made: Claim | Story) -> None:
        self.made: _Made = (state, made if state is not RowState.FILED else None)
        super().__init__()


def _file(row: ImportRow, begun: Import, now: datetime) -> None:
    """File a row; what is refused leaves nothing but its reasons."""

    def filed() -> _Made:
        state, made = _FILED_BY[ImportKind(begun.kind)](row.stated, begun, now)
        if begun.check_only:
            raise _Checked(state, made)
        return state, made

    state, made = RowState.REFUSED, None
    row.reasons = []
    try:
        state, made = in_one_transaction(filed)
    except _Checked as looked:
        state, made = looked.made
    except Refused as refusal:
        row.reasons = [
            {"code": reason.code, "field": reason.field, "text": plain_text.sound(reason.text)}
            for reason in refusal.reasons
        ]
    else:
        row.stated = {}
    row.state = state.value
    row.claim, row.story = (made, None) if isinstance(made, Claim) else (None, made)
    row.save(update_fields=["state", "stated", "claim", "story", "reasons"])
    _count(begun, state)


def _line(stated: dict[str, Any], begun: Import, now: datetime) -> tuple[RowState, Claim | Story]:
    return sheets.file(stated, desk=begun.desk, actor=begun.begun_by, now=now)


def _item(stated: dict[str, Any], begun: Import, now: datetime) -> tuple[RowState, Claim | Story]:
    item = Item.of(stated)
    return wire_items.file(item, desk=begun.desk, outlet=begun.outlet, actor=begun.begun_by, now=now)


_FILED_BY: dict[ImportKind, Callable[[dict[str, Any], Import, datetime], tuple[RowState, Claim | Story]]] = {
    _K.CLAIMS_SHEET: _line,
    _K.FEED: _item,
    _K.NINJS: _item,
    _K.PAGE: _item,
}


def _count(begun: Import, state: RowState) -> None:
    if state is not RowState.WAITING:
        setattr(begun, state.value, getattr(begun, state.value) + 1)


def _end(begun: Import, state: ImportState, now: datetime) -> None:
    begun.state, begun.ended_at = state.value, now
    save(begun)
    counts = {name: getattr(begun, name) for name in ("filed", "known", "updated", "refused")}
    audit.event(begun, Occasion.IMPORT_END, actor=None, now=now, state=begun.state, **counts)


def _alone_at(desk: Desk) -> bool:
    """Whether no other import is filing at this desk; none will until this turn ends.

    So what two people bring in at once is filed once, and no more than one pair of hands a desk is kept busy.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"newsroom imports {desk.pk}"])
        (alone,) = cursor.fetchone()
    return bool(alone)
