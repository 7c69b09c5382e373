"""Matching: count every comparison of an identity with those on record, refuse too many, and lock after unusually many.

An attempt counts even if the action that makes it fails, because the refusal may already answer the question. So it is
written before the comparison, on a connection of its own that commits immediately.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from uuid_utils.compat import uuid7

from editorial.models import MatchingAttempt, MatchingLock, User
from editorial.policy import matching_quota
from editorial.policy.actions import Action
from editorial.policy.matching_quota import MatchingFacts, MatchingKind, MatchingLimits
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason
from editorial.workflow.core.errors import Conflict, Forbidden, QuotaExceeded
from editorial.workflow.core.locking import lock

_LOCKED = "Your identity matching is locked after an unusual number of attempts. Ask an administrator to unlock it."


def count_attempt(*, actor: User, desk_id: UUID, now: datetime) -> None:
    """Count an attempt. Raises `QuotaExceeded` beyond the quota, `Forbidden` if the person's matching is locked."""
    with _own_transaction() as cursor:
        _serialize(cursor, actor.pk, desk_id)
        facts = _recent(cursor, actor.pk, desk_id, MatchingKind.IDENTITY, now)
        wait = _wait(facts, now)
        _insert(cursor, facts, actor.pk, desk_id, MatchingKind.IDENTITY, now, within_quota=wait <= 0)
        locked = _is_locked(cursor, actor.pk)
    _refuse(wait, locked)


@contextmanager
def comparison_of_text(*, actor: User, desk_id: UUID, now: datetime) -> Iterator[Callable[[int], MatchingAttempt]]:
    """Compare a text with the identities of a desk: yields a function that counts the attempt, by its weight.

    Raises `QuotaExceeded` or `Forbidden` before the comparison. A person's comparisons run one after the other, each
    after the former was counted; otherwise many concurrent ones would all be within the quota.
    """
    with _own_transaction() as cursor:
        _serialize(cursor, f"text {actor.pk}")
        facts = _recent(cursor, actor.pk, desk_id, MatchingKind.TEXT, now)
        _refuse(_wait(facts, now), _is_locked(cursor, actor.pk))

        def count(weight: int) -> MatchingAttempt:
            _serialize(cursor, actor.pk, desk_id)
            return _insert(cursor, facts, actor.pk, desk_id, MatchingKind.TEXT, now, weight=weight)

        yield count


def limits() -> MatchingLimits:
    """The limits that the settings give."""
    return MatchingLimits(settings.MATCHING_PER_PERSON, settings.MATCHING_PER_DESK, settings.MATCHING_ALERT)


def log_comparison(row: models.Model, *, actor: User, now: datetime, desk_id: UUID | None = None) -> None:
    """Record on the row that an identity was compared with those in the vault, and notify custodians."""
    audit.log(row, SystemEvent.IDENTITY_COMPARE, actor=actor, now=now, desk_id=desk_id)


@atomic_action
def raise_alert(*, lock_id: UUID, now: datetime) -> None:
    """Notify custodians and administrators that a person's matching is locked. A system action."""
    matching_lock = lock(MatchingLock, lock_id, None)
    if matching_lock.alarm_due_at is None:
        return
    matching_lock.alarm_due_at = None
    matching_lock.save(update_fields=["alarm_due_at"])
    audit.log(matching_lock, SystemEvent.MATCHING_LOCK, actor=None, now=now, person=str(matching_lock.person_id))


@atomic_action
def unlock(*, lock_id: UUID | str, reason: str, actor: User, now: datetime) -> MatchingLock:
    """Lift the lock of a person's identity matching, once you know why there were so many attempts."""
    matching_lock = lock(MatchingLock, lock_id, actor)
    require_permission(actor, Action.MATCHING_UNLOCK, matching_lock.access_facts())
    if matching_lock.person_id == actor.pk:
        raise Forbidden("Another administrator must unlock your matching.", code="FOUR_EYES")
    reason = require_reason(reason, "Say why there were so many attempts.")
    if matching_lock.lifted_at is not None:
        raise Conflict("This lock is already lifted.", code="NOT_LOCKED")
    matching_lock.lifted_at, matching_lock.lifted_by = now, actor
    matching_lock.save(update_fields=["lifted_at", "lifted_by"])
    person = str(matching_lock.person_id)
    audit.log(matching_lock, Action.MATCHING_UNLOCK, actor=actor, now=now, person=person, reason=reason)
    return matching_lock


