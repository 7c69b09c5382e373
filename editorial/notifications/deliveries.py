"""Deliveries: record the attempt, send under a stable id, settle.

A crash between sending and settling looks like a crash before sending. A webhook's receiver drops the repeat by its id.
Email, under the same Message-ID, and chat are sent again and stay *uncertain* permanently: they may have arrived twice.
Failures are retried at the intervals of `retries.backoff`: for an hour, or to webhooks for three days. Every attempt is
on record.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from editorial import backlog, outbox, receivers
from editorial.models import (
    AttemptOutcome,
    Channel,
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    MessageKind,
    MessageState,
    Notification,
    db_clock,
)
from editorial.models.ops.webhooks import GONE_ERROR
from editorial.notifications import chat, email_batches, mail, webhooks
from editorial.notifications.errors import DeliveryFailed, PermanentDeliveryFailure, ReceiverUnavailable
from editorial.outbox import LeaseLost, Run

log = structlog.get_logger(__name__)

_HELD_AFTER_RESTORE = "HELD_AFTER_RESTORE"
_SENDERS: dict[str, Callable[..., int | None]] = {
    Channel.MAIL.value: mail.send,
    Channel.WEBHOOK.value: webhooks.send,
    Channel.CHAT.value: chat.send,
}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The attempt that is being made."""

    delivery: Delivery
    started_at: datetime
    _started: float = field(default_factory=time.monotonic)

    def record(self, outcome: AttemptOutcome, *, error: str = "", status: int | None = None) -> None:
        """Put on record how it ended."""
        DeliveryAttempt.objects.create(
            delivery=self.delivery,
            number=self.delivery.attempts,
            started_at=self.started_at,
            outcome=outcome.value,
            error=error,
            status=status,
            milliseconds=round((time.monotonic() - self._started) * 1000),
        )


def deliver(*, message_id: UUID, clock: Callable[[], datetime]) -> MessageState | None:
    """Send one delivery if its message is due. A failure is recorded by kind and retried.

    Returns the message's new state; None if this worker does not hold the message, or has lost it to another.
    """
    run = outbox.start(message_id, now=clock())
    if run is None:
        return None
    try:
        delivery = _start_attempt(run, now=clock())
        return MessageState.DONE if delivery is None else _transmit(run, delivery, clock)
    except LeaseLost:
        log.warning("delivery lease lost to another worker", delivery=run.reference)
        return None


@transaction.atomic
def mark_uncertain_after_restore(*, send: bool) -> int:
    """After a restore, mark unsent deliveries as uncertain: they may have gone out since the backup.

    They wait for a person's decision unless `send` is true. Returns how many there are. Notifications that wait to be
    emailed become deliveries first.
    """
    now = db_clock.now()
    for user_id in Notification.objects.filter(email_after__isnull=False).values_list("user", flat=True).distinct():
        email_batches.compose_all(user_id=user_id, now=now)
    waiting = Delivery.objects.filter(settled_at=None)
    if not send:
        waiting = waiting.filter(pk__in=backlog.bury_all(MessageKind.DELIVER, _HELD_AFTER_RESTORE))
    return waiting.update(state=DeliveryState.UNCERTAIN.value, error=_HELD_AFTER_RESTORE)


def _start_attempt(run: Run, *, now: datetime) -> Delivery | None:
    """Record the attempt before it is made. None if nothing is left to send."""
    with transaction.atomic():
        outbox.extend_lock(run)  # after a stall beyond its lease, another worker may be sending
        delivery = Delivery.objects.select_for_update().filter(pk=run.reference).first()
        if delivery is None or delivery.settled_at is not None:
            outbox.finish(run, now=now)
            return None
        _record_crash(delivery)
        crashed = delivery.state == DeliveryState.SENDING and delivery.channel != Channel.WEBHOOK
        delivery.state = (
            DeliveryState.UNCERTAIN.value
            if crashed or delivery.state == DeliveryState.UNCERTAIN
            else DeliveryState.SENDING.value
        )
        delivery.attempts, delivery.attempted_at = delivery.attempts + 1, now
        delivery.save(update_fields=["state", "attempts", "attempted_at"])
    return Delivery.objects.select_related("event", "notification__user", "endpoint", "chat").get(pk=delivery.pk)


