"""Runs every integrity check on one snapshot, records the findings, and acts on those that a second run confirms."""

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
from editorial.models import IntegrityFinding
from editorial.workflow.ops import integrity_findings
from editorial.workflow.ops.integrity import audit_chain, claims, jobs, notifications, stories, table_scan
from editorial.workflow.ops.integrity.checks import MAX_ROWS, CheckContext, IntegrityCheck, TableScan

log = structlog.get_logger(__name__)

CHECKS = (
    *jobs.CHECKS,
    *notifications.CHECKS,
    *claims.CHECKS,
    *stories.CHECKS,
    *audit_chain.CHECKS,
)
"""All checks, in the order in which they are reported."""

CONFIRMATION_DELAY = timedelta(seconds=min(10, settings.INTEGRITY_CHECK_SECONDS / 2))
"""Minimum time between finding a violation and acting on it, so that work in flight raises no alarm."""

_MAX_REPAIRS = 3  # of one object within integrity_findings.RECURRENCE_WINDOW; then administrators are alerted
_ADVISORY_LOCK_KEY = 7302391  # so that two beats do not run the checks together
_CHECKS_BY_NAME = {invariant.name: invariant for invariant in CHECKS}
_SCANS: tuple[TableScan, ...] = (table_scan.EVENTS, table_scan.CLAIMS, table_scan.EVIDENCE, table_scan.STORIES)


@dataclass(frozen=True, slots=True)
class Violation:
    """An object that violates a check."""

    check_name: str
    message: str
    subject: str

    def __str__(self) -> str:
        return f"{self.subject}: integrity check failed: {self.message}"


def check_all(*, now: datetime) -> Iterator[Violation]:
    """Run every check once over all rows, read-only."""
    everything = chain([(None, [])], ((turn, keys) for turn in _SCANS for keys in table_scan.all_keys(turn)))
    for portion in everything:
        with _snapshot():
            broken = list(_violations([portion], now))
        yield from (_violation(invariant, key) for invariant, key in broken)


def run(*, now: datetime) -> list[Violation] | None:
    """Run the checks once and handle the findings. Returns the violations; None while another run is in progress."""
    with _exclusive() as alone:
        if not alone:
            return None
        known = {(one.check_name, one.subject): one for one in IntegrityFinding.objects.filter(resolved_at=None)}
        with _snapshot():
            portions, places = _batches(known)
            broken = list(_violations(portions, now))
        found = {(invariant.name, _subject(invariant, key)): key for invariant, key in broken}
        _update_findings(known, found, now)
        for turn, after in places.items():
            table_scan.save_cursor(turn, after, now=now)
        return [_violation(invariant, key) for invariant, key in broken]


def _batches(
    known: Iterable[tuple[str, str]],
) -> tuple[list[tuple[TableScan | None, list[UUID]]], dict[TableScan, UUID | None]]:
    """The rows of this run: each scan's next batch, recently changed rows, and open findings."""
    portions: list[tuple[TableScan | None, list[UUID]]] = [(None, [])]
    places = {}
    for turn in _SCANS:
        keys, places[turn] = table_scan.next_keys(turn)
        before = {UUID(subject.partition(":")[2]) for name, subject in known if _scan_of(name) is turn}
        portions.append((turn, sorted({*keys, *turn.recent(), *before})))
    return portions, places


def _violations(
    portions: Iterable[tuple[TableScan | None, list[UUID]]], now: datetime
) -> Iterator[tuple[IntegrityCheck, UUID]]:
    for turn, keys in portions:
        seen = CheckContext(keys, now)
        for invariant in CHECKS:
            if invariant.scan is turn:
                for key in _without_pending_jobs(invariant, invariant.find_violations(seen), now):
                    yield invariant, key


def _without_pending_jobs(check: IntegrityCheck, broken: Iterable[UUID], now: datetime) -> list[UUID]:
    """Keep the violations that no pending job will repair."""
    keys = sorted(set(broken))
    if keys and check.requeue is not None:
        awaited = outbox.pending_references(check.requeue, keys, now=now)
        keys = [key for key in keys if str(key) not in awaited]
    return keys[:MAX_ROWS]


def _update_findings(
    known: dict[tuple[str, str], IntegrityFinding], found: dict[tuple[str, str], UUID], now: datetime
) -> None:
    full = {name for name in _CHECKS_BY_NAME if sum(1 for invariant, _ in found if invariant == name) >= MAX_ROWS}
    fresh = found.keys() - known.keys()
    if fresh:
        integrity_findings.record(violations=fresh, now=now)
    for (name, subject), one in known.items():
        if (name, subject) not in found:
            if name not in full:
                integrity_findings.resolve(finding_id=one.pk, now=now)
        elif now - one.found_at >= CONFIRMATION_DELAY:
            _handle(_CHECKS_BY_NAME[name], one, found[name, subject], now)


def _handle(check: IntegrityCheck, one: IntegrityFinding, key: UUID, now: datetime) -> None:
    """Repair the violation, or alert administrators. A failure does not stop the run."""
    try:
        if check.is_repairable and one.repairs < _MAX_REPAIRS:
            integrity_findings.repair(finding_id=one.pk, run_repair=partial(_repair, check, key, now), now=now)
        elif one.alerted_at is None:
            integrity_findings.alert(finding_id=one.pk, message=check.message, now=now)
        else:
            return
        log.warning("integrity check failed", invariant=one.check_name, subject=one.subject)
    except Exception as problem:
        log.error(
            "integrity finding could not be handled",
            invariant=one.check_name,
            subject=one.subject,
            kind=type(problem).__name__,
        )


def _repair(check: IntegrityCheck, key: UUID, now: datetime) -> None:
    if check.requeue is not None:
        outbox.send(check.requeue, key, now=now)
    elif check.repair is not None:
        check.repair(key, now)


def _violation(check: IntegrityCheck, key: UUID) -> Violation:
    return Violation(check.name, check.message, _subject(check, key))


def _subject(check: IntegrityCheck, key: UUID) -> str:
    return f"{check.model._meta.model_name}:{key}"


def _scan_of(name: str) -> TableScan | None:
    return _CHECKS_BY_NAME[name].scan if name in _CHECKS_BY_NAME else None


@contextmanager
def _exclusive() -> Iterator[bool]:
    """Try to take the lock that excludes other runs; yields whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY_LOCK_KEY])
        (alone,) = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK_KEY])


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read from one snapshot, which contains a change and the jobs that follow from it, or neither."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
