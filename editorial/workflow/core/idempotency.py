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

from editorial.models import KeptAnswer, User, encryption
from editorial.workflow.core.actions import Conflict, Forbidden, Invalid, act, in_one_transaction


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a write is answered: the HTTP status, the serialised body, the headers that belong to it.

    It has no readable form of its own: a body may show a confidential name.
    """

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False


class InProgress(Conflict):
    """The first request under this key is still being carried out."""

    def __init__(self) -> None:
        super().__init__(
            "The first request under this key is still being carried out. Ask again in a moment.",
            code="IDEMPOTENCY_IN_PROGRESS",
        )


def once(*, key: str, fingerprint: str, actor: User, now: datetime, act: Callable[[], Answer]) -> Answer:
    """Carry it out and keep its answer; or, if that has been done under this key, give the answer that was kept."""

    def carried_out() -> Answer:
        _lock_key(actor, key)  # before any other lock, so that nobody waits for it who holds one
        kept = KeptAnswer.objects.filter(person=actor, key=key).first()
        if kept is not None and kept.expires_at > now:
            return _again(kept, fingerprint, actor)
        if kept is not None:
            kept.delete()
        answer = act()
        _keep(answer, key, fingerprint, actor, now)
        return answer

    return in_one_transaction(carried_out)


@act
def forget(*, answer_ids: Iterable[UUID], now: datetime) -> None:
    """Forget answers whose time is up. The system's own verb; nothing editorial is changed, so nothing is recorded."""
    KeptAnswer.objects.filter(pk__in=list(answer_ids), expires_at__lte=now).delete()


@act
def reseal(*, answer_id: UUID, now: datetime) -> None:
    """Encrypt a kept answer with the newest of the vault's keys. The system's own verb; nobody sees the answer.

    One that has expired meanwhile, or that no key opens, is passed over: either is gone within a day.
    """
    kept = KeptAnswer.objects.select_for_update().filter(pk=answer_id).first()
    if kept is not None:
        with suppress(encryption.KeyLost):
            kept.sealed = encryption.rotate(bytes(kept.sealed))
            kept.save(update_fields=["sealed"])


def _lock_key(actor: User, key: str) -> None:
    """Held until the transaction ends, by whatever end. Whoever does not get it is told at once, and does not wait."""
    number = int.from_bytes(hashlib.sha256(f"{actor.pk} {key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (got,) = cursor.fetchone()
    if not got:
        raise InProgress


def _keep(answer: Answer, key: str, fingerprint: str, actor: User, now: datetime) -> None:
    told = {"body": answer.body, "headers": dict(answer.headers), "rights": _rights(actor)}
    KeptAnswer.objects.create(
        person=actor,
        key=key,
        fingerprint=fingerprint,
        status=answer.status,
        sealed=encryption.seal(json.dumps(told)),
        expires_at=now + timedelta(hours=settings.IDEMPOTENCY_HOURS),
    )


def _again(kept: KeptAnswer, fingerprint: str, actor: User) -> Answer:
    if kept.fingerprint != fingerprint:
        raise Invalid(
            "This key was used for another request. Take a new key for everything that you want done anew.",
            code="IDEMPOTENCY_KEY_REUSED",
        )
    try:
        told = json.loads(encryption.unseal(bytes(kept.sealed)))
    except encryption.KeyLost:
        raise Conflict(
            "This was carried out, but its answer cannot be read any more. Look at what it made.", code="ANSWER_LOST"
        ) from None
    if told["rights"] != _rights(actor):
        raise Forbidden(
            "This was carried out. Your roles, or what your token is good for, have changed since, so its answer is "
            "not shown again.",
            code="RIGHTS_CHANGED",
        )
    return Answer(kept.status, told["body"], told["headers"], replayed=True)


def _rights(actor: User) -> list[list[str]]:
    facts = actor.facts()
    scopes = getattr(facts, "scopes", None) or ()
    return [*sorted([role.value, desk or ""] for role, desk in facts.memberships), sorted(map(str, scopes))]