def _record_crash(delivery: Delivery) -> None:
    """Put the previous attempt on record if its worker died: nobody knows how it ended."""
    if delivery.state not in (DeliveryState.SENDING, DeliveryState.UNCERTAIN) or not delivery.attempted_at:
        return
    DeliveryAttempt.objects.get_or_create(
        {"started_at": delivery.attempted_at, "outcome": AttemptOutcome.UNKNOWN.value},
        delivery=delivery,
        number=delivery.attempts,
    )


def _transmit(run: Run, delivery: Delivery, clock: Callable[[], datetime]) -> MessageState:
    attempt = _Attempt(delivery, started_at=clock())
    try:
        status = _SENDERS[delivery.channel](delivery, now=attempt.started_at)
    except PermanentDeliveryFailure as failure:
        _give_up(run, attempt, failure, now=clock())
    except Exception as error:
        return _reschedule(run, attempt, error, now=clock())
    else:
        _settle_delivered(run, attempt, status, now=clock())
    return MessageState.DONE


def _settle_delivered(run: Run, attempt: _Attempt, status: int | None, *, now: datetime) -> None:
    """Store that it was sent and finish the message in one transaction."""
    # Sent now, and possibly once before: it stays uncertain.
    uncertain = attempt.delivery.state == DeliveryState.UNCERTAIN
    state = DeliveryState.UNCERTAIN if uncertain else DeliveryState.DELIVERED
    with transaction.atomic():
        Delivery.objects.filter(pk=attempt.delivery.pk).update(state=state.value, settled_at=now, error="")
        attempt.record(AttemptOutcome.ACCEPTED, status=status)
        receivers.record_success(run.receiver)
        outbox.finish(run, now=now)


def _give_up(run: Run, attempt: _Attempt, failure: PermanentDeliveryFailure, *, now: datetime) -> None:
    """Store that it failed and finish the message in one transaction. If the endpoint is gone, have that checked."""
    delivery = attempt.delivery
    with transaction.atomic():
        settled = {"state": DeliveryState.FAILED.value, "settled_at": now, "error": failure.kind}
        Delivery.objects.filter(pk=delivery.pk).update(**settled)
        attempt.record(AttemptOutcome.FAILED, error=failure.kind, status=failure.status)
        if failure.kind == GONE_ERROR and delivery.endpoint_id is not None:
            outbox.send(MessageKind.DISABLE_WEBHOOK, delivery.endpoint_id, now=now)
        outbox.finish(run, now=now)
    log.warning("delivery failed permanently", delivery=str(delivery.pk), error=failure.kind)


def _reschedule(run: Run, attempt: _Attempt, error: Exception, *, now: datetime) -> MessageState:
    """Record the failure; the outbox decides between retry and dead letter. Returns the message's state."""
    delivery = attempt.delivery
    failure = error if isinstance(error, DeliveryFailed) else DeliveryFailed(type(error).__name__)
    surely_not_sent = failure is error or delivery.channel == Channel.WEBHOOK
    with transaction.atomic():
        message = outbox.fail(run, error, now=now, not_before=failure.retry_after)
        if message is None:
            raise LeaseLost
        state = DeliveryState.FAILED if message is MessageState.DEAD else DeliveryState.WAITING
        if not surely_not_sent or delivery.state == DeliveryState.UNCERTAIN:
            state = DeliveryState.UNCERTAIN
        Delivery.objects.filter(pk=delivery.pk).update(state=state.value, error=failure.kind)
        outcome = AttemptOutcome.FAILED if surely_not_sent else AttemptOutcome.UNKNOWN
        attempt.record(outcome, error=failure.kind, status=failure.status)
        # An unforeseen error is most often the connection's.
        if isinstance(error, ReceiverUnavailable) or failure is not error:
            receivers.record_failure(run.receiver, now=now, retry_after=failure.retry_after)
        if message is MessageState.DEAD and delivery.endpoint_id is not None:
            outbox.send(MessageKind.DISABLE_WEBHOOK, delivery.endpoint_id, now=now)
    log.warning("delivery failed; will be retried", delivery=str(delivery.pk), error=failure.kind)
    return message
