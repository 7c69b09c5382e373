"""Checks of pending work: no job, lease or import is stuck, and every dead letter has an owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from editorial import backlog, outbox, retries
from editorial.models import CorroborationPolicy, Import, MessageKind, MessageState, OutboxMessage, ReviewTask
from editorial.policy.imports import ImportState
from editorial.policy.vocabulary import TaskState
from editorial.workflow.ops import dead_letters
from editorial.workflow.ops.integrity.checks import MAX_ROWS, CheckContext, integrity_check
from editorial.workflow.review import tasks

_TOLERANCE = timedelta(seconds=30)  # until the scheduler has assigned a new dead letter


def _keys(rows: object) -> list[UUID]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MAX_ROWS])  # type: ignore[attr-defined]


def _release(message: UUID, now: datetime) -> None:
    backlog.release(message, now=now)


def _triage(message: UUID, now: datetime) -> None:
    dead_letters.triage(message_id=message, now=now)


@integrity_check("jobs.sent", OutboxMessage, repair=_release)
def _sent_too_long(context: CheckContext) -> Iterable[UUID]:
    """No message stays sent for more than twice the redispatch time."""
    earliest, latest = context.now - 2 * outbox.REDISPATCH_AFTER, context.now + outbox.REDISPATCH_AFTER
    overdue = Q(sent_at=None) | Q(sent_at__lt=earliest) | Q(sent_at__gt=latest)
    return _keys(OutboxMessage.objects.filter(overdue, state=MessageState.SENT.value))


@integrity_check("jobs.running", OutboxMessage, repair=_release)
def _running_too_long(context: CheckContext) -> Iterable[UUID]:
    """No message runs for more than twice its lease, or with an invalid lease."""
    expired = Q(lease_until__lt=context.now - outbox.LEASE) | Q(lease_until__gt=context.now + 2 * outbox.LEASE)
    return _keys(OutboxMessage.objects.filter(expired | Q(token=None), state=MessageState.RUNNING.value))


@integrity_check("jobs.ready", OutboxMessage, repair=_release)
def _ready_too_far_ahead(context: CheckContext) -> Iterable[UUID]:
    """No message is due later than the longest backoff, except digests, and what waits for a policy to take effect."""
    policies = list(
        CorroborationPolicy.objects.filter(in_force_at__gt=context.now).values_list("in_force_at", flat=True)
    )
    too_late = Q(pk__in=[])
    for kind in set(MessageKind) - {MessageKind.COMPOSE_EMAILS}:  # `emails.composed` finds late ones
        too_late |= Q(kind=kind.value, available_at__gt=context.now + 2 * retries.max_backoff(kind))
    waiting = OutboxMessage.objects.filter(too_late, state=MessageState.READY.value, available_at__gt=context.now)
    return _keys(waiting.exclude(kind=MessageKind.ASSESS_CLAIM.value, available_at__in=policies))


@integrity_check("jobs.owned", OutboxMessage, repair=_triage)
def _dead_without_owner(context: CheckContext) -> Iterable[UUID]:
    """Every dead letter is assigned to an administrator."""
    dead = OutboxMessage.objects.filter(state=MessageState.DEAD.value)
    just_died = Q(dead_at__gt=context.now - _TOLERANCE)
    return _keys(dead.exclude(just_died).exclude(owner__in=dead_letters.administrators().values("user")))


@integrity_check("tasks.lease", ReviewTask, repair=lambda task, now: tasks.cap_lease(task_id=task, now=now))
def _leased_too_long(context: CheckContext) -> Iterable[UUID]:
    """No review task has a lease longer than the usual one."""
    taken = ReviewTask.objects.filter(state=TaskState.TAKEN.value, lease_until__gt=context.now + 2 * tasks.LEASE)
    return _keys(taken)


@integrity_check("imports.fetched", Import, requeue=MessageKind.FETCH)
def _unfetched(context: CheckContext) -> Iterable[UUID]:
    """Every import in state fetching has a pending fetch job."""
    return _keys(Import.objects.filter(state=ImportState.FETCHING.value))


@integrity_check("imports.filed", Import, requeue=MessageKind.IMPORT)
def _unfiled(context: CheckContext) -> Iterable[UUID]:
    """Every import in state filing has a pending job."""
    return _keys(Import.objects.filter(state=ImportState.FILING.value))


CHECKS = (
    _sent_too_long,
    _running_too_long,
    _ready_too_far_ahead,
    _dead_without_owner,
    _leased_too_long,
    _unfetched,
    _unfiled,
)
