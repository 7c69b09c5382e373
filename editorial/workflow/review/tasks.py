"""Review tasks: take, extend, release, snooze and finish them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from editorial import outbox
from editorial.models import Claim, Desk, MessageKind, ReviewTask, User
from editorial.policy import access
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import TaskKind, TaskQueue, TaskState
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason, require_valid_times
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.review import task_offers

LEASE = timedelta(minutes=30)
MAX_SNOOZE = timedelta(days=30)

_OTHER_ROLE = "None of your roles may do this task."
_NOT_SECOND_REVIEWER = "You worked on this claim, or another role signs next. Somebody else must do this task."


@atomic_action
def take_next(
    *,
    queue: str | None = None,
    kind: str | None = None,
    desk_id: UUID | str | None = None,
    claim_id: UUID | str | None = None,
    actor: User,
    now: datetime,
) -> ReviewTask | None:
    """Take the most urgent open task that you may do, assigned ones first, for half an hour.

    Without one, the response is 204. Snoozed tasks, and those assigned to others, are left out.

    Concurrent callers get different tasks, as each skips rows that another has locked. Only if no other task is left
    does a caller wait for a locked one: a reassessment briefly locks all tasks of its claim.
    """
    if queue is not None and queue not in set(TaskQueue):
        raise ValidationFailed(Reason("UNKNOWN_QUEUE", f"Choose one of these queues: {', '.join(TaskQueue)}.", "queue"))
    if not (decision := access.token_allows(actor.facts(), Action.REVIEW_TAKE)):
        raise Forbidden(*decision.reasons, code="FORBIDDEN")
    candidates = task_offers.offered_to(actor, now).select_related("claim").order_by("-urgency", "due_at", "id")
    candidates = _narrow(candidates, actor, queue=queue, kind=kind, desk_id=desk_id, claim_id=claim_id)
    own = candidates.filter(assigned_to=actor)
    attempts = ((own, True), (candidates, True), (candidates, False))
    tasks = (rows.select_for_update(of=("self",), skip_locked=skip).first() for rows, skip in attempts)
    task = next(filter(None, tasks), None)
    return _take(task, actor, now) if task else None


@atomic_action
def take(*, task_id: UUID | str, actor: User, now: datetime) -> ReviewTask:
    """Take this task for half an hour. This ends its snooze, and its assignment to somebody else."""
    task = _lock(task_id, actor)
    require_permission(actor, Action.REVIEW_TAKE, task.access_facts())
    if task.state != TaskState.OPEN:
        raise Conflict(_why_not_open(task), code="NOT_OPEN")
    if not task_offers.doable_by(actor).filter(pk=task.pk).exists():
        second_review = task.kind == TaskKind.SECOND_REVIEW
        raise Conflict(_NOT_SECOND_REVIEWER if second_review else _OTHER_ROLE, code="FOUR_EYES")
    return _take(task, actor, now)


@atomic_action
def extend(*, task_id: UUID | str, actor: User, now: datetime) -> ReviewTask:
    """Extend the lease to half an hour from now."""
    task = _lock_taken(task_id, actor, Action.REVIEW_EXTEND)
    task.lease_until = now + LEASE
    task.save(update_fields=["lease_until"])
    _log(task, Action.REVIEW_EXTEND, actor, now)
    return task


@atomic_action
def release(*, task_id: UUID | str, actor: User, now: datetime) -> ReviewTask:
    """Return the task to its queue, unfinished, and end its assignment. The other person concerned is notified."""
    task = _lock(task_id, actor)
    if task.state != TaskState.TAKEN and not task.assigned_to_id:
        raise Conflict(_why_not_taken(task), code="NOT_TAKEN")
    require_permission(actor, Action.REVIEW_RELEASE, task.access_facts())
    concerned = task.assigned_by_id if task.holder_id == actor.pk else task.holder_id
    task.state, task.taken_by, task.lease_until = TaskState.OPEN.value, None, None
    task.assigned_to = task.assigned_by = None
    task.save()
    _log(task, Action.REVIEW_RELEASE, actor, now, holder=str(concerned or ""))
    return task


@atomic_action
def snooze(*, task_id: UUID | str, until: datetime, reason: str, actor: User, now: datetime) -> ReviewTask:
    """Return the task to its queue, and offer it to nobody until this time. It stays due when it was.

    Taking it, new facts about its question, and a more urgent story end the snooze earlier.
    """
    task = _lock(task_id, actor)
    require_permission(actor, Action.REVIEW_SNOOZE, task.access_facts())
    if task.state != TaskState.OPEN and task.taken_by_id != actor.pk:
        raise Conflict(_why_not_open(task), code="NOT_OPEN")
    reason = require_reason(reason, "Say why it has to wait.")
    require_valid_times(until=until)
    if not now < until <= now + MAX_SNOOZE:
        days = MAX_SNOOZE.days
        raise ValidationFailed(Reason("OUT_OF_RANGE", f"Choose a time within the next {days} days.", "until"))
    name_guard.check({"reason": reason}, claims=[task.claim], actor=actor, now=now)
    task.state, task.taken_by, task.lease_until = TaskState.OPEN.value, None, None
    task.snoozed_until, task.snoozed_by, task.snooze_reason = until, actor, reason
    task.save()
    _log(task, Action.REVIEW_SNOOZE, actor, now, until=until.isoformat())
    return task


@atomic_action
def finish(*, task_id: UUID | str, outcome: str, note: str = "", actor: User, now: datetime) -> ReviewTask:
    """Finish the task: `found`, once the result is recorded, or `exhausted`, with a note of what you tried."""
    if outcome not in (TaskState.FOUND, TaskState.EXHAUSTED):
        raise ValidationFailed(Reason("UNKNOWN_OUTCOME", "Choose one of these outcomes: found, exhausted.", "outcome"))
    unlocked = get_visible(ReviewTask, task_id, actor)
    lock(Claim, unlocked.claim_id, actor)  # before its task, as reassessing does
    task = _lock_taken(task_id, actor, Action.REVIEW_FINISH)
    if outcome == TaskState.EXHAUSTED:
        note = require_reason(note, "Say what you tried, for the next reviewer.")
    name_guard.check({"note": note}, claims=[task.claim], actor=actor, now=now)
    task.state, task.taken_by, task.lease_until = outcome, None, None
    task.assigned_to = task.assigned_by = None
    task.ended_at, task.ended_by, task.note = now, actor, note.strip()
    task.save()
    _log(task, Action.REVIEW_FINISH, actor, now, outcome=outcome)
    outbox.send(MessageKind.ASSESS_CLAIM, task.claim_id, now=now)
    return task


@atomic_action
def finish_and_take_next(
    *, task_id: UUID | str, outcome: str, note: str = "", actor: User, now: datetime
) -> ReviewTask | None:
    """Finish the task and take the most urgent one left in its queue. Returns None if there is none."""
    finished = finish(task_id=task_id, outcome=outcome, note=note, actor=actor, now=now)
    return take_next(queue=finished.queue, actor=actor, now=now)


@atomic_action
def expire(*, task_id: UUID | str, now: datetime) -> None:
    """Return a task whose lease has expired to its queue, and notify its holder. A system action."""
    task = lock(ReviewTask, task_id, None)
    if task.state != TaskState.TAKEN or task.lease_until is None or task.lease_until > now:
        return
    holder = str(task.taken_by_id)
    task.state, task.taken_by, task.lease_until = TaskState.OPEN.value, None, None
    task.save()
    _log(task, SystemEvent.REVIEW_EXPIRE, None, now, holder=holder)


@atomic_action
def cap_lease(*, task_id: UUID | str, now: datetime) -> None:
    """Shorten an overlong lease to the usual time. A system action."""
    task = lock(ReviewTask, task_id, None)
    if task.state == TaskState.TAKEN and task.lease_until and task.lease_until > now + LEASE:
        task.lease_until = now + LEASE
        task.save(update_fields=["lease_until"])


def _narrow(
    tasks: QuerySet[ReviewTask],
    actor: User,
    *,
    queue: str | None,
    kind: str | None,
    desk_id: UUID | str | None,
    claim_id: UUID | str | None,
) -> QuerySet[ReviewTask]:
    """The tasks of this queue, of this kind, of this desk's claims, and of this claim, where one is given."""
    if kind is not None and kind not in set(TaskKind):
        raise ValidationFailed(Reason("UNKNOWN_KIND", f"Choose one of these kinds: {', '.join(TaskKind)}.", "kind"))
    desk = get_visible(Desk, desk_id, actor, field="desk").pk if desk_id else None
    claim = get_visible(Claim, claim_id, actor, field="claim").pk if claim_id else None
    wanted = {"queue": queue, "kind": kind, "claim__desk": desk, "claim": claim}
    return tasks.filter(**{column: value for column, value in wanted.items() if value})


