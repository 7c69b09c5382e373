"""Assignments: reserve open review tasks for a person, who is notified once, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from editorial.models import ReviewTask, User
from editorial.policy.actions import Action
from editorial.policy.vocabulary import TaskState
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_all_visible, get_visible, lock_many
from editorial.workflow.review import task_offers

MAX_TASKS = 100


@atomic_action
def assign(*, task_id: UUID | str, assignee_id: UUID | str, actor: User, now: datetime) -> ReviewTask:
    """Reserve the open task for a person, who is notified. Colleagues may still take it, but are not offered it."""
    return _assign([task_id], assignee_id, actor, now, field="id")[0]


@atomic_action
def assign_many(
    *, task_ids: Iterable[UUID | str], assignee_id: UUID | str, actor: User, now: datetime
) -> list[ReviewTask]:
    """Reserve several open tasks for a person: all of them, or none. The person gets one notification."""
    keys = list(task_ids)
    if not 0 < len(keys) <= MAX_TASKS:
        raise ValidationFailed(Reason("OUT_OF_RANGE", f"Choose between 1 and {MAX_TASKS} tasks.", "tasks"))
    get_all_visible(ReviewTask, keys, actor, field="tasks")
    return _assign(keys, assignee_id, actor, now, field="tasks")


def _assign(
    keys: list[UUID | str], assignee_id: UUID | str, actor: User, now: datetime, *, field: str
) -> list[ReviewTask]:
    tasks = lock_many(ReviewTask, keys, actor, field=field)
    for task in tasks:
        require_permission(actor, Action.REVIEW_ASSIGN, task.access_facts())
    assignee = get_visible(User, assignee_id, None, field="assignee")
    _require_open(tasks, field)
    _require_doable(tasks, assignee)
    former = {task.pk: task.assigned_to_id for task in tasks}
    for task in tasks:
        task.assigned_to, task.assigned_by = assignee, actor
        task.save(update_fields=["assigned_to", "assigned_by"])
    _log(tasks, assignee, former, actor, now)
    return tasks


def _require_open(tasks: list[ReviewTask], field: str) -> None:
    """Refuse tasks that somebody works on, or that have ended, each by its question."""
    closed = [task for task in tasks if task.state != TaskState.OPEN]
    if closed:
        raise Conflict(*(Reason("NOT_OPEN", _why_not_open(task), field) for task in closed))


def _why_not_open(task: ReviewTask) -> str:
    if task.state == TaskState.TAKEN:
        return f"{task.taken_by} is working on “{task.question}”. Release it first, or leave it out."
    return f"“{task.question}” is already finished ({task.state}). Leave it out."


def _require_doable(tasks: list[ReviewTask], assignee: User) -> None:
    """Refuse tasks that the assignee may not do."""
    doable = set(
        task_offers.doable_by(assignee).filter(pk__in=[task.pk for task in tasks]).values_list("pk", flat=True)
    )
    refused = [task for task in tasks if task.pk not in doable]
    if refused:
        why = "another role or desk does it, or they worked on the claim"
        reasons = (f"{assignee} may not do “{task.question}”: {why}. Choose somebody else." for task in refused)
        raise ValidationFailed(*(Reason("NOT_FOR_ASSIGNEE", reason, "assignee") for reason in reasons))


def _log(tasks: list[ReviewTask], assignee: User, former: dict[UUID, UUID | None], actor: User, now: datetime) -> None:
    """Log an event for each task. The first one of the assignee, and of each former assignee, notifies them of all."""
    first_of = {str(former[task.pk]): task for task in reversed(tasks) if former[task.pk] not in (None, assignee.pk)}
    notified: dict[UUID, dict[str, str]] = {tasks[0].pk: {"holder": str(assignee.pk)}}
    for person, task in first_of.items():
        notified.setdefault(task.pk, {})["former"] = person
    about_all = {"to": str(assignee.pk), "others": len(tasks) - 1}
    entries = [
        audit.Entry(
            task,
            Action.REVIEW_ASSIGN,
            task.claim.desk_id,
            {"claim": str(task.claim_id), "kind": task.kind, **about_all, **notified.get(task.pk, {})},
        )
        for task in tasks
    ]
    audit.log_all(entries, actor=actor, now=now)
