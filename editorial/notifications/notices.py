"""Notices: everyone whom an event concerns is told of it, exactly once each, in words written for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from editorial import outbox
from editorial.models import Channel, Delivery, Event, MessageKind, Notification, Telling, User, WebhookEndpoint
from editorial.notifications import messages, recipients, subjects
from editorial.notifications.subjects import Matter
from editorial.policy.audience import Occasion

# When much is found at once – a policy adopted, a source merged – a person gets this many letters within the time,
# and the rest in the newsroom only. What people do, and what a story owes its readers, is always mailed.
_MOST_LETTERS = 12
_WITHIN = timedelta(minutes=10)
_FOUND_BY_THE_ENGINE = (
    Occasion.CLAIM_ASSESS,
    Occasion.SIGNOFF_VOID,
    Occasion.EMBARGO_LIFT,
    Occasion.REVIEW_OVERDUE,
    Occasion.MESSAGE_DIE,
    Occasion.DISCREPANCY_PAGE,
)


def tell(*, event_id: UUID | str, now: datetime) -> list[Notification]:
    """Tell of an event everyone whom it concerns and who may see it, but not whoever brought it about.

    Runs in the caller's transaction, and may run again: who was told is not told twice. Returns what is new.
    """
    event = Event.objects.select_related("actor").get(pk=event_id)
    matter = subjects.of(event)
    told = [] if matter is None or matter.told_elsewhere else _tell(matter, now)
    _note(event, now)
    return told


def _tell(matter: Matter, now: datetime) -> list[Notification]:
    duty, following = recipients.on_duty(matter), recipients.following(matter)
    told = _write_down(matter, duty | set(following), now)
    by_mail = duty | {person for person, mail in following.items() if mail}
    _mail([notice for notice in told if notice.user_id in by_mail and notice.user.email], matter.event, now)
    _post(matter, now)
    return told


def _note(event: Event, now: datetime) -> None:
    """Note that it was told of, and in how many rows, so that one which goes missing is missed."""
    rows = {
        "notices": Notification.objects.filter(event=event).count(),
        "deliveries": Delivery.objects.filter(event=event).count(),
        "told_at": now,
    }
    Telling.objects.bulk_create(
        [Telling(event=event, **rows)], update_conflicts=True, unique_fields=["event"], update_fields=list(rows)
    )


def _write_down(matter: Matter, concerned: set[UUID], now: datetime) -> list[Notification]:
    """One notice a person, where the person may see what it is about. Returns those that were not there before."""
    notices = []
    others = concerned - {matter.event.actor_id}
    for person in User.objects.filter(pk__in=others, is_active=True).order_by("pk"):
        seen = matter.as_seen_by(person.facts())
        if seen is not None:
            said = messages.of(seen, messages.zone_of(person))
            notices.append(
                Notification(
                    event=matter.event,
                    user=person,
                    subject=said.subject,
                    body=said.body,
                    path=seen.path,
                    made_at=now,
                )
            )
    Notification.objects.bulk_create(notices, ignore_conflicts=True)
    new = set(Notification.objects.filter(pk__in=[notice.pk for notice in notices]).values_list("pk", flat=True))
    return [notice for notice in notices if notice.pk in new]


def _mail(notices: list[Notification], event: Event, now: datetime) -> None:
    """Have these sent by mail."""
    if event.verb in _FOUND_BY_THE_ENGINE:
        enough = _had_enough_letters({notice.user_id for notice in notices}, now)
        notices = [notice for notice in notices if notice.user_id not in enough]
    letters = [Delivery(notification=notice, event=event, channel=Channel.MAIL.value) for notice in notices]
    Delivery.objects.bulk_create(letters)
    _send(letters, now)


def _had_enough_letters(people: set[UUID], now: datetime) -> set[UUID]:
    lately = Delivery.objects.filter(
        channel=Channel.MAIL.value, notification__user__in=people, notification__made_at__gt=now - _WITHIN
    )
    counted = lately.values_list("notification__user").annotate(letters=Count("pk"))
    return {person for person, letters in counted if letters >= _MOST_LETTERS}


def _post(matter: Matter, now: datetime) -> None:
    """Have the desks' endpoints told, except of sources and of what is private: that is nobody else's business."""
    if matter.about_a_source or matter.private:
        return
    endpoints = WebhookEndpoint.objects.filter(desk__in=matter.desks, active=True)
    calls = [Delivery(endpoint=each, event=matter.event, channel=Channel.WEBHOOK.value) for each in endpoints]
    Delivery.objects.bulk_create(calls, ignore_conflicts=True)
    new = Delivery.objects.filter(pk__in=[call.pk for call in calls])
    _send(new, now)


def _send(deliveries: Iterable[Delivery], now: datetime) -> None:
    keys = [delivery.pk for delivery in deliveries]
    if keys:
        outbox.send_each(MessageKind.DELIVER, keys, now=now)


def mark_read(*, notification_id: UUID | str, user: User, now: datetime) -> Notification | None:
    """Mark one's own notification as read; the first time counts. None if one has no such notification."""
    own = Notification.objects.filter(pk=notification_id, user=user)
    own.filter(read_at=None).update(read_at=now)
    return own.first()
