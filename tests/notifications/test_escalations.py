"""Who is notified of deadlines on one evening: by step, person, bundle and email."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

import pytest

from editorial.models import Delivery, Notification
from editorial.workflow.ops import scheduler
from editorial.workflow.people import duty_shifts, email_preferences
from editorial.workflow.review import assignments, replies, tasks
from editorial.workflow.stories import stories
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import HOUR

MINUTE = timedelta(minutes=1)
STEPS = (
    "review.remind", "review.overdue", "review.escalate", "review.escalate_to_duty", "reply.remind", "reply.expire",
    "story.warn", "story.refuse",
)  # fmt: skip


def told(since: datetime) -> dict[str, Counter[str]]:
    """How often each person was notified of each step."""
    rows = Notification.objects.filter(event__action__in=STEPS, created_at__gte=since)
    counted: dict[str, Counter[str]] = {}
    for action, name in rows.values_list("event__action", "user__username"):
        counted.setdefault(action, Counter())[name] += 1
    return counted


def emails(since: datetime) -> dict[str, int]:
    """How many emails with such notifications each person got."""
    sent = Delivery.objects.filter(
        channel="mail", contents__event__action__in=STEPS, contents__created_at__gte=since
    ).distinct()
    return Counter(name for name, _ in sent.values_list("notification__user__username", "pk").distinct())


def pass_time(room: NotifyingRoom, until: datetime) -> None:
    """Let the scheduler and the workers run every ten minutes, as they do all the time."""
    while room.now < until:
        room.now = min(room.now + 10 * MINUTE, until)
        at = room.now
        for _ in range(2):
            scheduler.run_due(now=room.now)
            room.settle()
        room.now = max(at, room.now)


@pytest.fixture
def evening(room: NotifyingRoom) -> datetime:
    """At nine: ruben's task is due in three hours, rosa's reply in four, and rosa's story runs in five.

    edgar is on duty. Nobody signed the claim of the story.
    """
    room.delivering = False
    on_story = room.corroborated("The dam held.")
    story = room.cleared(on_story)
    stories.schedule(
        story_id=story.pk, at=room.now + 5 * HOUR, time_zone="UTC", actor=room.people["edith"], now=room.now
    )
    party = room.person()
    asked = room.claim("The mayor knew.", adverse_to=[party.pk])
    replies.send(
        to_id=party.pk, covers=[asked.pk], question="?", deadline_at=room.now + 4 * HOUR, reason="It runs tonight.",
        actor=room.people["rosa"], now=room.now,
    )  # fmt: skip
    late = room.claim("The road was closed.")
    room.says(room.person(), late)
    room.settle()
    task = late.tasks.get(kind="SEEK_INDEPENDENT")
    assignments.assign(task_id=task.pk, assignee_id=room.people["ruben"].pk, actor=room.people["edith"], now=room.now)
    type(task).objects.exclude(pk=task.pk).update(due_at=room.now + 90 * HOUR)
    type(task).objects.filter(pk=task.pk).update(due_at=room.now + 3 * HOUR, opened_at=room.now - 20 * HOUR)
    duty_shifts.assign(
        desk_id=room.desk.pk, editor_id=room.people["edgar"].pk, starts_at=room.now - HOUR,
        ends_at=room.now + 12 * HOUR, actor=room.people["edith"], now=room.now,
    )  # fmt: skip
    room.settle()
    return room.later(minutes=20)


def test_an_evening_with_an_overdue_task_a_reply_deadline_and_a_blocked_story(
    room: NotifyingRoom, evening: datetime
) -> None:
    pass_time(room, evening + 7 * HOUR)
    assert told(evening) == {
        "review.remind": {"ruben": 1},
        "review.overdue": {"ruben": 1},
        "review.escalate": {"edith": 1, "edgar": 1, "sena": 1},
        "review.escalate_to_duty": {"edgar": 1},
        "reply.remind": {"rosa": 1},
        "reply.expire": {"rosa": 1},
        "story.warn": {"rosa": 1, "edith": 1, "edgar": 1, "sena": 1},
        "story.refuse": {"rosa": 1, "edith": 1, "edgar": 1, "sena": 1},
    }
    assert emails(evening) == {"ruben": 2, "rosa": 4, "edith": 3, "edgar": 4, "sena": 3}


def test_reminders_follow_preferences_and_what_is_overdue_does_not(room: NotifyingRoom, evening: datetime) -> None:
    for name in ("rosa", "ruben"):
        email_preferences.set_timing(kind="work", timing="never", actor=room.people[name], now=room.now)
    email_preferences.set_quiet_hours(starts_at=time(8), ends_at=time(23), actor=room.people["sena"], now=room.now)
    pass_time(room, evening + 7 * HOUR)
    sent = emails(evening)
    assert (sent["ruben"], sent["rosa"]) == (1, 1), "the overdue task, and the story that did not run"
    assert sent["sena"] == 2, "she is not on duty, so the warning waits"
    assert sent["edgar"] == 4


def test_taking_the_task_retires_what_asked_for_it(room: NotifyingRoom, evening: datetime) -> None:
    pass_time(room, evening + 200 * MINUTE)
    asked = Notification.objects.filter(event__action__in=["review.remind", "review.overdue", "review.escalate"])
    assert set(asked.filter(retired_at=None).values_list("event__action", flat=True)) == {
        "review.overdue", "review.escalate",
    }  # fmt: skip
    task_id = asked.first().event.stream.partition(":")[2]  # type: ignore[union-attr]
    tasks.take(task_id=task_id, actor=room.people["ruben"], now=room.now)
    assert not asked.filter(retired_at=None).exists()
    assert "review.escalate_to_duty" not in told(evening)
