"""Reconciliation by a real beat, relay and worker: everything planted is found and put right within a minute."""

from __future__ import annotations

import sys
import time

import pytest
from django.utils import timezone

from editorial.models import Discrepancy, Event, MessageState, Notification, OutboxMessage
from editorial.workflow.ops import integrity
from tests.notifications.conftest import TellingRoom
from tests.support import corruptions
from tests.support.live import Running, wait_until

MINUTE = 60.0


@pytest.fixture
def house(transactional_db, politics, people):
    """A house in which something of everything has happened, today."""
    room = TellingRoom(politics, people)
    room.now = timezone.now()
    return corruptions.fill(room)


@pytest.mark.slow
def test_everything_planted_is_found_and_repaired_or_told_within_a_minute(
    house: TellingRoom, celery_worker_process: dict[str, Running]
) -> None:
    wait_until(lambda: not _at_work(), within=MINUTE)
    planted = {}
    for plant in corruptions.PLANTS:
        broken = plant.damage(timezone.now())
        planted[plant.finds, f"{broken._meta.model_name}:{broken.pk}"] = plant
    started = timezone.now()

    def acted_on() -> dict[tuple[str, str], Discrepancy]:
        acted = Discrepancy.objects.filter(acted_at__isnull=False)
        return {key: one for one in acted if (key := (one.invariant, one.subject)) in planted}

    wait_until(lambda: len(acted_on()) == len(planted), within=MINUTE)
    for (name, _), one in acted_on().items():
        sys.stdout.write(f"{(one.acted_at - started).total_seconds():5.1f} s  {name}\n")
    told = {key for key, plant in planted.items() if not plant.repaired}
    assert len(planted) - len(told) >= 12
    wait_until(lambda: set(acted_on()) - told <= _gone(), within=MINUTE)
    sys.stdout.write(f"{(timezone.now() - started).total_seconds():5.1f} s  all found put right\n")


def _gone() -> set[tuple[str, str]]:
    return set(Discrepancy.objects.filter(gone_at__isnull=False).values_list("invariant", "subject"))


@pytest.mark.slow
def test_a_healthy_house_at_work_raises_no_alarm(house: TellingRoom, celery_worker_process: dict[str, Running]) -> None:
    wait_until(lambda: not _at_work(), within=MINUTE)
    for number in range(20):
        house.now = timezone.now()
        claim = house.claim(f"Gate {number} stood open.")
        house.says(house.person(), claim)
        house.story(claim)
        time.sleep(4)
    wait_until(lambda: not _at_work(), within=MINUTE)
    assert not Event.objects.filter(verb__startswith="discrepancy.").exists()
    assert not Discrepancy.objects.filter(acted_at__isnull=False).exists()
    assert not Notification.objects.filter(event__verb="discrepancy.page").exists()
    assert list(integrity.findings(now=timezone.now())) == []


def _at_work() -> bool:
    over = [MessageState.DONE.value, MessageState.DEAD.value]
    return OutboxMessage.objects.exclude(state__in=over).filter(available_at__lte=timezone.now()).exists()
