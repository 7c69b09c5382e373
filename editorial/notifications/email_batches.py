"""Emails of one person: one a bundle, or one for everything that came together or waited for a digest.

Each email goes with a message to the person's chat channels that carry its kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from editorial import outbox
from editorial.models import Channel, ChatChannel, Delivery, MessageKind, Notification
from editorial.notifications import audiences, subjects
from editorial.notifications.threads import BUNDLE_WINDOW, rank
from editorial.policy.events import BATCHED_EVENTS, kind_of

Bundle = list[Notification]

_MAX_SEPARATE = 3  # that many bundles are separate emails; more than that are one
_MAX_EMAILS = 12  # within the window; what is not mandatory then waits for the digest of the next hour
_WINDOW = timedelta(minutes=10)


def compose(*, user_id: UUID, now: datetime) -> list[Delivery]:
    """Turn the notifications that are due to be emailed to this person into emails. Returns them.

    Runs in the caller's transaction. Notifications that are not due stay for a later run.
    """
    waiting = Notification.objects.filter(user=user_id, email_after__isnull=False)
    pending = list(waiting.select_for_update(of=("self",)).select_related("event").order_by("pk"))
    pointless = [notice for notice in pending if _is_pointless(notice)]
    Notification.objects.filter(pk__in=[notice.pk for notice in pointless]).update(email_after=None)
    bundles = _bundles(notice for notice in pending if notice not in pointless)
    due = [bundle for bundle in bundles if min(notice.email_after for notice in bundle if notice.email_after) <= now]
    if _is_over_limit(user_id, now):
        due, postponed = (
            [each for each in due if _is_mandatory(each)],
            [each for each in due if not _is_mandatory(each)],
        )
        _postpone(postponed, now)
    emails = [_email(contents) for contents in _batches(due)]
    deliveries = emails + _chat_messages(user_id, emails)
    outbox.send_each(MessageKind.DELIVER, [delivery.pk for delivery in deliveries], now=now)
    _schedule_next(user_id, now)
    return emails


def compose_all(*, user_id: UUID, now: datetime) -> list[Delivery]:
    """Turn everything that waits to be emailed to this person into emails now."""
    Notification.objects.filter(user=user_id, email_after__isnull=False).update(email_after=now)
    return compose(user_id=user_id, now=now)


def importance(notice: Notification) -> tuple[int, UUID]:
    """The order of notifications in an email: the most important first, the older of equals first."""
    return rank(notice.event.action), notice.pk


def _is_pointless(notice: Notification) -> bool:
    """Whether somebody has done what it asks for, or its recipient has read it in the newsroom."""
    if notice.retired_at or (notice.read_at and not kind_of(notice.event.action).mandatory):
        return True
    if notice.event.action not in BATCHED_EVENTS:
        return False
    context = subjects.context_of(notice.event)
    return context is None or not audiences.opened_tasks(context).exists()


def _bundles(notices: Iterable[Notification]) -> list[Bundle]:
    """The notifications by bundle, the most important bundle and notification first."""
    by_head: dict[UUID, Bundle] = {}
    for notice in sorted(notices, key=importance):
        by_head.setdefault(notice.bundle_id or notice.pk, []).append(notice)
    return list(by_head.values())


def _batches(due: list[Bundle]) -> list[list[Notification]]:
    """The contents of each email."""
    digest = [bundle for bundle in due if all(map(_waited, bundle))]
    separate = [bundle for bundle in due if bundle not in digest]
    if len(separate) > _MAX_SEPARATE:
        digest, separate = due, []
    together = sorted((notice for bundle in digest for notice in bundle), key=importance)
    return [*separate, together] if together else separate


def _waited(notice: Notification) -> bool:
    return bool(notice.email_after and notice.email_after - notice.created_at >= BUNDLE_WINDOW)


def _is_mandatory(bundle: Bundle) -> bool:
    return any(kind_of(notice.event.action).mandatory for notice in bundle)


def _is_over_limit(user_id: UUID, now: datetime) -> bool:
    recent = Delivery.objects.filter(
        channel=Channel.MAIL.value, notification__user=user_id, notification__created_at__gt=now - _WINDOW
    )
    return recent.count() >= _MAX_EMAILS


def _postpone(bundles: list[Bundle], now: datetime) -> None:
    next_digest = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    keys = [notice.pk for bundle in bundles for notice in bundle]
    Notification.objects.filter(pk__in=keys).update(email_after=next_digest)


def _email(contents: list[Notification]) -> Delivery:
    """An email with these contents, threaded with the first."""
    first = contents[0]
    email = Delivery.objects.create(notification=first, event=first.event, channel=Channel.MAIL.value)
    Notification.objects.filter(pk__in=[notice.pk for notice in contents]).update(email=email, email_after=None)
    return email


def _chat_messages(user_id: UUID, emails: list[Delivery]) -> list[Delivery]:
    """A message for each email and each channel of this person that carries the most important of its kinds."""
    channels = list(ChatChannel.objects.in_use().filter(user=user_id)) if emails else []
    return Delivery.objects.bulk_create(
        Delivery(chat=channel, event=email.event, channel=Channel.CHAT.value)
        for email in emails
        for channel in channels
        if channel.carries(kind_of(email.event.action))
    )


def _schedule_next(user_id: UUID, now: datetime) -> None:
    """Have the next run start when something else is due."""
    waiting = Notification.objects.filter(user=user_id, email_after__isnull=False).order_by("email_after")
    if due := waiting.values_list("email_after", flat=True).first():
        outbox.send_at(MessageKind.COMPOSE_EMAILS, {str(user_id): due}, now=now)
