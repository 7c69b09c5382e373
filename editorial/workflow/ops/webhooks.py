"""Webhook endpoints: addresses outside that are told of a desk's events. Add one, stop one, give it a new secret."""

from __future__ import annotations

import base64
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from editorial.models import Desk, User, WebhookEndpoint, encryption
from editorial.policy import url_safety
from editorial.policy.access import SubjectFacts, Verb
from editorial.policy.audience import Occasion
from editorial.workflow.core import audit
from editorial.workflow.core.actions import Conflict, Invalid, Reason, act, find, lock, permit, save

OVERLAP = timedelta(hours=24)
"""For how long calls are signed by the former secret as well, once there is a new one."""

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
    allowed = url_safety.url(url, private=settings.WEBHOOKS_MAY_REACH_PRIVATE_ADDRESSES)
    if not allowed:
        raise Invalid(*(Reason("UNREACHABLE", reason, "url") for reason in allowed.reasons))
    endpoint = WebhookEndpoint.objects.select_for_update().filter(desk=desk, url=url).first()
    if endpoint is None:
        endpoint = WebhookEndpoint(desk=desk, url=url, added_by=actor, added_at=now)
    elif endpoint.active:
        raise Conflict("This address is told of the desk's events already. Stop it first, to give it a new secret.")
    secret = _new_secret()
    endpoint.sealed_secret, endpoint.active = encryption.seal(secret), True
    _forget_former(endpoint)
    save(endpoint, exclude=["url"])  # checked above; Django's own check knows no names of one word
    audit.event(endpoint, Verb.WEBHOOK_ADD, actor=actor, now=now)
    return endpoint, secret


@act
def stop(*, endpoint_id: UUID | str, actor: User, now: datetime) -> WebhookEndpoint:
    """Tell this address nothing more, what is under way included. The row stays, with what was delivered to it."""
    endpoint = lock(WebhookEndpoint, endpoint_id, actor)
    permit(actor, Verb.WEBHOOK_STOP, _at(endpoint.desk_id))
    if not endpoint.active:
        raise Conflict("This address is told nothing already.", code="STOPPED")
    _switch_off(endpoint)
    audit.event(endpoint, Verb.WEBHOOK_STOP, actor=actor, now=now)
    return endpoint


@act
def rotate(*, endpoint_id: UUID | str, actor: User, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Give the address a new signing secret, shown this once. For a day its calls are signed by the former one too.

    So the receiver can change over without missing a call. If the former one has leaked, stop the address and add it
    again instead: that ends it at once.
    """
    endpoint = lock(WebhookEndpoint, endpoint_id, actor)
    permit(actor, Verb.WEBHOOK_ROTATE, _at(endpoint.desk_id))
    if not endpoint.active:
        raise Conflict("This address is told nothing. Add it again, which gives it a new secret.", code="STOPPED")
    secret = _new_secret()
    endpoint.former_secret, endpoint.former_until = bytes(endpoint.sealed_secret), now + OVERLAP
    endpoint.sealed_secret = encryption.seal(secret)
    endpoint.save()
    audit.event(endpoint, Verb.WEBHOOK_ROTATE, actor=actor, now=now, until=endpoint.former_until.isoformat())
    return endpoint, secret


@act
def give_up(*, endpoint_id: UUID | str, now: datetime) -> None:
    """Tell an address nothing more that has answered several deliveries in a row that it is gone.

    The system's own verb.
    """
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    if endpoint.active and endpoint.is_gone:
        _switch_off(endpoint)
        audit.event(endpoint, Occasion.WEBHOOK_GIVE_UP, actor=None, now=now)


@act
def end_overlap(*, endpoint_id: UUID | str, now: datetime) -> None:
    """Forget a former secret whose time is up. The system's own verb; `rotate` has recorded until when."""
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    if endpoint.former_until and endpoint.former_until <= now:
        _forget_former(endpoint)
        endpoint.save()


@act
def reseal(*, endpoint_id: UUID, now: datetime) -> None:
    """Encrypt a signing secret with the newest of the vault's keys. The system's own verb; nobody sees the secret."""
    endpoint = lock(WebhookEndpoint, endpoint_id, None)
    endpoint.sealed_secret = encryption.rotate(bytes(endpoint.sealed_secret))
    if endpoint.former_secret is not None:
        with suppress(encryption.KeyLost):  # it is gone within a day
            endpoint.former_secret = encryption.rotate(bytes(endpoint.former_secret))
    endpoint.save(update_fields=["sealed_secret", "former_secret"])


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _switch_off(endpoint: WebhookEndpoint) -> None:
    endpoint.active = False
    _forget_former(endpoint)
    endpoint.save()


def _forget_former(endpoint: WebhookEndpoint) -> None:
    endpoint.former_secret = endpoint.former_until = None


def _at(desk: UUID) -> SubjectFacts:
    return SubjectFacts(desks=frozenset({str(desk)}))
