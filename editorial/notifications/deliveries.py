"""Deliveries: what leaves the house. Record the attempt, send under a stable id, settle.

A crash between sending and settling cannot be told from one before. A webhook's receiver drops the repeat by its id.
Mail is sent again under the same Message-ID, and stays *uncertain* for ever: it may have arrived twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Count

from editorial import outbox
from editorial.models import Channel, Delivery, DeliveryState, MessageKind, MessageState
from editorial.notifications import mail, webhooks
from editorial.notifications.errors import DeliveryFailed, PermanentDeliveryFailure
from editorial.outbox import LeaseLost, Run

log = structlog.get_logger(__name__)

_S = DeliveryState
_HELD_AFTER_RESTORE = "HELD_AFTER_RESTORE"
_SENDERS: dict[str, Callable[..., None]] = {Channel.MAIL.value: mail.send, Channel.WEBHOOK.value: webhooks.send}


class DeliveryResult(NamedTuple):
    """What became of sending: where the message stands now, None if it was not, or is no longer, for this worker.

    `gone`: an endpoint that has said often enough that it is there no more.
    """

    state: MessageState | None
    endpoint_gone: UUID | None = None


def deliver(*, message_id: UUID, clock: Callable[[], datetime]) -> DeliveryResult:
    """Send one delivery, if the message is to be worked on at all. A failure is noted by its kind and tried again."""
    run = outbox.start(message_id, now=clock())
    if run is None:
        return DeliveryResult(None)
    try:
        delivery = _start_attempt(run, now=clock())
        return DeliveryResult(MessageState.DONE) if delivery is None else _transmit(run, delivery, clock)
    except LeaseLost:
        log.warning("delivery lease lost to another worker", delivery=run.reference)
        return DeliveryResult(None)


@transaction.atomic
def mark_uncertain_after_restore(*, send: bool) -> int:
    """After a restore: what waits to be sent may have gone out since, and is uncertain from now on.

    It is held for a person to decide on, unless `send`. Returns how many deliveries that are.
    """
    waiting = Delivery.objects.filter(settled_at=None)
    if not send:
        waiting = waiting.filter(pk__in=outbox.bury_all(MessageKind.DELIVER, _HELD_AFTER_RESTORE))
    return waiting.update(state=_S.UNCERTAIN.value, error=_HELD_AFTER_RESTORE)


def counts_by_state() -> dict[str, int]:
    """How many deliveries there are in each state. `uncertain` counts those that may have arrived twice."""
    counted = dict(Delivery.objects.values_list("state").annotate(deliveries=Count("pk")).order_by())
    return {state.value: counted.get(state.value, 0) for state in DeliveryState}


def _start_attempt(run: Run, *, now: datetime) -> Delivery | None:
    """Write down that it is about to be sent, before it is. None if nothing is left to send."""
    with transaction.atomic():
        outbox.extend_lock(run)  # who has stood still beyond its lease must not send what another is sending
        delivery = Delivery.objects.select_for_update().filter(pk=run.reference).first()
        if delivery is None or delivery.settled_at is not None:
            outbox.finish(run, now=now)
            return None
        crashed = delivery.state == _S.SENDING and delivery.channel == Channel.MAIL
        delivery.state = _S.UNCERTAIN.value if crashed or delivery.state == _S.UNCERTAIN else _S.SENDING.value
        delivery.attempts, delivery.attempted_at = delivery.attempts + 1, now
        delivery.save(update_fields=["state", "attempts", "attempted_at"])
    return Delivery.objects.select_related("event", "notification__user", "endpoint").get(pk=delivery.pk)


def _transmit(run: Run, delivery: Delivery, clock: Callable[[], datetime]) -> DeliveryResult:
    try:
        _SENDERS[delivery.channel](delivery, now=clock())
    except PermanentDeliveryFailure as failure:
        _settle(run, delivery, _S.FAILED, failure.kind, now=clock())
        if delivery.endpoint is not None and delivery.endpoint.reports_gone:
            return DeliveryResult(MessageState.DONE, endpoint_gone=delivery.endpoint.pk)
    except Exception as problem:
        return DeliveryResult(_reschedule(run, delivery, problem, now=clock()))
    else:
        # Sent now, and perhaps once before: that stays to be seen.
        uncertain = delivery.state == _S.UNCERTAIN
        _settle(run, delivery, _S.UNCERTAIN if uncertain else _S.DELIVERED, "", now=clock())
    return DeliveryResult(MessageState.DONE)


def _settle(run: Run, delivery: Delivery, state: DeliveryState, error: str, *, now: datetime) -> None:
    """Note how it ended, and finish the message with it."""
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(state=state.value, settled_at=now, error=error)
        outbox.finish(run, now=now)
    if error:
        log.warning("delivery failed permanently", delivery=str(delivery.pk), error=error)


def _reschedule(run: Run, delivery: Delivery, problem: Exception, *, now: datetime) -> MessageState:
    """Note what went wrong, and leave it to the outbox when to try again, or to give up: where it stands now."""
    surely_not_sent = isinstance(problem, DeliveryFailed) or delivery.channel == Channel.WEBHOOK
    kind = problem.kind if isinstance(problem, DeliveryFailed) else type(problem).__name__
    with transaction.atomic():
        message = outbox.fail(run, problem, now=now)
        if message is None:
            raise LeaseLost
        state = _S.FAILED if message is MessageState.DEAD else _S.WAITING
        if not surely_not_sent or delivery.state == _S.UNCERTAIN:
            state = _S.UNCERTAIN
        Delivery.objects.filter(pk=delivery.pk).update(state=state.value, error=kind)
    log.warning("delivery failed; will be retried", delivery=str(delivery.pk), error=kind)
    return message
