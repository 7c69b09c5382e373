"""Webhook endpoints: external URLs that receive a desk's events. Add, revise, disable, rotate, ping, resume."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from editorial import http_client, outbox, receivers, retries
from editorial.models import Channel, Delivery, DeliveryState, MessageKind, User, WebhookEndpoint, encryption
from editorial.models.ops.webhooks import OWN_ERRORS
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.events import WEBHOOK_EVENTS
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_desk, require_permission, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, lock

SECRET_OVERLAP = timedelta(hours=24)
"""How long deliveries are also signed with the former secret after a rotation."""

_SECRET_BYTES = 32
_RECENT_DELIVERIES = 1000  # among which one must have been accepted, or the webhook is paused


@atomic_action
def add(
    *, desk_id: UUID | str, url: str, event_types: Iterable[str] = (), actor: User, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Add a webhook for a desk's events, of these types or of all. Returns it and its signing secret, shown only now.

    A disabled webhook with this URL is enabled again, with a new secret. The event does not contain the URL, as some
    receivers put a password into it.
    """
    desk = require_desk(desk_id, actor, Action.WEBHOOK_ADD)
    url = url.strip()
    private = http_client.may_be_private(url)
    decision = http_client.check_url(url, allow_private=private, hosts=settings.OUTGOING_HOSTS)
    if not decision:
        raise ValidationFailed(*(Reason("URL_NOT_ALLOWED", reason, "url") for reason in decision.reasons))
    endpoint = WebhookEndpoint.objects.select_for_update().filter(desk=desk, url=url).first()
    if endpoint is None:
        endpoint = WebhookEndpoint(desk=desk, url=url, added_by=actor, added_at=now)
    elif endpoint.active:
        raise Conflict("This URL already receives the desk's events. Rotate its secret if you need a new one.")
    secret = _new_secret()
    endpoint.active = True
    endpoint.event_types = _known_types(event_types)
    encryption.encrypt(endpoint, "encrypted_secret", secret)
    _clear_former_secret(endpoint)
    _save(endpoint)
    audit.log(endpoint, Action.WEBHOOK_ADD, actor=actor, now=now)
    return endpoint, secret


@atomic_action
def revise(
    *,
    endpoint_id: UUID | str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
    event_types: Iterable[str] = (),
) -> WebhookEndpoint:
    """Choose the types of event that a webhook receives; none chosen means all. Waiting deliveries are still sent."""
    endpoint = _lock_active(endpoint_id, actor, Action.WEBHOOK_REVISE, expected_version)
    endpoint.event_types = _known_types(event_types)
    _save(endpoint)
    audit.log(endpoint, Action.WEBHOOK_REVISE, actor=actor, now=now, types=endpoint.event_types)
    return endpoint


