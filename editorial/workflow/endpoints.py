"""Webhook endpoints: addresses outside that are told of a desk's events. Add one, stop one."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings

from editorial.models import Desk, User, WebhookEndpoint, seals
from editorial.policy import reach
from editorial.policy.access import SubjectFacts, Verb
from editorial.workflow import record
from editorial.workflow.acts import Conflict, Invalid, Reason, act, find, lock, permit, save

_SECRET_BYTES = 32


@act
def add(*, desk_id: UUID | str, url: str, actor: User, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Have an address told of a desk's events. Returns the endpoint and its signing secret, shown this once.

    An address that was stopped before is started again, with a new secret. The address itself is not recorded in
    the event: some receivers put a password into it.
    """
    desk = find(Desk, desk_id, None, field="desk")
    permit(actor, Verb.WEBHOOK_ADD, _at(desk.pk))
    url = url.strip()
    allowed = reach.url(url, private=settings.WEBHOOKS_MAY_REACH_PRIVATE_ADDRESSES)
    if not allowed:
        raise Invalid(*(Reason("UNREACHABLE", reason, "url") for reason in allowed.reasons))
    endpoint = WebhookEndpoint.objects.select_for_update().filter(desk=desk, url=url).first()
    if endpoint is None:
        endpoint = WebhookEndpoint(desk=desk, url=url, added_by=actor, added_at=now)
    elif endpoint.active:
        raise Conflict("This address is told of the desk's events already. Stop it first, to give it a new secret.")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    endpoint.sealed_secret, endpoint.active = seals.seal(secret), True
    save(endpoint, exclude=["url"])  # checked above; Django's own check knows no names of one word
    record.event(endpoint, Verb.WEBHOOK_ADD, actor=actor, now=now)
    return endpoint, secret


@act
def stop(*, endpoint_id: UUID | str, actor: User, now: datetime) -> WebhookEndpoint:
    """Tell this address nothing more, what is under way included. The row stays, with what was delivered to it."""
    endpoint = lock(WebhookEndpoint, endpoint_id, actor)
    permit(actor, Verb.WEBHOOK_STOP, _at(endpoint.desk_id))
    if not endpoint.active:
        raise Conflict("This address is told nothing already.", code="STOPPED")
    endpoint.active = False
    endpoint.save(update_fields=["active"])
    record.event(endpoint, Verb.WEBHOOK_STOP, actor=actor, now=now)
    return endpoint


@act
def reseal(*, endpoint_id: UUID, now: datetime) -> None:
    """Encrypt a signing secret with the newest of the vault's keys. The system's own verb; nobody sees the secret."""
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    endpoint.sealed_secret = seals.rotate(bytes(endpoint.sealed_secret))
    endpoint.save(update_fields=["sealed_secret"])


def _at(desk: UUID) -> SubjectFacts:
    return SubjectFacts(desks=frozenset({str(desk)}))