@contextmanager
def _own_transaction() -> Iterator[Any]:
    """A cursor on a new connection, committed at the end whatever becomes of the caller's transaction."""
    with closing(connection.copy()) as own, own.cursor() as cursor:
        own.set_autocommit(False)
        yield cursor
        own.commit()


def _serialize(cursor: Any, *counters: UUID | str) -> None:
    """Lock the counters until the transaction ends, so that concurrent attempts all count."""
    for counter in sorted(map(str, counters)):
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"newsroom matching {counter}"])


def _insert(
    cursor: Any,
    facts: MatchingFacts,
    person: UUID,
    desk: UUID,
    kind: MatchingKind,
    now: datetime,
    *,
    weight: int = 1,
    within_quota: bool = True,
) -> MatchingAttempt:
    """Insert the attempt, and a lock if there were unusually many. `facts`: the attempts before it."""
    attempt = MatchingAttempt(
        person_id=person, desk_id=desk, kind=kind.value, at=now, weight=weight, within_quota=within_quota
    )
    cursor.execute(
        "INSERT INTO editorial_matchingattempt (id, person_id, desk_id, kind, at, weight, within_quota) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [attempt.pk, person, desk, kind.value, now, weight, within_quota],
    )
    if matching_quota.raises_alert(facts, limits(), weight):
        cursor.execute(
            "INSERT INTO editorial_matchinglock (id, person_id, desk_id, locked_at, alarm_due_at) "
            "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (person_id) WHERE lifted_at IS NULL DO NOTHING",
            [uuid7(), person, desk, now, now],
        )
    return attempt


def _wait(facts: MatchingFacts, now: datetime) -> int:
    return math.ceil(matching_quota.wait_for_quota(facts, limits(), now).total_seconds())


def _refuse(wait: int, locked: bool) -> None:
    if locked:
        raise Forbidden(_LOCKED, code="MATCHING_LOCKED")
    if wait > 0:
        raise QuotaExceeded(
            "You have compared too many names with those of confidential sources in the last 24 hours. "
            f"Try again in {_in_words(wait)}.",
            code="MATCHING_QUOTA",
            wait=wait,
        )


def _recent(cursor: Any, person: UUID, desk: UUID, kind: MatchingKind, now: datetime) -> MatchingFacts:
    """The attempts of the window. Those before a lock was lifted no longer count for its person."""
    since = now - matching_quota.WINDOW
    cursor.execute("SELECT max(lifted_at) FROM editorial_matchinglock WHERE person_id = %s", [person])
    (lifted_at,) = cursor.fetchone()
    cursor.execute(
        # A text beyond the quota of its desk was compared and answered, in earlier versions.
        "SELECT at, weight, kind = %s AND (within_quota OR kind = 'text') FROM editorial_matchingattempt "
        "WHERE person_id = %s AND at > %s",
        [kind.value, person, max(since, lifted_at) if lifted_at else since],
    )
    own = cursor.fetchall()
    cursor.execute(
        "SELECT at, weight FROM editorial_matchingattempt WHERE desk_id = %s AND at > %s AND within_quota",
        [desk, since],
    )
    return MatchingFacts(
        by_person=[at for at, weight, counts in own if counts for _ in range(weight)],
        by_desk=[at for at, weight in cursor.fetchall() for _ in range(weight)],
        others=sum(weight for _, weight, counts in own if not counts),
    )


def _is_locked(cursor: Any, person: UUID) -> bool:
    cursor.execute("SELECT 1 FROM editorial_matchinglock WHERE person_id = %s AND lifted_at IS NULL", [person])
    return cursor.fetchone() is not None


def _in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    hours = math.ceil(minutes / 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes" if minutes < 60 else f"{hours} hours"