def _take(task: ReviewTask, actor: User, now: datetime) -> ReviewTask:
    task.state, task.taken_by, task.lease_until = TaskState.TAKEN.value, actor, now + LEASE
    task.snoozed_until, task.snoozed_by, task.snooze_reason = None, None, ""
    if task.assigned_to_id != actor.pk:
        task.assigned_to = task.assigned_by = None
    task.save()
    _log(task, Action.REVIEW_TAKE, actor, now)
    return task


def _lock(task_id: UUID | str, actor: User) -> ReviewTask:
    return lock(ReviewTask, task_id, actor)


def _lock_taken(task_id: UUID | str, actor: User, action: Action) -> ReviewTask:
    task = _lock(task_id, actor)
    # Check the state first: a task that was just closed has no holder, and "not the holder" would mislead.
    if task.state != TaskState.TAKEN:
        raise Conflict(_why_not_taken(task), code="NOT_TAKEN")
    require_permission(actor, action, task.access_facts())
    return task


def _why_not_open(task: ReviewTask) -> str:
    if task.state == TaskState.TAKEN:
        until = f"{task.lease_until:%H:%M} UTC" if task.lease_until else "later"
        return f"{task.taken_by} has taken this task until {until}."
    return f"This task is already finished ({task.state})."


def _why_not_taken(task: ReviewTask) -> str:
    if task.state == TaskState.OPEN:
        return "Nobody holds this task; your lease may have expired. Take it again."
    return f"This task is already finished ({task.state})."


def _log(task: ReviewTask, action: str, actor: User | None, now: datetime, **data: str) -> None:
    audit.log(
        task, action, actor=actor, now=now, desk_id=task.claim.desk_id, claim=str(task.claim_id), kind=task.kind, **data
    )
