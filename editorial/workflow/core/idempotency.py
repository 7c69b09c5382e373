"""Idempotent writes: a request with an `Idempotency-Key` runs once, however often it is sent.

Key, fingerprint and response are stored in the transaction of the write itself, so a process killed at any point leaves
all of it or nothing. A failed request changes nothing: nothing is stored, and the key stays free (decision 0014).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from editorial.models import IdempotencyRecord, User, encryption
from editorial.workflow.core.actions import atomic_action, run_in_transaction
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed


@dataclass(frozen=True, slots=True, repr=False)
class StoredResponse:
    """The response to a write: HTTP status, serialised body, headers.

    No repr: a body may contain a confidential name.
    """

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False


class RequestInProgress(Conflict):
    """The first request with this key is still running."""

    def __init__(self) -> None:
        super().__init__(
            "The first request with this key is still running. Retry in a moment.", code="IDEMPOTENCY_IN_PROGRESS"
        )


def run_once(
    *, key: str, fingerprint: str, actor: User, now: datetime, handler: Callable[[], StoredResponse]
) -> StoredResponse:
    """Run the handler and store its response, or replay the response already stored under this key."""

    def run() -> StoredResponse:
        _lock_key(actor, key)  # before any other lock, so that no lock holder waits for it
        record = IdempotencyRecord.objects.filter(user=actor, key=key).first()
        if record is not None and record.expires_at > now:
            return _replay(record, fingerprint, actor)
        if record is not None:
            record.delete()
        response = handler()
        _store(response, key, fingerprint, actor, now)
        return response

    return run_in_transaction(run)


@atomic_action
def delete_expired(*, record_ids: Iterable[UUID], now: datetime) -> None:
    """Delete expired records. A system action without an event, as it changes nothing editorial."""
    IdempotencyRecord.objects.filter(pk__in=list(record_ids), expires_at__lte=now).delete()


@atomic_action
def reencrypt(*, record_id: UUID, now: datetime) -> None:
    """Re-encrypt a stored response with the newest vault key. A system action: nobody sees the response.

    Skips a record that has expired meanwhile or that no key decrypts: both are deleted within a day.
    """
    record = IdempotencyRecord.objects.select_for_update().filter(pk=record_id).first()
    if record is not None:
        with suppress(encryption.KeyUnavailable):
            record.response_encrypted = encryption.reencrypt(bytes(record.response_encrypted))
            record.save(update_fields=["response_encrypted"])


def _lock_key(actor: User, key: str) -> None:
    """Lock the key until the transaction ends. Raises `RequestInProgress` immediately instead of waiting."""
    number = int.from_bytes(hashlib.sha256(f"{actor.pk} {key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (acquired,) = cursor.fetchone()
    if not acquired:
        raise RequestInProgress


def _store(response: StoredResponse, key: str, fingerprint: str, actor: User, now: datetime) -> None:
    content = {"body": response.body, "headers": dict(response.headers), "rights": _permissions_of(actor)}
    IdempotencyRecord.objects.create(
        user=actor,
        key=key,
        fingerprint=fingerprint,
        status=response.status,
        response_encrypted=encryption.encrypt(json.dumps(content)),
        expires_at=now + timedelta(hours=settings.IDEMPOTENCY_HOURS),
    )


def _replay(record: IdempotencyRecord, fingerprint: str, actor: User) -> StoredResponse:
    if record.fingerprint != fingerprint:
        raise ValidationFailed(
            "This key was used for another request. Use a new key for each new request.", code="IDEMPOTENCY_KEY_REUSED"
        )
    try:
        content = json.loads(encryption.decrypt(bytes(record.response_encrypted)))
    except encryption.KeyUnavailable:
        raise Conflict(
            "The request succeeded, but its stored response can no longer be decrypted. Fetch the result instead.",
            code="RESPONSE_UNREADABLE",
        ) from None
    if content["rights"] != _permissions_of(actor):
        raise Forbidden(
            "The request succeeded. Your roles or your token's scopes have changed since, so its response is not shown "
            "again.",
            code="PERMISSIONS_CHANGED",
        )
    return StoredResponse(record.status, content["body"], content["headers"], replayed=True)


def _permissions_of(actor: User) -> list[list[str]]:
    facts = actor.facts()
    scopes = getattr(facts, "scopes", None) or ()
    return [*sorted([role.value, desk or ""] for role, desk in facts.memberships), sorted(map(str, scopes))]
