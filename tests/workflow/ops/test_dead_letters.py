"""Dead letters: each has an owner, is notified without creating more, and ends by a user's action only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from editorial import outbox
from editorial.models import (
    Delivery,
    Event,
    Membership,
    MessageKind,
    MessageState,
    Notification,
    OutboxMessage,
    User,
)
from editorial.retries import MAX_ATTEMPTS
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.evidence import claims
from editorial.workflow.ops import dead_letters, integrity, scheduler
from editorial.workflow.people import users
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import HOUR, assert_refused, events

POISON = "0198f000-0000-7000-8000-0000000000ff"
PERIOD = timedelta(hours=settings.DEAD_LETTER_ALERT_HOURS)


@pytest.fixture
def room(politics, people):
    """A room whose workers also notify and deliver."""
    return NotifyingRoom(politics, people)


@pytest.fixture
def alma(people):
    """A second administrator."""
    alma = User(username="alma", email="alma@newsroom.example", password="!")
    User.objects.bulk_create([alma])
    Membership.objects.create(user=alma, role="admin", desk=None)
    return alma


def poison(room, kind=MessageKind.ASSESS_CLAIM, reference=POISON):
    """A job that fails at every attempt, until it is a dead letter."""
    outbox.send_each(kind, [reference], now=room.now)
    message = OutboxMessage.objects.latest("id")
    for _ in range(MAX_ATTEMPTS):
        room.now = max(room.now, message.available_at)
        outbox.claim_batch(now=room.now)
        run = outbox.start(message.pk, now=room.now)
        outbox.fail(run, ValueError("Jo Roe said so"), now=room.now)
        message.refresh_from_db()
    assert message.pk not in [claimed.message for claimed in outbox.claim_batch(now=room.now)]
    return message


def beat(room):
    """A tick of the clock, and the work that follows from it."""
    scheduler.run_due(now=room.now)
    room.settle()


def dead_jobs():
    return OutboxMessage.objects.filter(state=MessageState.DEAD.value)


def notifications_of(action):
    return sorted(Notification.objects.filter(event__action=action).values_list("user__username", flat=True))


def test_a_poison_job_is_tried_five_times_and_then_assigned_to_an_administrator_who_is_notified(room, ada):
    job = poison(room)
    assert (job.state, job.attempts, job.dead_at is not None) == ("dead", 5, True)
    beat(room)
    job.refresh_from_db()
    assert job.owner == ada
    assert events(job) == ["job.failed"]
    (notice,) = Notification.objects.filter(event__action="job.failed")
    assert (notice.user, notice.path) == (ada, f"/admin/editorial/outboxmessage/{job.pk}/change/")
    assert "assess claim" in notice.body
    assert "Roe" not in notice.body + notice.subject
    beat(room)
    assert events(job) == ["job.failed"], "told once"


def test_a_job_that_died_with_its_workers_is_assigned_too(room, ada):
    outbox.send_each(MessageKind.ASSESS_CLAIM, [POISON], now=room.now)
    message = OutboxMessage.objects.latest("id")
    for _ in range(MAX_ATTEMPTS + 1):
        outbox.claim_batch(now=room.now)
        outbox.start(message.pk, now=room.now)
        room.now += outbox.LEASE
    beat(room)
    message.refresh_from_db()
    assert (message.state, message.owner) == ("dead", ada)


def test_dead_letters_go_to_the_administrator_with_the_fewest(room, ada, alma):
    for number in range(4):
        poison(room, reference=f"{POISON[:-1]}{number}")
    beat(room)
    assert sorted(job.owner.username for job in dead_jobs()) == ["ada", "ada", "alma", "alma"]


def test_similar_dead_letters_are_notified_once(room, ada):
    for number in range(3):
        poison(room, reference=f"{POISON[:-1]}{number}")
    beat(room)
    assert notifications_of("job.failed") == ["ada"]
    assert all(job.owner == ada for job in dead_jobs())


def test_a_dead_notification_about_a_dead_letter_creates_no_other(room, ada):
    room.delivering = False
    poison(room)
    beat(room)
    mail = Delivery.objects.get(event__action="job.failed")
    event = Event.objects.get(action="job.failed")
    poison(room, kind=MessageKind.DELIVER, reference=mail.pk)
    poison(room, kind=MessageKind.NOTIFY, reference=event.pk)
    before = Event.objects.filter(action="job.failed").count()
    beat(room)
    assert {job.owner for job in dead_jobs()} == {ada}
    assert Event.objects.filter(action="job.failed").count() == before
    assert Event.objects.filter(action="job.failed_silently").count() == 2
    for _ in range(5):
        room.now += PERIOD
        beat(room)
    assert dead_jobs().count() == 3
    assert notifications_of("job.overdue") == ["ada"] * 5, "of the first letter, once a period"


def test_when_only_such_dead_letters_are_left_no_alert_is_sent(room, ada):
    room.delivering = False
    first = poison(room)
    beat(room)
    poison(room, kind=MessageKind.DELIVER, reference=Delivery.objects.get().pk)
    beat(room)
    dead_letters.dismiss(message_id=first.pk, reason="Not needed.", actor=ada, now=room.now)
    room.now += 2 * PERIOD
    beat(room)
    assert notifications_of("job.overdue") == []


def test_the_age_alert_notifies_every_administrator_once_a_period(room, ada, alma):
    for number in range(3):
        poison(room, reference=f"{POISON[:-1]}{number}")
    beat(room)
    room.now += PERIOD - timedelta(minutes=1)
    beat(room)
    assert notifications_of("job.overdue") == []
    room.now += timedelta(minutes=2)
    beat(room)
    beat(room)
    assert notifications_of("job.overdue") == ["ada", "alma"]
    assert Event.objects.get(action="job.overdue").data["jobs"] == 3
    room.now += PERIOD
    beat(room)
    assert notifications_of("job.overdue") == ["ada", "ada", "alma", "alma"]


def test_a_retry_is_recorded_and_owned_by_its_requester(room, ada, alma):
    job = poison(room)
    beat(room)
    replayed = dead_letters.retry(message_id=job.pk, actor=alma, now=room.now)
    assert (replayed.state, replayed.attempts, replayed.owner) == ("ready", 0, alma)
    assert (replayed.dead_at, replayed.next_alert_at) == (None, None)
    assert events(job) == ["job.failed", "job.retry"]
    with assert_refused(Conflict, "NOT_FAILED"):
        dead_letters.retry(message_id=job.pk, actor=ada, now=room.now)


def test_assigning_changes_the_owner_who_is_notified(room, ada, alma):
    job = poison(room)
    beat(room)
    assert dead_letters.take(message_id=job.pk, actor=alma, now=room.now).owner == alma
    with assert_refused(Conflict, "ALREADY_ASSIGNED_TO_YOU"):
        dead_letters.take(message_id=job.pk, actor=alma, now=room.now)
    dead_letters.assign(message_id=job.pk, owner_id=ada.pk, actor=alma, now=room.now)
    room.settle()
    assert notifications_of("job.assign") == ["ada"]
    with assert_refused(ValidationFailed, "NOT_AN_ADMINISTRATOR"):
        dead_letters.assign(message_id=job.pk, owner_id=room.people["rosa"].pk, actor=ada, now=room.now)


def test_a_dismissed_job_keeps_its_reason_and_is_neither_dead_nor_dispatched(room, ada):
    job = poison(room)
    beat(room)
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        dead_letters.dismiss(message_id=job.pk, reason=" ", actor=ada, now=room.now)
    dead_letters.dismiss(message_id=job.pk, reason="The claim is gone.", actor=ada, now=room.now)
    job.refresh_from_db()
    assert job.state == "dismissed"
    assert Event.objects.get(action="job.dismiss").data["reason"] == "The claim is gone."
    assert outbox.claim_batch(now=room.now + 9 * HOUR) == []
    assert outbox.start(job.pk, now=room.now) is None
    room.now += 3 * PERIOD
    beat(room)
    assert notifications_of("job.overdue") == []


def test_a_dismissed_delivery_is_settled_and_not_enqueued_again(room, ada):
    claim = room.claim()
    room.says(room.person(), claim)
    room.delivering = False
    claims.drop(claim_id=claim.pk, reason="Gossip.", actor=room.people["edith"], now=room.now)
    room.settle()
    delivery = Delivery.objects.latest("id")
    OutboxMessage.objects.filter(reference=str(delivery.pk)).update(state="done")
    job = poison(room, kind=MessageKind.DELIVER, reference=delivery.pk)
    beat(room)
    dead_letters.dismiss(message_id=job.pk, reason="She knows.", actor=ada, now=room.now)
    delivery.refresh_from_db()
    assert delivery.settled_at == room.now
    assert f"delivery:{delivery.pk}" not in [finding.subject for finding in integrity.check_all(now=room.now)]


def test_dead_letters_of_a_deactivated_user_are_reassigned(room, ada, alma):
    job = poison(room)
    beat(room)
    owner, other = (ada, alma) if dead_jobs().get().owner == ada else (alma, ada)
    users.deactivate(user_id=owner.pk, actor=other, now=room.now)
    for _ in range(3):
        room.now += timedelta(seconds=20)
        integrity.run(now=room.now)
    assert OutboxMessage.objects.get(pk=job.pk).owner == other
