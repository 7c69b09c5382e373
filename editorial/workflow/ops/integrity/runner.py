"""Looks: put every invariant to one snapshot, keep account of what was found, and act on what two looks have found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from editorial import outbox
from editorial.models import Discrepancy
from editorial.workflow.ops import integrity_findings
from editorial.workflow.ops.integrity import audit_chain, claims, jobs, notifications, stories, table_scan
from editorial.workflow.ops.integrity.checks import MOST, Invariant, Seen, Turn

log = structlog.get_logger(__name__)

INVARIANTS = (
    *jobs.INVARIANTS,
    *notifications.INVARIANTS,
    *claims.INVARIANTS,
    *stories.INVARIANTS,
    *audit_chain.INVARIANTS,
)
"""Everything that is checked, in the order in which it is reported."""

GRACE = timedelta(seconds=min(10, settings.RECONCILE_SECONDS / 2))
"""Between the look that finds something and the one that acts on it, so that work in flight is nobody's alarm."""

_MOST_REPAIRS = 3  # of one thing within discrepancies.LINGER; then somebody is told
_KEY = 7302391  # of the advisory lock that keeps two beats from looking at once
_BY_NAME = {invariant.name: invariant for invariant in INVARIANTS}
_TURNS: tuple[Turn, ...] = (table_scan.EVENTS, table_scan.CLAIMS, table_scan.EVIDENCE, table_scan.STORIES)


@dataclass(frozen=True, slots=True)
class Finding:
    """An object for which an invariant does not hold."""

    invariant: str
    says: str
    subject: str

    def __str__(self) -> str:
        return f"{self.subject}: this does not hold: {self.says}"


def findings(*, now: datetime) -> Iterator[Finding]:
    """Look at everything once, whole tables included, and change nothing."""
    everything = chain([(None, [])], ((turn, keys) for turn in _TURNS for keys in table_scan.all_keys(turn)))
    for portion in everything:
        with _snapshot():
            broken = list(_broken([portion], now))
        yield from (_finding(invariant, key) for invariant, key in broken)


def reconcile(*, now: datetime) -> list[Finding] | None:
    """One look, and what follows from it. Returns what it found; None while another look is under way."""
    with _alone() as alone:
        if not alone:
            return None
        known = {(one.invariant, one.subject): one for one in Discrepancy.objects.filter(gone_at=None)}
        with _snapshot():
            portions, places = _portions(known)
            broken = list(_broken(portions, now))
        found = {(invariant.name, _subject(invariant, key)): key for invariant, key in broken}
        _keep_account(known, found, now)
        for turn, after in places.items():
            table_scan.keep_place(turn, after, now=now)
        return [_finding(invariant, key) for invariant, key in broken]


def _portions(
    known: Iterable[tuple[str, str]],
) -> tuple[list[tuple[Turn | None, list[UUID]]], dict[Turn, UUID | None]]:
    """What this look is about: the next rows of each turn, what just happened, and what was found before."""
    portions: list[tuple[Turn | None, list[UUID]]] = [(None, [])]
    places = {}
    for turn in _TURNS:
        keys, places[turn] = table_scan.next_keys(turn)
        before = {UUID(subject.partition(":")[2]) for name, subject in known if _turn_of(name) is turn}
        portions.append((turn, sorted({*keys, *turn.recent(), *before})))
    return portions, places


def _broken(portions: Iterable[tuple[Turn | None, list[UUID]]], now: datetime) -> Iterator[tuple[Invariant, UUID]]:
    for turn, keys in portions:
        seen = Seen(keys, now)
        for invariant in INVARIANTS:
            if invariant.turn is turn:
                for key in _unless_awaited(invariant, invariant.broken(seen), now):
                    yield invariant, key


def _unless_awaited(invariant: Invariant, broken: Iterable[UUID], now: datetime) -> list[UUID]:
    """Those that nothing under way will put right."""
    keys = sorted(set(broken))
    if keys and invariant.work is not None:
        awaited = outbox.awaited(invariant.work, keys, now=now)
        keys = [key for key in keys if str(key) not in awaited]
    return keys[:MOST]


def _keep_account(known: dict[tuple[str, str], Discrepancy], found: dict[tuple[str, str], UUID], now: datetime) -> None:
    full = {name for name in _BY_NAME if sum(1 for invariant, _ in found if invariant == name) >= MOST}
    fresh = found.keys() - known.keys()
    if fresh:
        integrity_findings.note(found=fresh, now=now)
    for (name, subject), one in known.items():
        if (name, subject) not in found:
            if name not in full:
                integrity_findings.close(discrepancy_id=one.pk, now=now)
        elif now - one.found_at >= GRACE:
            _act(_BY_NAME[name], one, found[name, subject], now)


def _act(invariant: Invariant, one: Discrepancy, key: UUID, now: datetime) -> None:
    """Repair it, or tell. What fails stops nothing else."""
    try:
        if invariant.repairs_itself and one.repairs < _MOST_REPAIRS:
            integrity_findings.repair(discrepancy_id=one.pk, mend=partial(_mend, invariant, key, now), now=now)
        elif one.told_at is None:
            integrity_findings.page(discrepancy_id=one.pk, says=invariant.says, now=now)
        else:
            return
        log.warning("what is recorded did not fit together", invariant=one.invariant, subject=one.subject)
    except Exception as problem:
        log.error(
            "a discrepancy could not be acted on",
            invariant=one.invariant,
            subject=one.subject,
            kind=type(problem).__name__,
        )


def _mend(invariant: Invariant, key: UUID, now: datetime) -> None:
    if invariant.work is not None:
        outbox.send(invariant.work, key, now=now)
    elif invariant.mend is not None:
        invariant.mend(key, now)


def _finding(invariant: Invariant, key: UUID) -> Finding:
    return Finding(invariant.name, invariant.says, _subject(invariant, key))


def _subject(invariant: Invariant, key: UUID) -> str:
    return f"{invariant.noun._meta.model_name}:{key}"


def _turn_of(name: str) -> Turn | None:
    return _BY_NAME[name].turn if name in _BY_NAME else None


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else looks at present; nobody will until this has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
        (alone,) = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])


@contextmanager
def _snapshot() -> Iterator[None]:
    """Everything that is read inside was true at one moment: a change and the work that follows from it, or neither."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
