"""Integrity findings: record, repair, alert, resolve. None is ever deleted.

System actions, called by `integrity` once two runs have found the same violation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial.models import IntegrityFinding
from editorial.policy.actions import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.locking import lock

RECURRENCE_WINDOW = timedelta(minutes=10)
"""A finding that was acted on and recurs within this time is reopened: the repair did not hold."""


@atomic_action
def record(*, violations: Iterable[tuple[str, str]], now: datetime) -> None:
    """Record violations, given as check name and subject."""
    wanted = set(violations)
    lately = IntegrityFinding.objects.filter(
        resolved_at__gt=now - RECURRENCE_WINDOW,
        last_action_at__isnull=False,
        subject__in={subject for _, subject in wanted},
    )
    again = {(one.check_name, one.subject): one.pk for one in lately.order_by("id")}
    back = [again[key] for key in wanted & again.keys()]
    IntegrityFinding.objects.filter(pk__in=back).update(resolved_at=None, found_at=now)
    fresh = sorted(wanted - again.keys())
    IntegrityFinding.objects.bulk_create(
        [IntegrityFinding(check_name=invariant, subject=subject, found_at=now) for invariant, subject in fresh],
        ignore_conflicts=True,
    )


@atomic_action
def repair(*, finding_id: UUID, run_repair: Callable[[], None], now: datetime) -> None:
    """Repair the violation, or enqueue the job that will."""
    found = lock(IntegrityFinding, finding_id, None)
    run_repair()
    found.repairs, found.last_action_at = found.repairs + 1, now
    found.save(update_fields=["repairs", "last_action_at"])
    _log(found, SystemEvent.INTEGRITY_REPAIR, now)


@atomic_action
def alert(*, finding_id: UUID, message: str, now: datetime) -> None:
    """Alert administrators, once, to a violation that cannot be repaired automatically."""
    found = lock(IntegrityFinding, finding_id, None)
    if found.alerted_at is None:
        found.alerted_at = found.last_action_at = now
        found.save(update_fields=["alerted_at", "last_action_at"])
        _log(found, SystemEvent.INTEGRITY_ALERT, now, says=message)


@atomic_action
def resolve(*, finding_id: UUID, now: datetime) -> None:
    """Mark a finding as resolved. One that nobody acted on was work in flight, and leaves no event."""
    found = lock(IntegrityFinding, finding_id, None)
    found.resolved_at = now
    found.save(update_fields=["resolved_at"])
    if found.last_action_at is not None:
        _log(found, SystemEvent.INTEGRITY_RESOLVE, now)


def _log(found: IntegrityFinding, event_type: SystemEvent, now: datetime, **data: Any) -> None:
    audit.log(found, event_type, actor=None, now=now, invariant=found.check_name, subject=found.subject, **data)
