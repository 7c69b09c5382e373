"""Work under way: nothing lies anywhere for longer than it can, and each dead letter and task in hand is somebody's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from editorial import outbox
from editorial.models import Import, MessageKind, MessageState, OutboxMessage, Policy, ReviewTask
from editorial.policy.imports import ImportState
from editorial.policy.vocabulary import TaskState
from editorial.workflow.ops import dead_letters
from editorial.workflow.ops.integrity.checks import MOST, Invariant, Seen
from editorial.workflow.review import tasks

_S = MessageState
_PATIENCE = timedelta(seconds=30)  # until the clock has put a dead letter on a list


def _sent_too_long(seen: Seen) -> Iterable[UUID]:
    long_ago, to_come = seen.now - 2 * outbox.RING_AGAIN, seen.now + outbox.RING_AGAIN
    lost = Q(sent_at=None) | Q(sent_at__lt=long_ago) | Q(sent_at__gt=to_come)
    return _keys(OutboxMessage.objects.filter(lost, state=_S.SENT.value))


def _running_too_long(seen: Seen) -> Iterable[UUID]:
    over = Q(lease_until__lt=seen.now - outbox.LEASE) | Q(lease_until__gt=seen.now + 2 * outbox.LEASE)
    return _keys(OutboxMessage.objects.filter(over | Q(token=None), state=_S.RUNNING.value))


def _ready_in_another_age(seen: Seen) -> Iterable[UUID]:
    """Only what waits for a policy to come into force waits for longer than the longest pause."""
    policies = list(Policy.objects.filter(in_force_at__gt=seen.now).values_list("in_force_at", flat=True))
    late = Q(pk__in=[])
    for kind in MessageKind:
        late |= Q(kind=kind.value, available_at__gt=seen.now + 2 * outbox.longest_pause(kind))
    waiting = OutboxMessage.objects.filter(late, state=_S.READY.value, available_at__gt=seen.now)
    return _keys(waiting.exclude(kind=MessageKind.REVIEW_CLAIM.value, available_at__in=policies))


def _dead_without_owner(seen: Seen) -> Iterable[UUID]:
    dead = OutboxMessage.objects.filter(state=_S.DEAD.value)
    just_died = Q(died_at__gt=seen.now - _PATIENCE)
    return _keys(dead.exclude(just_died).exclude(owner__in=dead_letters.administrators().values("user")))


def _held_too_long(seen: Seen) -> Iterable[UUID]:
    taken = ReviewTask.objects.filter(state=TaskState.TAKEN.value, lease_until__gt=seen.now + 2 * tasks.LEASE)
    return _keys(taken)


def _brought_in(state: ImportState) -> Callable[[Seen], Iterable[UUID]]:
    return lambda seen: _keys(Import.objects.filter(state=state.value))


def _keys(rows: object) -> list[UUID]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])  # type: ignore[attr-defined]


def _free(message: UUID, now: datetime) -> None:
    outbox.free(message, now=now)


INVARIANTS = (
    Invariant(
        name="messages.sent",
        noun=OutboxMessage,
        says="No message stays sent for more than twice the time after which it is rung for again.",
        broken=_sent_too_long,
        mend=_free,
    ),
    Invariant(
        name="messages.running",
        noun=OutboxMessage,
        says="No message runs for more than twice its lease, or under a lease that nobody gave.",
        broken=_running_too_long,
        mend=_free,
    ),
    Invariant(
        name="messages.ready",
        noun=OutboxMessage,
        says="No message waits for a time beyond the longest pause, unless for a policy to come into force.",
        broken=_ready_in_another_age,
        mend=_free,
    ),
    Invariant(
        name="messages.owned",
        noun=OutboxMessage,
        says="Every dead letter is on the list of an administrator.",
        broken=_dead_without_owner,
        mend=lambda message, now: dead_letters.note(message_id=message, now=now),
    ),
    Invariant(
        name="tasks.held",
        noun=ReviewTask,
        says="Nobody holds a review task under a lease longer than any that is given.",
        broken=_held_too_long,
        mend=lambda task, now: tasks.shorten(task_id=task, now=now),
    ),
    Invariant(
        name="imports.fetched",
        noun=Import,
        says="Every import that is to be fetched is being fetched, or is about to be.",
        broken=_brought_in(ImportState.FETCHING),
        work=MessageKind.FETCH,
    ),
    Invariant(
        name="imports.filed",
        noun=Import,
        says="Every import of which rows are to be filed is being filed, or is about to be.",
        broken=_brought_in(ImportState.FILING),
        work=MessageKind.IMPORT,
    ),
)
