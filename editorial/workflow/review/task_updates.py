"""Updates of a claim's review tasks, so that they match its agenda: in bulk, with an event for each task."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from editorial.models import Claim, ReviewTask
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.review import agenda
from editorial.policy.review.agenda import AgendaItem
from editorial.policy.system_events import SystemEvent
from editorial.policy.verification import thresholds
from editorial.policy.vocabulary import Risk, TaskState
from editorial.workflow.core import audit
from editorial.workflow.evidence import facts

# New facts, and a story that nears publication, end a snooze: its reason may no longer hold.
_AWAKE = {"snoozed_until": None, "snoozed_by": None, "snooze_reason": ""}


def apply_agenda(
    claim: Claim,
    tasks: list[ReviewTask],
    items: list[AgendaItem],
    policy: thresholds.PolicyRules,
    *,
    urgency: int,
    now: datetime,
) -> None:
    """Open, close, reopen and refresh tasks to match the agenda. `tasks`: all of the locked claim; kept current.

    People who take or return a task meanwhile do not lock the claim. So only columns are written that do not depend on
    theirs, and a task is updated, which waits for them, before its event continues their chain.
    """
    plan = agenda.plan(items, map(facts.task_facts, tasks))
    by_id = {str(task.pk): task for task in tasks}
    due_at = now + timedelta(hours=policy.rules[Risk(claim.risk)].review_hours)
    opened = [_build(claim, item, urgency, now, due_at) for item in plan.open]
    ReviewTask.objects.bulk_create(opened)
    reopened = [by_id[old.id] for old, _ in plan.reopen]
    for task, (_, item) in zip(reopened, plan.reopen, strict=True):
        _write([task], **_reopening(item, urgency, now, due_at))
    for old, item in plan.refresh:
        _write([by_id[old.id]], because=list(item.because), question=item.question, **_AWAKE)
    closed = [by_id[old.id] for old in plan.close]
    _write(closed, **_closing(now))
    live = [task for task in tasks if task.state in LIVE_STATES]
    _write([task for task in live if task.urgency > urgency], urgency=urgency)
    _write([task for task in live if task.urgency < urgency], urgency=urgency, **_AWAKE)
    tasks += opened
    events = [(task, SystemEvent.REVIEW_OPEN) for task in opened]
    events += [(task, SystemEvent.REVIEW_REOPEN) for task in reopened]
    events += [(task, SystemEvent.REVIEW_CLOSE) for task in closed]
    _log(events, claim, now, created=opened)


def close_all(claim: Claim, *, now: datetime) -> None:
    """Close the tasks of a locked claim that is no longer on file, even those that somebody has taken."""
    live = list(ReviewTask.objects.filter(claim=claim, state__in=LIVE_STATES))
    _write(live, **_closing(now))
    _log([(task, SystemEvent.REVIEW_CLOSE) for task in live], claim, now)


def _build(claim: Claim, item: AgendaItem, urgency: int, now: datetime, due_at: datetime) -> ReviewTask:
    return ReviewTask(
        claim=claim,
        queue=item.queue.value,
        kind=item.kind.value,
        subject=item.subject,
        question=item.question,
        because=list(item.because),
        urgency=urgency,
        opened_at=now,
        due_at=due_at,
    )


def _reopening(item: AgendaItem, urgency: int, now: datetime, due_at: datetime) -> dict[str, Any]:
    text = {"because": list(item.because), "question": item.question, "note": ""}
    times = {"opened_at": now, "due_at": due_at, "overdue_at": None, "ended_at": None}
    return {"state": TaskState.OPEN.value, "ended_by": None, "urgency": urgency, **text, **times}


def _closing(now: datetime) -> dict[str, Any]:
    state = {"state": TaskState.CLOSED.value, "taken_by": None, "lease_until": None}
    return {**state, **_AWAKE, "assigned_to": None, "assigned_by": None, "ended_at": now, "ended_by": None}


def _write(tasks: list[ReviewTask], **values: Any) -> None:
    if not tasks:
        return
    ReviewTask.objects.filter(pk__in=[task.pk for task in tasks]).update(**values)
    for task in tasks:
        for name, value in values.items():
            setattr(task, name, value)


def _log(
    events: list[tuple[ReviewTask, SystemEvent]], claim: Claim, now: datetime, *, created: Iterable[ReviewTask] = ()
) -> None:
    if not events:
        return
    audit.log_all(
        events,
        created=created,
        actor=None,
        now=now,
        desk_id=claim.desk_id,
        data=lambda task: {"claim": str(task.claim_id), "kind": task.kind},
    )