@atomic_action
def disable(
    *, endpoint_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> WebhookEndpoint:
    """Disable a webhook and cancel its pending deliveries. It stays on record with its past deliveries."""
    endpoint = lock(WebhookEndpoint, endpoint_id, actor, expected_version=expected_version)
    require_permission(actor, Action.WEBHOOK_DISABLE, SubjectFacts.of_desk(endpoint.desk_id))
    if not endpoint.active:
        raise Conflict("This webhook is already disabled.", code="ALREADY_DISABLED")
    _deactivate(endpoint)
    audit.log(endpoint, Action.WEBHOOK_DISABLE, actor=actor, now=now)
    return endpoint


@atomic_action
def rotate(
    *, endpoint_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Rotate the signing secret; the new one is shown only this once. For a day, deliveries are signed with both.

    The receiver can change over without missing a delivery. If the former secret has leaked, disable the webhook and
    add it again instead: that invalidates it immediately.
    """
    endpoint = _lock_active(endpoint_id, actor, Action.WEBHOOK_ROTATE, expected_version)
    secret = _new_secret()
    endpoint.previous_secret_expires_at = now + SECRET_OVERLAP
    # A value is bound to its field, so it cannot be copied to another.
    encryption.encrypt(endpoint, "previous_secret", encryption.decrypt(endpoint, "encrypted_secret"))
    encryption.encrypt(endpoint, "encrypted_secret", secret)
    _save(endpoint)
    audit.log(
        endpoint, Action.WEBHOOK_ROTATE, actor=actor, now=now, until=endpoint.previous_secret_expires_at.isoformat()
    )
    return endpoint, secret


@atomic_action
def ping(
    *, endpoint_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> WebhookEndpoint:
    """Send a signed test delivery of type `webhook.ping`, whatever types it receives, even while it is paused."""
    endpoint = _lock_active(endpoint_id, actor, Action.WEBHOOK_PING, expected_version)
    event = audit.log(endpoint, Action.WEBHOOK_PING, actor=actor, now=now)
    delivery = Delivery.objects.create(endpoint=endpoint, event=event, channel=Channel.WEBHOOK.value)
    outbox.send(MessageKind.DELIVER, delivery.pk, now=now)
    receivers.allow_probe(receivers.of_webhook(endpoint.url))
    return endpoint


@atomic_action
def resume(
    *, endpoint_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> WebhookEndpoint:
    """Resume a paused webhook. It receives what happens from now on; send single deliveries again if you need them."""
    endpoint = _lock_active(endpoint_id, actor, Action.WEBHOOK_RESUME, expected_version)
    if endpoint.paused_at is None:
        raise Conflict("This webhook is not paused.", code="NOT_PAUSED")
    endpoint.paused_at = None
    _save(endpoint)
    receivers.allow_probe(receivers.of_webhook(endpoint.url))
    audit.log(endpoint, Action.WEBHOOK_RESUME, actor=actor, now=now)
    return endpoint


@atomic_action
def stop_failing(*, endpoint_id: UUID | str, now: datetime) -> None:
    """Disable an endpoint that answers 410 Gone, and pause one that has failed for days. A system action."""
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    if not endpoint.active:
        return
    if endpoint.reports_gone:
        _deactivate(endpoint)
        audit.log(endpoint, SystemEvent.WEBHOOK_AUTO_DISABLE, actor=None, now=now)
    elif endpoint.paused_at is None and _fails_persistently(endpoint):
        endpoint.paused_at = now
        _save(endpoint)
        audit.log(endpoint, SystemEvent.WEBHOOK_AUTO_PAUSE, actor=None, now=now)


@atomic_action
def expire_former_secret(*, endpoint_id: UUID | str, now: datetime) -> None:
    """Delete an expired former secret. A system action without an event: `rotate` logged the expiry."""
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    if endpoint.previous_secret_expires_at and endpoint.previous_secret_expires_at <= now:
        _clear_former_secret(endpoint)
        endpoint.save()


def _lock_active(
    endpoint_id: UUID | str, actor: User, action: Action, expected_version: ExpectedVersion
) -> WebhookEndpoint:
    endpoint = lock(WebhookEndpoint, endpoint_id, actor, expected_version=expected_version)
    require_permission(actor, action, SubjectFacts.of_desk(endpoint.desk_id))
    if not endpoint.active:
        raise Conflict("This webhook is disabled. Add it again; it gets a new secret.", code="ALREADY_DISABLED")
    return endpoint


def _known_types(event_types: Iterable[str]) -> list[str]:
    """The types, each once. Raises `ValidationFailed` for one that webhooks do not carry."""
    chosen = sorted(set(event_types))
    if unknown := [name for name in chosen if name not in WEBHOOK_EVENTS]:
        message = "Webhooks do not carry events of type {}. docs/reference/events.md lists those that they carry."
        raise ValidationFailed(*(Reason("UNKNOWN_EVENT_TYPE", message.format(name), "event_types") for name in unknown))
    return chosen


def _fails_persistently(endpoint: WebhookEndpoint) -> bool:
    """Whether a delivery failed in every attempt, over three days, and the receiver accepted no other meanwhile."""
    dead = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.FAILED.value, settled_at=None)
    last = dead.exclude(error__in=OWN_ERRORS).order_by("-attempted_at").first()
    if last is None:
        return False
    attempts = last.history.order_by("-number").values_list("started_at", flat=True)[: retries.MAX_WEBHOOK_ATTEMPTS]
    since = min(attempts, default=None)
    if since is None:
        return False
    recent = Delivery.objects.filter(endpoint=endpoint).order_by("-id").values_list("state", "settled_at")
    return not any(
        state == DeliveryState.DELIVERED and settled_at and settled_at >= since
        for state, settled_at in recent[:_RECENT_DELIVERIES]
    )


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _deactivate(endpoint: WebhookEndpoint) -> None:
    endpoint.active, endpoint.paused_at = False, None
    _clear_former_secret(endpoint)
    _save(endpoint)


def _save(endpoint: WebhookEndpoint) -> None:
    validate_and_save(endpoint, exclude=["url"])  # `add` checked it; Django's validator rejects single-label hosts


def _clear_former_secret(endpoint: WebhookEndpoint) -> None:
    endpoint.previous_secret = endpoint.previous_secret_expires_at = None
