"""Reconciliation by a real beat, relay and worker: everything planted is found and put right within a minute."""

from __future__ import annotations

import sys
import time

import pytest
from django.utils import timezone

from editorial.models import Event, IntegrityFinding, MessageState, Notification, OutboxMessage
from editorial.workflow.ops import integrity
from tests.notifications.conftest import NotifyingRoom
from tests.support import corruptions
from tests.support.live import RunningProcess, wait_until

MINUTE = 60.0


@pytest.fixture
def house(transactional_db, politics, people):
    """A house in which something of everything has happened, today."""
    room = NotifyingRoom(politics, people)
    room.now = timezone.now()
    return corruptions.fill_database(room)


@pytest.mark.slow
def test_every_corruption_is_found_and_repaired_or_reported_within_a_minute(
    house: NotifyingRoom, celery_worker_process: dict[str, RunningProcess]
) -> None:
    wait_until(lambda: not _generate_work(), within=MINUTE)
    planted = {}
    for plant in corruptions.CORRUPTIONS:
        broken = plant.apply(timezone.now())
        planted[plant.check, f"{broken._meta.model_name}:{broken.pk}"] = plant
    started = timezone.now()

    def acted_on() -> dict[tuple[str, str], IntegrityFinding]:
        acted = IntegrityFinding.objects.filter(last_action_at__isnull=False)
        return {key: one for one in acted if (key := (one.check_name, one.subject)) in planted}

    wait_until(lambda: len(acted_on()) == len(planted), within=MINUTE)
    for (name, _), one in acted_on().items():
        sys.stdout.write(f"{(one.last_action_at - started).total_seconds():5.1f} s  {name}\n")
    told = {key for key, plant in planted.items() if not plant.repairable}
    assert len(planted) - len(told) >= 12
    wait_until(lambda: set(acted_on()) - told <= _all_repaired(), within=MINUTE)
    sys.stdout.write(f"{(timezone.now() - started).total_seconds():5.1f} s  all found put right\n")


def _all_repaired() -> set[tuple[str, str]]:
    return set(IntegrityFinding.objects.filter(resolved_at__isnull=False).values_list("check_name", "subject"))


@pytest.mark.slow
def test_a_healthy_newsroom_under_load_raises_no_alert(
    house: NotifyingRoom, celery_worker_process: dict[str, RunningProcess]
) -> None:
    wait_until(lambda: not _generate_work(), within=MINUTE)
    for number in range(20):
        house.now = timezone.now()
        claim = house.claim(f"Gate {number} stood open.")
        house.says(house.person(), claim)
        house.story(claim)
        time.sleep(4)
    wait_until(lambda: not _generate_work(), within=MINUTE)
    assert not Event.objects.filter(action__startswith="integrity.").exists()
    assert not IntegrityFinding.objects.filter(last_action_at__isnull=False).exists()
    assert not Notification.objects.filter(event__action="integrity.alert").exists()
    assert list(integrity.check_all(now=timezone.now())) == []


def _generate_work() -> bool:
    over = [MessageState.DONE.value, MessageState.DEAD.value]
    return OutboxMessage.objects.exclude(state__in=over).filter(available_at__lte=timezone.now()).exists()
