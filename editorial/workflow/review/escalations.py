"""Escalation of review tasks and reply requests: reminders, overdue tasks, and who is notified of them next."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import Escalation, Event, ReplyRequest, ReviewTask
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.review import escalation
from editorial.policy.review.escalation import EscalationStep, TaskDeadline
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import ReplyOutcome
from editorial.workflow.core import audit, escalations
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.locking import get_visible, lock

_EVENTS = {
    EscalationStep.DESK: SystemEvent.REVIEW_ESCALATE,
    EscalationStep.DUTY: SystemEvent.REVIEW_ESCALATE_TO_DUTY,
}


@atomic_action
def remind_of_task(*, task_id: UUID | str, now: datetime) -> None:
    """Remind its assignee, once, that a task is due soon. A system action."""
    task = lock(ReviewTask, task_id, None)
    if task.state not in LIVE_STATES or task.due_at <= now or not task.holder_id or task.is_snoozed(now):
        return
    _announce(task, EscalationStep.REMIND, SystemEvent.REVIEW_REMIND, now)


@atomic_action
def mark_overdue(*, task_id: UUID | str, now: datetime) -> None:
    """Record, once, that a task is overdue, and notify its assignee. A system action."""
    task = lock(ReviewTask, task_id, None)
    if task.overdue_at or task.due_at > now or task.state not in LIVE_STATES:
        return
    task.overdue_at = now
    task.save(update_fields=["overdue_at"])
    _announce(task, EscalationStep.OVERDUE, SystemEvent.REVIEW_OVERDUE, now)
    _plan_next(task, EscalationStep.OVERDUE)


@atomic_action
def escalate(*, escalation_id: UUID | str, now: datetime) -> None:
    """Notify the next people of an overdue task on which nobody works. A system action.

    While somebody has taken or snoozed it, the step waits. If it has ended or is due at another time, nothing happens.
    """
    _, _, task_id = get_visible(Escalation, escalation_id, None).stream.partition(":")
    task = lock(ReviewTask, task_id, None)  # before anything else, as all actions do
    step = lock(Escalation, escalation_id, None)
    if step.settled_at or step.run_at > now:
        return
    if escalation.is_pointless(_facts(task), step.due_at):
        step.settled_at = now
        step.save(update_fields=["settled_at"])
    elif until := escalation.postponed_until(_facts(task), now):
        step.run_at = until
        step.save(update_fields=["run_at"])
    else:
        step.event = _log(task, EscalationStep(step.step), now)
        step.settled_at = now
        step.save(update_fields=["settled_at", "event"])
        _plan_next(task, EscalationStep(step.step))


@atomic_action
def remind_of_reply(*, request_id: UUID | str, now: datetime) -> None:
    """Remind the person who recorded it, once, that the deadline of a reply request is near. A system action."""
    request = lock(ReplyRequest, request_id, None)
    deadline = request.deadline_at
    if deadline is None or deadline <= now or request.outcome != ReplyOutcome.PENDING:
        return
    claims = list(request.covers.order_by("pk"))
    escalations.announce(
        request,
        EscalationStep.REMIND,
        SystemEvent.REPLY_REMIND,
        due_at=deadline,
        now=now,
        desk_id=claims[0].desk_id,
        claims=[str(claim.pk) for claim in claims],
    )


def _announce(task: ReviewTask, step: EscalationStep, event: SystemEvent, now: datetime) -> None:
    escalations.announce(task, step, event, due_at=task.due_at, now=now, desk_id=task.claim.desk_id, **_data(task))


def _plan_next(task: ReviewTask, step: EscalationStep) -> None:
    following = escalation.next_step(step)
    if following is not None:
        run_at = escalation.step_due_at(following, task.due_at, held=task.holder_id is not None)
        escalations.plan(task, following, due_at=task.due_at, run_at=run_at)


def _facts(task: ReviewTask) -> TaskDeadline:
    return TaskDeadline(
        live=task.state in LIVE_STATES,
        due_at=task.due_at,
        lease_until=task.lease_until,
        snoozed_until=task.snoozed_until,
    )


def _log(task: ReviewTask, step: EscalationStep, now: datetime) -> Event:
    return audit.log(task, _EVENTS[step], actor=None, now=now, desk_id=task.claim.desk_id, **_data(task))


def _data(task: ReviewTask) -> dict[str, Any]:
    holder = str(task.holder_id or "")
    return {"claim": str(task.claim_id), "kind": task.kind, "due": task.due_at.isoformat(), "holder": holder}
