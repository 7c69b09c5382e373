"""Webhooks: a signed request that names the event and the object's id, never its content.

Signed according to Standard Webhooks; `webhook-id` is the delivery's id in every attempt. `deliveries` retries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Set
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings
from standardwebhooks import Webhook

from editorial import http_client
from editorial.models import ClaimVisibility, Delivery, Event, WebhookEndpoint, encryption
from editorial.models.ops.webhooks import GONE_ERROR
from editorial.notifications.errors import DeliveryFailed, PermanentDeliveryFailure, ReceiverUnavailable
from editorial.policy.actions import Action
from editorial.policy.events import ids_in
from editorial.policy.publication import gate
from editorial.policy.vocabulary import Code

# Fields of an event's data that hold ids, codes, enum values or times. Reasons and changes are not exposed.
_EXPOSED_FIELDS = (
    "assessment", "at", "claim", "claims", "code", "codes", "contested", "correction", "finding", "gate", "into",
    "kind", "outcome", "remedy", "signoff", "withheld",
)  # fmt: skip
_CLAIM_FIELDS = ("claim", "claims", "into")
_SAFE_VALUE = re.compile(r"[\w.:+-]{0,64}", re.ASCII)
# It reveals that a party who declined to comment is a source of ours.
_NEVER_EXPOSED = {Code.E_FALSE_DECLINE.value, gate.public_name(Code.E_FALSE_DECLINE)}


def send(delivery: Delivery, *, now: datetime) -> int:
    """Send the request; returns the status. Raises DeliveryFailed or PermanentDeliveryFailure unless it is 2xx."""
    endpoint = delivery.endpoint
    if endpoint is None or not endpoint.active:
        raise PermanentDeliveryFailure("ENDPOINT_DISABLED")
    if endpoint.paused_at is not None and delivery.event.action != Action.WEBHOOK_PING:
        raise PermanentDeliveryFailure("ENDPOINT_PAUSED")
    secrets = _secrets(endpoint, now=now)
    body = json.dumps(payload(delivery.event, endpoint.desk_id), separators=(",", ":"), sort_keys=True)
    sent_at = now.astimezone(UTC)
    headers = {
        "content-type": "application/json",
        "user-agent": "Newsroom",
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(str(delivery.pk), sent_at, body) for secret in secrets),
    }
    status, retry_after = _post(endpoint.url, body.encode(), headers)
    if 200 <= status < 300:
        return status
    if status == httpx.codes.GONE:
        raise PermanentDeliveryFailure(GONE_ERROR, status=status)
    is_unavailable = status == httpx.codes.TOO_MANY_REQUESTS or status >= 500
    failure = ReceiverUnavailable if is_unavailable else DeliveryFailed
    raise failure(f"HTTP_{status}", status=status, retry_after=retry_after)


def payload(event: Event, desk_id: UUID) -> dict[str, Any]:
    """The payload: event type, time, the object's model and id, and the codes and related ids that the desk may see."""
    model, _, key = event.stream.partition(":")
    hidden = _hidden_claims(event, desk_id)
    fields = {name: _safe_value(event.data[name], hidden) for name in _EXPOSED_FIELDS if name in event.data}
    return {
        "type": event.action,
        "timestamp": event.at.astimezone(UTC).isoformat(),
        "data": {
            "event": str(event.pk),
            "desk": str(event.desk_id) if event.desk_id else None,
            "object": model,
            "id": key,
            **{name: value for name, value in fields.items() if value is not None},
        },
    }


def _secrets(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """The signing secrets: the current one and, for a day after rotation, the previous one."""
    try:
        secrets = [encryption.decrypt(endpoint, "encrypted_secret")]
    except encryption.KeyUnavailable:
        raise DeliveryFailed("KEY_UNAVAILABLE") from None
    except encryption.InvalidCiphertext:
        raise DeliveryFailed("CIPHERTEXT_INVALID") from None
    if (
        endpoint.previous_secret is not None
        and endpoint.previous_secret_expires_at is not None
        and endpoint.previous_secret_expires_at > now
    ):
        with suppress(encryption.EncryptionError):  # receivers that have the new secret do not need it
            secrets.append(encryption.decrypt(endpoint, "previous_secret"))
    return secrets


def _hidden_claims(event: Event, desk_id: UUID) -> set[str]:
    """The claims among the exposed ids that the desk may not see: an event may concern claims of several desks."""
    ids: set[Any] = set(ids_in([event.data.get(name) for name in _CLAIM_FIELDS]))
    visible = ClaimVisibility.objects.filter(claim__in=ids, desk=desk_id).values_list("claim_id", flat=True)
    return ids - {str(claim) for claim in visible} if ids else set()


def _safe_value(value: Any, hidden: Set[str]) -> Any:
    """The value if it may be exposed; None otherwise."""
    if isinstance(value, list):
        return [plain for each in value if (plain := _safe_value(each, hidden)) is not None or each is None]
    if isinstance(value, str):
        return value if _SAFE_VALUE.fullmatch(value) and value not in _NEVER_EXPOSED | hidden else None
    return value if isinstance(value, bool) else None


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, timedelta | None]:
    """Send the request; returns the status and the pause that the receiver asks for.

    The response body is not read, and redirects are not followed.
    """
    private, hosts = http_client.may_be_private(url), settings.OUTGOING_HOSTS
    try:
        with http_client.request(
            "POST", httpx.URL(url), content=body, headers=headers, allow_private=private, hosts=hosts
        ) as response:
            return response.status_code, http_client.retry_after(response)
    except (http_client.DestinationNotAllowed, httpx.InvalidURL):
        raise PermanentDeliveryFailure("DESTINATION_NOT_ALLOWED") from None
    except http_client.RequestFailed as error:
        raise ReceiverUnavailable(error.kind) from None
