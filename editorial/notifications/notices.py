"""Notifications: notify every recipient of an event exactly once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from editorial import outbox
from editorial.models import (
    Channel,
    Delivery,
    Event,
    MessageKind,
    Notification,
    NotificationFanout,
    User,
)
from editorial.notifications import formatting, messages, recipients, subjects
from editorial.notifications.subjects import EventContext
from editorial.policy.system_events import SystemEvent

# A burst of changes – a policy adopted, sources merged – sends each person this many emails within the window; the rest
# appears in the newsroom only. What people do, and the remedies a story owes, are always mailed.
_MAX_EMAILS = 12
_EMAIL_WINDOW = timedelta(minutes=10)
_RATE_LIMITED = (
    SystemEvent.CLAIM_ASSESS,
    SystemEvent.SIGNOFF_VOID,
    SystemEvent.EMBARGO_LIFT,
    SystemEvent.REVIEW_OVERDUE,
    SystemEvent.JOB_FAILED,
    SystemEvent.INTEGRITY_ALERT,
)


def notify(*, event_id: UUID | str, now: datetime) -> list[Notification]:
    """Notify all recipients of an event who may see it, except its actor.

    Runs in the caller's transaction. Running again creates no duplicates. Returns the new notifications.
    """
    event = Event.objects.select_related("actor").get(pk=event_id)
    context = subjects.context_of(event)
    notices = [] if context is None or context.is_duplicate_of_merge else _notify(context, now)
    _record_fanout(event, now)
    return notices


def _notify(context: EventContext, now: datetime) -> list[Notification]:
    duty, following = recipients.mandatory_recipients(context), recipients.followers(context)
    notices = _create_notifications(context, duty | set(following), now)
    by_mail = duty | {person for person, mail in following.items() if mail}
    _queue_emails([notice for notice in notices if notice.user_id in by_mail and notice.user.email], context.event, now)
    _queue_webhooks(context, now)
    return notices


def _record_fanout(event: Event, now: datetime) -> None:
    """Record how many rows the event produced, so that an integrity check can detect missing ones."""
    rows = {
        "notification_count": Notification.objects.filter(event=event).count(),
        "delivery_count": Delivery.objects.filter(event=event).count(),
        "fanned_out_at": now,
    }
    NotificationFanout.objects.bulk_create(
        [NotificationFanout(event=event, **rows)],
        update_conflicts=True,
        unique_fields=["event"],
        update_fields=list(rows),
    )


def _create_notifications(context: EventContext, user_ids: set[UUID], now: datetime) -> list[Notification]:
    """Create one notification per person who may see the subject. Returns the new ones."""
    notices = []
    for person, visible_context in recipients.readers(context, user_ids):
        message = messages.compose(visible_context, formatting.time_zone_of(person))
        notices.append(
            Notification(
                event=context.event,
                user=person,
                subject=message.subject,
                body=message.body,
                path=visible_context.path,
                created_at=now,
            )
        )
    Notification.objects.bulk_create(notices, ignore_conflicts=True)
    new = set(Notification.objects.filter(pk__in=[notice.pk for notice in notices]).values_list("pk", flat=True))
    return [notice for notice in notices if notice.pk in new]


def _queue_emails(notices: list[Notification], event: Event, now: datetime) -> None:
    if event.action in _RATE_LIMITED:
        over_limit = _over_email_limit({notice.user_id for notice in notices}, now)
        notices = [notice for notice in notices if notice.user_id not in over_limit]
    emails = [Delivery(notification=notice, event=event, channel=Channel.MAIL.value) for notice in notices]
    Delivery.objects.bulk_create(emails)
    _enqueue(emails, now)


def _over_email_limit(people: set[UUID], now: datetime) -> set[UUID]:
    recent = Delivery.objects.filter(
        channel=Channel.MAIL.value, notification__user__in=people, notification__created_at__gt=now - _EMAIL_WINDOW
    )
    counts = recent.values_list("notification__user").annotate(emails=Count("pk"))
    return {person for person, emails in counts if emails >= _MAX_EMAILS}


def _queue_webhooks(context: EventContext, now: datetime) -> None:
    endpoints = recipients.webhooks(context)
    deliveries = [Delivery(endpoint=each, event=context.event, channel=Channel.WEBHOOK.value) for each in endpoints]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    new = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    _enqueue(new, now)


def _enqueue(deliveries: Iterable[Delivery], now: datetime) -> None:
    keys = [delivery.pk for delivery in deliveries]
    if keys:
        outbox.send_each(MessageKind.DELIVER, keys, now=now)


def mark_all_read(*, until: datetime | None = None, user: User, now: datetime) -> int:
    """Mark all your notifications as read, or those that had been created until then. Returns their number."""
    unread = Notification.objects.filter(user=user, read_at=None)
    return unread.filter(**({"created_at__lte": until} if until else {})).update(read_at=now)


def mark_read(*, notification_id: UUID | str, user: User, now: datetime) -> Notification | None:
    """Mark one of your notifications as read. Repeating this keeps the time of the first reading."""
    own = Notification.objects.filter(pk=notification_id, user=user)
    own.filter(read_at=None).update(read_at=now)
    return own.first()
