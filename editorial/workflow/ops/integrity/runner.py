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

from editorial import backlog, outbox
from editorial.models import IntegrityFinding
from editorial.workflow.ops import integrity_findings
from editorial.workflow.ops.integrity import audit_chain, claims, jobs, notifications, search, stories, table_scan
from editorial.workflow.ops.integrity.checks import MAX_ROWS, CheckContext, IntegrityCheck, TableScan

log = structlog.get_logger(__name__)

CHECKS = (*jobs.CHECKS, *notifications.CHECKS, *claims.CHECKS, *stories.CHECKS, *search.CHECKS, *audit_chain.CHECKS)
"""All checks, in the order in which they are reported."""

CONFIRMATION_DELAY = timedelta(seconds=min(10, settings.INTEGRITY_CHECK_SECONDS / 2))
"""Minimum time between finding a violation and acting on it, so that work in flight raises no alert."""

_MAX_REPAIRS = 3  # of one object within integrity_findings.RECURRENCE_WINDOW; then administrators are alerted
_ADVISORY_LOCK_KEY = 7302391  # so that two beats do not run the checks together
_CHECKS_BY_NAME = {check.name: check for check in CHECKS}
_SCANS: tuple[TableScan, ...] = (
    table_scan.EVENTS,
    table_scan.CLAIMS,
    table_scan.EVIDENCE,
    table_scan.STORIES,
    *table_scan.SEARCHED_ROWS.values(),
)


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
    batches = chain([(None, [])], ((scan, keys) for scan in _SCANS for keys in table_scan.all_keys(scan)))
    for batch in batches:
        with _snapshot():
            violations = list(_violations([batch], now))
        yield from (_violation(check, key) for check, key in violations)


def run(*, now: datetime) -> list[Violation] | None:
    """Run the checks once and handle the findings. Returns the violations; None while another run is in progress."""
    with _exclusive() as acquired:
        if not acquired:
            return None
        open_findings = {
            (finding.check_name, finding.subject): finding
            for finding in IntegrityFinding.objects.filter(resolved_at=None)
        }
        with _snapshot():
            batches, cursors = _batches(open_findings)
            violations = list(_violations(batches, now))
        violation_keys = {(check.name, _subject(check, key)): key for check, key in violations}
        _update_findings(open_findings, violation_keys, now)
        for scan, after in cursors.items():
            table_scan.save_cursor(scan, after, now=now)
        return [_violation(check, key) for check, key in violations]


def _batches(
    open_findings: Iterable[tuple[str, str]],
) -> tuple[list[tuple[TableScan | None, list[UUID]]], dict[TableScan, UUID | None]]:
    """The rows of this run: each scan's next batch, recently changed rows, and open findings."""
    batches: list[tuple[TableScan | None, list[UUID]]] = [(None, [])]
    cursors = {}
    for scan in _SCANS:
        keys, cursors[scan] = table_scan.next_keys(scan)
        open_keys = {UUID(subject.partition(":")[2]) for name, subject in open_findings if _scan_of(name) is scan}
        batches.append((scan, sorted({*keys, *scan.recent(), *open_keys})))
    return batches, cursors


def _violations(
    batches: Iterable[tuple[TableScan | None, list[UUID]]], now: datetime
) -> Iterator[tuple[IntegrityCheck, UUID]]:
    for scan, keys in batches:
        context = CheckContext(keys, now)
        for check in CHECKS:
            if check.scan is scan:
                for key in _without_pending_jobs(check, check.find_violations(context), now):
                    yield check, key


def _without_pending_jobs(check: IntegrityCheck, violations: Iterable[UUID], now: datetime) -> list[UUID]:
    """Keep the violations that no pending job will repair."""
    keys = sorted(set(violations))
    if keys and check.requeue is not None:
        pending = backlog.pending_references(check.requeue, keys, now=now)
        keys = [key for key in keys if str(key) not in pending]
    return keys[:MAX_ROWS]


def _update_findings(
    open_findings: dict[tuple[str, str], IntegrityFinding], violation_keys: dict[tuple[str, str], UUID], now: datetime
) -> None:
    capped = {name for name in _CHECKS_BY_NAME if sum(1 for check, _ in violation_keys if check == name) >= MAX_ROWS}
    new = violation_keys.keys() - open_findings.keys()
    if new:
        integrity_findings.record(violations=new, now=now)
    for (name, subject), finding in open_findings.items():
        if (name, subject) not in violation_keys:
            if name not in capped:
                integrity_findings.resolve(finding_id=finding.pk, now=now)
        elif now - finding.found_at >= CONFIRMATION_DELAY:
            _handle(_CHECKS_BY_NAME[name], finding, violation_keys[name, subject], now)


def _handle(check: IntegrityCheck, finding: IntegrityFinding, key: UUID, now: datetime) -> None:
    """Repair the violation, or alert administrators. A failure does not stop the run."""
    try:
        if check.is_repairable and finding.repairs < _MAX_REPAIRS:
            integrity_findings.repair(finding_id=finding.pk, run_repair=partial(_repair, check, key, now), now=now)
        elif finding.alerted_at is None:
            integrity_findings.alert(finding_id=finding.pk, message=check.message, now=now)
        else:
            return
        log.warning("integrity check failed", check=finding.check_name, subject=finding.subject)
    except Exception as error:
        log.error(
            "integrity finding could not be handled",
            check=finding.check_name,
            subject=finding.subject,
            kind=type(error).__name__,
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
        (acquired,) = cursor.fetchone()
        try:
            yield acquired
        finally:
            if acquired:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK_KEY])


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read from one snapshot, which contains a change and the jobs that follow from it, or neither."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
