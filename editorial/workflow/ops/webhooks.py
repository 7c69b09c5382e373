"""Webhook endpoints: external URLs that receive a desk's events. Add, disable, rotate the secret."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from editorial import http_client
from editorial.models import User, WebhookEndpoint, encryption
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_desk, require_permission, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import lock

SECRET_OVERLAP = timedelta(hours=24)
"""How long deliveries are also signed with the former secret after a rotation."""

_SECRET_BYTES = 32


@atomic_action
def add(*, desk_id: UUID | str, url: str, actor: User, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Add a webhook for a desk's events. Returns the webhook and its signing secret, shown only this once.

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
    encryption.encrypt(endpoint, "encrypted_secret", secret)
    _clear_former_secret(endpoint)
    validate_and_save(endpoint, exclude=["url"])  # checked above; Django's validator rejects single-label hosts
    audit.log(endpoint, Action.WEBHOOK_ADD, actor=actor, now=now)
    return endpoint, secret


@atomic_action
def disable(*, endpoint_id: UUID | str, actor: User, now: datetime) -> WebhookEndpoint:
    """Disable a webhook and cancel its pending deliveries. It stays on record with its past deliveries."""
    endpoint = lock(WebhookEndpoint, endpoint_id, actor)
    require_permission(actor, Action.WEBHOOK_DISABLE, SubjectFacts.of_desk(endpoint.desk_id))
    if not endpoint.active:
        raise Conflict("This webhook is already disabled.", code="ALREADY_DISABLED")
    _deactivate(endpoint)
    audit.log(endpoint, Action.WEBHOOK_DISABLE, actor=actor, now=now)
    return endpoint


@atomic_action
def rotate(*, endpoint_id: UUID | str, actor: User, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Rotate the signing secret; the new one is shown only this once. For a day, deliveries are signed with both.

    The receiver can change over without missing a delivery. If the former secret has leaked, disable the webhook and
    add it again instead: that invalidates it immediately.
    """
    endpoint = lock(WebhookEndpoint, endpoint_id, actor)
    require_permission(actor, Action.WEBHOOK_ROTATE, SubjectFacts.of_desk(endpoint.desk_id))
    if not endpoint.active:
        raise Conflict("This webhook is disabled. Add it again; it gets a new secret.", code="ALREADY_DISABLED")
    secret = _new_secret()
    endpoint.previous_secret_expires_at = now + SECRET_OVERLAP
    # A value is bound to its field, so it cannot be copied to another.
    encryption.encrypt(endpoint, "previous_secret", encryption.decrypt(endpoint, "encrypted_secret"))
    encryption.encrypt(endpoint, "encrypted_secret", secret)
    endpoint.save()
    audit.log(
        endpoint, Action.WEBHOOK_ROTATE, actor=actor, now=now, until=endpoint.previous_secret_expires_at.isoformat()
    )
    return endpoint, secret


@atomic_action
def disable_gone(*, endpoint_id: UUID | str, now: datetime) -> None:
    """Disable an endpoint if it has answered several deliveries in a row with 410 Gone. A system action."""
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    if endpoint.active and endpoint.reports_gone:
        _deactivate(endpoint)
        audit.log(endpoint, SystemEvent.WEBHOOK_AUTO_DISABLE, actor=None, now=now)


@atomic_action
def expire_former_secret(*, endpoint_id: UUID | str, now: datetime) -> None:
    """Delete an expired former secret. A system action without an event: `rotate` logged the expiry."""
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    if endpoint.previous_secret_expires_at and endpoint.previous_secret_expires_at <= now:
        _clear_former_secret(endpoint)
        endpoint.save()


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _deactivate(endpoint: WebhookEndpoint) -> None:
    endpoint.active = False
    _clear_former_secret(endpoint)
    endpoint.save()


def _clear_former_secret(endpoint: WebhookEndpoint) -> None:
    endpoint.previous_secret = endpoint.previous_secret_expires_at = None
