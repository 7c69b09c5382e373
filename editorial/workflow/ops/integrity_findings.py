"""Discrepancies: the account that is kept of what did not fit together. Noted, repaired, told and closed; none deleted.

The system's own verbs, called by `reconciliation` once two looks have found the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial.models import Discrepancy
from editorial.policy.audience import Occasion
from editorial.workflow.core import audit
from editorial.workflow.core.actions import act, lock

LINGER = timedelta(minutes=10)
"""What was acted on and is found again within this time has not been gone: the repair did not hold."""


@act
def note(*, found: Iterable[tuple[str, str]], now: datetime) -> None:
    """Note what was found: the name of the invariant, and the object."""
    wanted = set(found)
    lately = Discrepancy.objects.filter(
        gone_at__gt=now - LINGER, acted_at__isnull=False, subject__in={subject for _, subject in wanted}
    )
    again = {(one.invariant, one.subject): one.pk for one in lately.order_by("id")}
    back = [again[key] for key in wanted & again.keys()]
    Discrepancy.objects.filter(pk__in=back).update(gone_at=None, found_at=now)
    fresh = sorted(wanted - again.keys())
    Discrepancy.objects.bulk_create(
        [Discrepancy(invariant=invariant, subject=subject, found_at=now) for invariant, subject in fresh],
        ignore_conflicts=True,
    )


@act
def repair(*, discrepancy_id: UUID, mend: Callable[[], None], now: datetime) -> None:
    """Repair it, or ask for the work that will."""
    found = lock(Discrepancy, discrepancy_id, None)
    mend()
    found.repairs, found.acted_at = found.repairs + 1, now
    found.save(update_fields=["repairs", "acted_at"])
    _note(found, Occasion.DISCREPANCY_REPAIR, now)


@act
def page(*, discrepancy_id: UUID, says: str, now: datetime) -> None:
    """Tell administrators, once, that this does not hold and the newsroom cannot repair it."""
    found = lock(Discrepancy, discrepancy_id, None)
    if found.told_at is None:
        found.told_at = found.acted_at = now
        found.save(update_fields=["told_at", "acted_at"])
        _note(found, Occasion.DISCREPANCY_PAGE, now, says=says)


@act
def close(*, discrepancy_id: UUID, now: datetime) -> None:
    """Note that it was found no more. What nobody acted on was work in flight, and leaves no event."""
    found = lock(Discrepancy, discrepancy_id, None)
    found.gone_at = now
    found.save(update_fields=["gone_at"])
    if found.acted_at is not None:
        _note(found, Occasion.DISCREPANCY_CLOSE, now)


def _note(found: Discrepancy, occasion: Occasion, now: datetime, **data: Any) -> None:
    audit.event(found, occasion, actor=None, now=now, invariant=found.invariant, subject=found.subject, **data)
