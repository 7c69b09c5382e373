"""Notifications: notify every recipient of an event exactly once."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from editorial import causation, outbox
from editorial.models import Channel, ChatChannel, Delivery, Event, MessageKind, Notification, NotificationFanout, User
from editorial.notifications import email_times, formatting, messages, recipients, subjects, threads
from editorial.notifications.subjects import EventContext
from editorial.policy.events import RETIREMENTS, kind_of


def notify(*, event_id: UUID | str, now: datetime) -> list[Notification]:
    """Notify all recipients of an event who may see it, except its actor.

    Runs in the caller's transaction. Running again creates no duplicates. Returns the new notifications.
    """
    later = Event.objects.filter(stream=OuterRef("stream"), number__gt=OuterRef("number"), action__in=RETIREMENTS)
    rooms = ChatChannel.objects.in_use().filter(desk__isnull=False)
    events = Event.objects.select_related("actor").annotate(
        later=ArraySubquery(later.values("action")), any_rooms=Exists(rooms)
    )
    event = events.get(pk=event_id)
    context = subjects.context_of(event)
    notices = [] if context is None or context.is_duplicate_of_merge else _notify(context, now)
    _record_fanout(event, now)
    return notices


def _notify(context: EventContext, now: datetime) -> list[Notification]:
    notices = _create_notifications(context, now)
    _schedule_emails(notices, now)
    _queue_webhooks(context, now)
    _queue_room_messages(context, now)
    return notices


def _record_fanout(event: Event, now: datetime) -> None:
    """Record how many rows the event produced, so that an integrity check can detect missing ones."""
    counted = Event.objects.filter(pk=event.pk).annotate(
        notification_count=_count_of(Notification.objects.all()),
        delivery_count=_count_of(Delivery.objects.filter(channel=Channel.WEBHOOK.value)),
    )
    rows = {**counted.values("notification_count", "delivery_count").get(), "fanned_out_at": now}
    NotificationFanout.objects.bulk_create(
        [NotificationFanout(event=event, **rows)],
        update_conflicts=True,
        unique_fields=["event"],
        update_fields=list(rows),
    )


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    """How many of these rows the outer event has."""
    counted = rows.filter(event=OuterRef("pk")).order_by().values("event").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _create_notifications(context: EventContext, now: datetime) -> list[Notification]:
    """Create one notification per recipient who may see the subject, in their bundles. Returns the new ones."""
    duty, following = recipients.mandatory_recipients(context), recipients.followers(context)
    user_ids = duty | following.keys()
    if not user_ids:
        return []
    readers = list(recipients.readers(context, user_ids, caused_by=causation.causing_user()))
    thread, retired_at = threads.thread_of(context), now if _is_retired(context.event) else None
    heads = threads.open_heads(thread, [person.pk for person, _ in readers], now)
    people = [person for person, _ in readers]
    times = email_times.email_times(kind_of(context.event.action), people, context.desks, now=now)
    notices = []
    compose = functools.cache(messages.compose)  # most readers see the same in the same time zone
    for person, visible_context in readers:
        message = compose(visible_context, formatting.time_zone_of(person))
        by_email = (person.pk in duty or following[person.pk]) and not retired_at
        notices.append(
            Notification(
                event=context.event,
                user=person,
                subject=message.subject,
                body=message.body,
                path=visible_context.path,
                created_at=now,
                thread=thread,
                retired_at=retired_at,
                email_after=threads.email_time(context.event.action, heads.get(person.pk), times.for_person(person))
                if by_email
                else None,
            )
        )
    outranking = threads.bundle(notices, heads)
    Notification.objects.bulk_create(notices, ignore_conflicts=True)  # another worker may be notifying them
    threads.take_over(outranking, heads)
    return notices


def _is_retired(event: Event) -> bool:
    """Whether somebody has done what the event asks for before anybody was notified."""
    return any(event.action in RETIREMENTS[action] for action in event.later)  # type: ignore[attr-defined]


def _schedule_emails(notices: list[Notification], now: datetime) -> None:
    times = {str(notice.user_id): notice.email_after for notice in notices if notice.email_after}
    with causation.caused_by(None):  # an email is about many people's actions
        outbox.send_at(MessageKind.COMPOSE_EMAILS, times, now=now)


def _queue_webhooks(context: EventContext, now: datetime) -> None:
    endpoints = recipients.webhooks(context)
    deliveries = [Delivery(endpoint=each, event=context.event, channel=Channel.WEBHOOK.value) for each in endpoints]
    _queue(deliveries, now, at=now)


def _queue_room_messages(context: EventContext, now: datetime) -> None:
    """Queue messages to the rooms of the desks. Optional ones wait, and take in those that say the same of the same."""
    rooms = list(recipients.rooms(context)) if context.event.any_rooms else []  # type: ignore[attr-defined]
    if not rooms:
        return
    action, collects, at = context.event.action, "", now
    if not kind_of(action).mandatory:
        collects, at = threads.key_of(f"{action} {threads.thread_of(context)}"), now + email_times.COLLECTING
    options: dict[str, Any] = {"event": context.event, "channel": Channel.CHAT.value, "collects": collects}
    _queue([Delivery(chat=room, **options) for room in rooms], now, at=at)


def _queue(deliveries: list[Delivery], now: datetime, *, at: datetime) -> None:
    """Store those that are new, and send them at this time."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    new = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).values_list("pk", flat=True)
    outbox.send_each(MessageKind.DELIVER, new, now=now, at=at)


def mark_all_read(*, until: datetime | None = None, user: User, now: datetime) -> int:
    """Mark all your notifications as read, or those that had been created until then. Returns their number."""
    unread = Notification.objects.filter(user=user, read_at=None)
    return unread.filter(**({"created_at__lte": until} if until else {})).update(read_at=now)


def mark_read(*, notification_id: UUID | str, user: User, now: datetime) -> Notification | None:
    """Mark one of your notifications as read, with its bundle. Repeating this keeps the time of the first reading."""
    own = Notification.objects.filter(user=user)
    own.filter(Q(pk=notification_id) | Q(bundle=notification_id), read_at=None).update(read_at=now)
    return own.filter(pk=notification_id).first()
