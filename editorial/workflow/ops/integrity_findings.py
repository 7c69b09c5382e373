"""Integrity findings: record, repair, alert, resolve. None is ever deleted.

System actions, called by `integrity` once two runs have found the same violation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial.models import IntegrityFinding
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.locking import lock

RECURRENCE_WINDOW = timedelta(minutes=10)
"""A finding that was acted on and recurs within this time is reopened: the repair did not hold."""


@atomic_action
def record(*, violations: Iterable[tuple[str, str]], now: datetime) -> None:
    """Record violations, given as check name and subject."""
    reported = set(violations)
    recent = IntegrityFinding.objects.filter(
        resolved_at__gt=now - RECURRENCE_WINDOW,
        last_action_at__isnull=False,
        subject__in={subject for _, subject in reported},
    )
    recurring = {(finding.check_name, finding.subject): finding.pk for finding in recent.order_by("id")}
    reopened = [recurring[key] for key in reported & recurring.keys()]
    IntegrityFinding.objects.filter(pk__in=reopened).update(resolved_at=None, found_at=now)
    new = sorted(reported - recurring.keys())
    IntegrityFinding.objects.bulk_create(
        [IntegrityFinding(check_name=check_name, subject=subject, found_at=now) for check_name, subject in new],
        ignore_conflicts=True,
    )


@atomic_action
def repair(*, finding_id: UUID, run_repair: Callable[[], None], now: datetime) -> None:
    """Repair the violation, or enqueue the job that will."""
    finding = lock(IntegrityFinding, finding_id, None)
    run_repair()
    finding.repairs, finding.last_action_at = finding.repairs + 1, now
    finding.save(update_fields=["repairs", "last_action_at"])
    _log(finding, SystemEvent.INTEGRITY_REPAIR, now)


@atomic_action
def alert(*, finding_id: UUID, message: str, now: datetime) -> None:
    """Alert administrators, once, to a violation that cannot be repaired automatically."""
    finding = lock(IntegrityFinding, finding_id, None)
    if finding.alerted_at is None:
        finding.alerted_at = finding.last_action_at = now
        finding.save(update_fields=["alerted_at", "last_action_at"])
        _log(finding, SystemEvent.INTEGRITY_ALERT, now, message=message)


@atomic_action
def resolve(*, finding_id: UUID, now: datetime) -> None:
    """Mark a finding as resolved. One that nobody acted on was work in flight, and leaves no event."""
    finding = lock(IntegrityFinding, finding_id, None)
    finding.resolved_at = now
    finding.save(update_fields=["resolved_at"])
    if finding.last_action_at is not None:
        _log(finding, SystemEvent.INTEGRITY_RESOLVE, now)


def _log(finding: IntegrityFinding, event_type: SystemEvent, now: datetime, **data: Any) -> None:
    audit.log(finding, event_type, actor=None, now=now, check=finding.check_name, subject=finding.subject, **data)
