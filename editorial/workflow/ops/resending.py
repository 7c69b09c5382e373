"""Send deliveries again: to a webhook, or an email. Each keeps its id, by which receivers drop what they have."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial import outbox, receivers
from editorial.models import (
    Delivery,
    DeliveryState,
    MessageKind,
    MessageState,
    NotificationRecord,
    OutboxMessage,
    User,
    WebhookEndpoint,
)
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.ops import dead_letters


@atomic_action
def resend_to_webhook(*, delivery_id: UUID | str, actor: User, now: datetime) -> Delivery:
    """Send a delivery to its webhook again, under the same id: a receiver that stored the id drops it."""
    endpoint_id = get_visible(Delivery, delivery_id, actor).endpoint_id
    endpoint = lock(WebhookEndpoint, endpoint_id, None) if endpoint_id else None
    delivery = lock(Delivery, delivery_id, actor)
    require_permission(actor, Action.WEBHOOK_RESEND, delivery.access_facts())
    if endpoint is None or not endpoint.active:
        raise Conflict("This webhook is disabled. Add it again first.", code="ALREADY_DISABLED")
    if endpoint.paused_at is not None and delivery.event.action != Action.WEBHOOK_PING:
        raise Conflict("This webhook is paused. Resume it first.", code="PAUSED")
    _requeue(delivery, actor, now)
    audit.log(endpoint, Action.WEBHOOK_RESEND, actor=actor, now=now, delivery=str(delivery.pk))
    return delivery


@atomic_action
def resend_email(*, record_id: UUID | str, actor: User, now: datetime) -> NotificationRecord:
    """Send the email of a notification again if it did not arrive or may not have, with everything it contains."""
    require_permission(actor, Action.NOTIFICATION_RESEND, SubjectFacts())
    record = get_visible(NotificationRecord, record_id, actor)
    if record.email_id is None:
        raise Conflict("This notification was not emailed.", code="NOT_EMAILED")
    email = lock(Delivery, record.email_id, None)
    if email.state not in (DeliveryState.FAILED, DeliveryState.UNCERTAIN):
        raise Conflict("This email was delivered, or is being sent.", code="NOT_FAILED")
    _requeue(email, actor, now)
    audit.log(record, Action.NOTIFICATION_RESEND, actor=actor, now=now)
    return record


def _requeue(delivery: Delivery, actor: User, now: datetime) -> None:
    """Have the locked delivery sent again: by its dead letter if it has one, otherwise by a new message."""
    letter = OutboxMessage.objects.filter(
        kind=MessageKind.DELIVER.value, reference=str(delivery.pk), state=MessageState.DEAD.value
    ).select_for_update()
    dead_letter = letter.first()
    if dead_letter is None and delivery.settled_at is None:
        raise Conflict("This delivery is being sent already.", code="BEING_SENT")
    if delivery.state != DeliveryState.UNCERTAIN:  # it may have arrived before, whatever happens now
        delivery.state = DeliveryState.WAITING.value
    delivery.settled_at, delivery.error = None, ""
    delivery.save(update_fields=["state", "settled_at", "error"])
    if dead_letter is not None:
        dead_letters.requeue(dead_letter, owner=actor, now=now)
        return
    outbox.send(MessageKind.DELIVER, delivery.pk, now=now)
    receivers.allow_probe(receivers.of_webhook(delivery.endpoint.url) if delivery.endpoint else receivers.MAIL)
