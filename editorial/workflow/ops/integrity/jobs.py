"""Checks of pending work: no job, lease or import is stuck, and every dead letter has an owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from editorial import outbox
from editorial.models import CorroborationPolicy, Import, MessageKind, MessageState, OutboxMessage, ReviewTask
from editorial.policy.imports import ImportState
from editorial.policy.vocabulary import TaskState
from editorial.workflow.ops import dead_letters
from editorial.workflow.ops.integrity.checks import MAX_ROWS, CheckContext, IntegrityCheck
from editorial.workflow.review import tasks

MessageState = MessageState
_TOLERANCE = timedelta(seconds=30)  # until the scheduler has assigned a new dead letter


def _sent_too_long(context: CheckContext) -> Iterable[UUID]:
    earliest, latest = context.now - 2 * outbox.REDISPATCH_AFTER, context.now + outbox.REDISPATCH_AFTER
    overdue = Q(sent_at=None) | Q(sent_at__lt=earliest) | Q(sent_at__gt=latest)
    return _keys(OutboxMessage.objects.filter(overdue, state=MessageState.SENT.value))


def _running_too_long(context: CheckContext) -> Iterable[UUID]:
    expired = Q(lease_until__lt=context.now - outbox.LEASE) | Q(lease_until__gt=context.now + 2 * outbox.LEASE)
    return _keys(OutboxMessage.objects.filter(expired | Q(token=None), state=MessageState.RUNNING.value))


def _ready_too_far_ahead(context: CheckContext) -> Iterable[UUID]:
    """Messages due later than the longest backoff, except reassessments that wait for a policy to take effect."""
    policies = list(
        CorroborationPolicy.objects.filter(in_force_at__gt=context.now).values_list("in_force_at", flat=True)
    )
    too_late = Q(pk__in=[])
    for kind in MessageKind:
        too_late |= Q(kind=kind.value, available_at__gt=context.now + 2 * outbox.max_backoff(kind))
    waiting = OutboxMessage.objects.filter(too_late, state=MessageState.READY.value, available_at__gt=context.now)
    return _keys(waiting.exclude(kind=MessageKind.ASSESS_CLAIM.value, available_at__in=policies))


def _dead_without_owner(context: CheckContext) -> Iterable[UUID]:
    dead = OutboxMessage.objects.filter(state=MessageState.DEAD.value)
    just_died = Q(dead_at__gt=context.now - _TOLERANCE)
    return _keys(dead.exclude(just_died).exclude(owner__in=dead_letters.administrators().values("user")))


def _leased_too_long(context: CheckContext) -> Iterable[UUID]:
    taken = ReviewTask.objects.filter(state=TaskState.TAKEN.value, lease_until__gt=context.now + 2 * tasks.LEASE)
    return _keys(taken)


def _imports_in_state(state: ImportState) -> Callable[[CheckContext], Iterable[UUID]]:
    return lambda context: _keys(Import.objects.filter(state=state.value))


def _keys(rows: object) -> list[UUID]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MAX_ROWS])  # type: ignore[attr-defined]


def _release(message: UUID, now: datetime) -> None:
    outbox.release(message, now=now)


CHECKS = (
    IntegrityCheck(
        name="jobs.sent",
        model=OutboxMessage,
        message="No message stays sent for more than twice the redispatch time.",
        find_violations=_sent_too_long,
        repair=_release,
    ),
    IntegrityCheck(
        name="jobs.running",
        model=OutboxMessage,
        message="No message runs for more than twice its lease, or with an invalid lease.",
        find_violations=_running_too_long,
        repair=_release,
    ),
    IntegrityCheck(
        name="jobs.ready",
        model=OutboxMessage,
        message="No message is due later than the longest backoff, unless it waits for a policy to take effect.",
        find_violations=_ready_too_far_ahead,
        repair=_release,
    ),
    IntegrityCheck(
        name="jobs.owned",
        model=OutboxMessage,
        message="Every dead letter is assigned to an administrator.",
        find_violations=_dead_without_owner,
        repair=lambda message, now: dead_letters.triage(message_id=message, now=now),
    ),
    IntegrityCheck(
        name="tasks.lease",
        model=ReviewTask,
        message="No review task has a lease longer than the usual one.",
        find_violations=_leased_too_long,
        repair=lambda task, now: tasks.cap_lease(task_id=task, now=now),
    ),
    IntegrityCheck(
        name="imports.fetched",
        model=Import,
        message="Every import in state fetching has a pending fetch job.",
        find_violations=_imports_in_state(ImportState.FETCHING),
        requeue=MessageKind.FETCH,
    ),
    IntegrityCheck(
        name="imports.filed",
        model=Import,
        message="Every import in state filing has a pending job.",
        find_violations=_imports_in_state(ImportState.FILING),
        requeue=MessageKind.IMPORT,
    ),
)
