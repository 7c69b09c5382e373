"""Integrity checks by a real beat, dispatcher and worker: every corruption is found and repaired within a minute."""

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
def filled_room(transactional_db, politics, people):
    """A newsroom in which every kind of event has happened, today."""
    room = NotifyingRoom(politics, people)
    room.now = timezone.now()
    return corruptions.fill_database(room)


@pytest.mark.slow
def test_every_corruption_is_found_and_repaired_or_reported_within_a_minute(
    filled_room: NotifyingRoom, celery_worker_process: dict[str, RunningProcess]
) -> None:
    wait_until(lambda: not _generate_work(), within=MINUTE)
    corrupted = {}
    for corruption in corruptions.CORRUPTIONS:
        broken = corruption.apply(timezone.now())
        corrupted[corruption.check, f"{broken._meta.model_name}:{broken.pk}"] = corruption
    started = timezone.now()

    def acted_on() -> dict[tuple[str, str], IntegrityFinding]:
        acted = IntegrityFinding.objects.filter(last_action_at__isnull=False)
        return {key: finding for finding in acted if (key := (finding.check_name, finding.subject)) in corrupted}

    wait_until(lambda: len(acted_on()) == len(corrupted), within=MINUTE)
    for (name, _), finding in acted_on().items():
        sys.stdout.write(f"{(finding.last_action_at - started).total_seconds():5.1f} s  {name}\n")
    reported = {key for key, corruption in corrupted.items() if not corruption.repairable}
    assert len(corrupted) - len(reported) >= 12
    wait_until(lambda: set(acted_on()) - reported <= _all_repaired(), within=MINUTE)
    sys.stdout.write(f"{(timezone.now() - started).total_seconds():5.1f} s  all found and repaired\n")


def _all_repaired() -> set[tuple[str, str]]:
    return set(IntegrityFinding.objects.filter(resolved_at__isnull=False).values_list("check_name", "subject"))


@pytest.mark.slow
def test_a_healthy_newsroom_under_load_raises_no_alert(
    filled_room: NotifyingRoom, celery_worker_process: dict[str, RunningProcess]
) -> None:
    wait_until(lambda: not _generate_work(), within=MINUTE)
    for number in range(20):
        filled_room.now = timezone.now()
        claim = filled_room.claim(f"Gate {number} stood open.")
        filled_room.says(filled_room.person(), claim)
        filled_room.story(claim)
        time.sleep(4)
    wait_until(lambda: not _generate_work(), within=MINUTE)
    assert not Event.objects.filter(action__startswith="integrity.").exists()
    assert not IntegrityFinding.objects.filter(last_action_at__isnull=False).exists()
    assert not Notification.objects.filter(event__action="integrity.alert").exists()
    assert list(integrity.check_all(now=timezone.now())) == []


def _generate_work() -> bool:
    finished = [MessageState.DONE.value, MessageState.DEAD.value]
    return OutboxMessage.objects.exclude(state__in=finished).filter(available_at__lte=timezone.now()).exists()
