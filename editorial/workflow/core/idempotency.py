"""Kept answers: a write that carries a key is carried out once, however often it is asked for.

Key, fingerprint and answer are written in the transaction of the write itself: a process that is killed at any moment
leaves all of it or nothing. What was refused changed nothing: nothing is kept, and the key stays free (decision 0014).
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
from editorial.workflow.core.actions import Conflict, Forbidden, ValidationFailed, atomic_action, run_in_transaction


@dataclass(frozen=True, slots=True, repr=False)
class StoredResponse:
    """What a write is answered: the HTTP status, the serialised body, the headers that belong to it.

    It has no readable form of its own: a body may show a confidential name.
    """

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False


class RequestInProgress(Conflict):
    """The first request under this key is still being carried out."""

    def __init__(self) -> None:
        super().__init__(
            "The first request under this key is still being carried out. Ask again in a moment.",
            code="IDEMPOTENCY_IN_PROGRESS",
        )


def run_once(
    *, key: str, fingerprint: str, actor: User, now: datetime, handler: Callable[[], StoredResponse]
) -> StoredResponse:
    """Carry it out and keep its answer; or, if that has been done under this key, give the answer that was kept."""

    def carried_out() -> StoredResponse:
        _lock_key(actor, key)  # before any other lock, so that nobody waits for it who holds one
        kept = IdempotencyRecord.objects.filter(user=actor, key=key).first()
        if kept is not None and kept.expires_at > now:
            return _replay(kept, fingerprint, actor)
        if kept is not None:
            kept.delete()
        answer = handler()
        _store(answer, key, fingerprint, actor, now)
        return answer

    return run_in_transaction(carried_out)


@atomic_action
def delete_expired(*, record_ids: Iterable[UUID], now: datetime) -> None:
    """Forget answers whose time is up. The system's own verb; nothing editorial is changed, so nothing is recorded."""
    IdempotencyRecord.objects.filter(pk__in=list(record_ids), expires_at__lte=now).delete()


@atomic_action
def reencrypt(*, record_id: UUID, now: datetime) -> None:
    """Encrypt a kept answer with the newest of the vault's keys. The system's own verb; nobody sees the answer.

    One that has expired meanwhile, or that no key opens, is passed over: either is gone within a day.
    """
    kept = IdempotencyRecord.objects.select_for_update().filter(pk=record_id).first()
    if kept is not None:
        with suppress(encryption.KeyUnavailable):
            kept.response_encrypted = encryption.reencrypt(bytes(kept.response_encrypted))
            kept.save(update_fields=["response_encrypted"])


def _lock_key(actor: User, key: str) -> None:
    """Held until the transaction ends, by whatever end. Whoever does not get it is told at once, and does not wait."""
    number = int.from_bytes(hashlib.sha256(f"{actor.pk} {key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (got,) = cursor.fetchone()
    if not got:
        raise RequestInProgress


def _store(answer: StoredResponse, key: str, fingerprint: str, actor: User, now: datetime) -> None:
    told = {"body": answer.body, "headers": dict(answer.headers), "rights": _permissions_of(actor)}
    IdempotencyRecord.objects.create(
        user=actor,
        key=key,
        fingerprint=fingerprint,
        status=answer.status,
        response_encrypted=encryption.encrypt(json.dumps(told)),
        expires_at=now + timedelta(hours=settings.IDEMPOTENCY_HOURS),
    )


def _replay(kept: IdempotencyRecord, fingerprint: str, actor: User) -> StoredResponse:
    if kept.fingerprint != fingerprint:
        raise ValidationFailed(
            "This key was used for another request. Take a new key for everything that you want done anew.",
            code="IDEMPOTENCY_KEY_REUSED",
        )
    try:
        told = json.loads(encryption.decrypt(bytes(kept.response_encrypted)))
    except encryption.KeyUnavailable:
        raise Conflict(
            "This was carried out, but its answer cannot be read any more. Look at what it made.",
            code="RESPONSE_UNREADABLE",
        ) from None
    if told["rights"] != _permissions_of(actor):
        raise Forbidden(
            "This was carried out. Your roles, or what your token is good for, have changed since, so its answer is "
            "not shown again.",
            code="PERMISSIONS_CHANGED",
        )
    return StoredResponse(kept.status, told["body"], told["headers"], replayed=True)


def _permissions_of(actor: User) -> list[list[str]]:
    facts = actor.facts()
    scopes = getattr(facts, "scopes", None) or ()
    return [*sorted([role.value, desk or ""] for role, desk in facts.memberships), sorted(map(str, scopes))]
