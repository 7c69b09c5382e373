"""Queries and upkeep of the outbox: pending work, backlog, stuck messages, and deletion of finished jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from editorial import outbox, receivers, retries
from editorial.models import MessageKind, MessageState, OutboxMessage

BACKLOG_THRESHOLD = 40  # waiting messages from which low-priority work yields

_WAITING = [MessageState.READY.value, MessageState.SENT.value]
KEEP_DONE = timedelta(days=settings.OUTBOX_RETENTION_DAYS)
_RUN_ONCE = (MessageKind.NOTIFY, MessageKind.DELIVER)


def pending_references(kind: MessageKind, references: Iterable[UUID | str], *, now: datetime) -> set[str]:
    """The references with a job of this kind that is running, due soon, or a dead letter.

    A dismissed dead letter counts for jobs that run once (notify, deliver), but not for those that run whenever facts
    change.
    """
    messages = OutboxMessage.objects.filter(kind=kind.value, reference__in=[str(reference) for reference in references])
    soon = Q(state=MessageState.READY.value, available_at__lte=now + 2 * retries.max_backoff(kind))
    ended_states = [MessageState.DEAD.value, *([MessageState.DISMISSED.value] if kind in _RUN_ONCE else [])]
    # One query for each partial index; a combined query could use none of them.
    references_found = set(
        messages.filter(soon | Q(state=MessageState.SENT.value), state__in=_WAITING).values_list("reference", flat=True)
    )
    references_found |= set(messages.filter(state=MessageState.RUNNING.value).values_list("reference", flat=True))
    return references_found | set(messages.filter(state__in=ended_states).values_list("reference", flat=True))


def is_backlogged(*, now: datetime) -> bool:
    """Whether so many messages wait that low-priority work should yield. Those that call others have other workers."""
    due = Q(state=MessageState.READY.value, available_at__lte=now), Q(state=MessageState.SENT.value)
    return (
        sum(OutboxMessage.objects.filter(waiting, receiver="")[:BACKLOG_THRESHOLD].count() for waiting in due)
        >= BACKLOG_THRESHOLD
    )


def release(message_id: UUID, *, now: datetime) -> None:
    """Make a stuck message due immediately. A run that still holds it loses it."""
    stuck = OutboxMessage.objects.filter(pk=message_id, state__in=[*_WAITING, MessageState.RUNNING.value])
    stuck.update(state=MessageState.READY.value, available_at=now, sent_at=None, token=None, lease_until=None)
    outbox.wake_dispatcher()


def bury_all(kind: MessageKind, reason: str) -> list[str]:
    """Turn all unfinished messages of this kind into dead letters, to be retried by hand. Returns their references."""
    unfinished = OutboxMessage.objects.filter(kind=kind.value, state__in=[*_WAITING, MessageState.RUNNING.value])
    references = list(unfinished.select_for_update().values_list("reference", flat=True))
    unfinished.update(state=MessageState.DEAD.value, token=None, lease_until=None, error=reason)
    return references


def send_following(message_id: UUID, *, now: datetime) -> UUID | None:
    """If this message is done, mark the next one for the same receiver as sent: it takes its place.

    None if there is none, if its breaker is open, or if a dispatcher is faster.
    """
    done = OutboxMessage.objects.filter(pk=message_id, state=MessageState.DONE.value)
    following = OutboxMessage.objects.filter(
        kind__in=done.values("kind"),
        receiver__in=done.values("receiver"),
        state=MessageState.READY.value,
        available_at__lte=now,
    ).exclude(receiver__in=receivers.paused(now=now).values("receiver"))
    message = following.order_by("available_at", "id").first()
    if message is None or message.attempts >= retries.max_attempts(message.kind, message.receiver):
        return None
    sent = OutboxMessage.objects.filter(pk=message.pk, state=MessageState.READY.value).update(
        state=MessageState.SENT.value, sent_at=now, token=None, lease_until=None
    )
    return message.pk if sent else None


def delete_done(*, message_ids: Iterable[UUID], now: datetime) -> None:
    """Delete these messages if they have been done for long: their effects are recorded, and nothing refers to them."""
    done = OutboxMessage.objects.filter(state=MessageState.DONE.value, done_at__lte=now - KEEP_DONE)
    done.filter(pk__in=message_ids).delete()
