"""Updates of a claim's review tasks, so that they match its agenda, with an event for each task.

People who take or return a task meanwhile do not lock the claim. So only columns are written that do not depend on
theirs.
"""

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
from editorial.workflow.core.changes import Changes
from editorial.workflow.evidence import facts

# New facts, and a story that nears publication, end a snooze: its reason may no longer hold.
_NO_SNOOZE = {"snoozed_until": None, "snoozed_by": None, "snooze_reason": ""}


def apply_agenda(
    claim: Claim,
    tasks: list[ReviewTask],
    items: list[AgendaItem],
    policy: thresholds.PolicyRules,
    changes: Changes,
    *,
    urgency: int,
) -> None:
    """Open, close, reopen and refresh tasks to match the agenda. `tasks`: all of the locked claim; kept current."""
    now = changes.now
    plan = agenda.plan(items, map(facts.task_facts, tasks))
    by_id = {str(task.pk): task for task in tasks}
    due_at = now + timedelta(hours=policy.rules[Risk(claim.risk)].review_hours)
    opened = [_build(claim, item, urgency, now, due_at) for item in plan.open]
    changes.insert(opened)
    reopened = [by_id[old.id] for old, _ in plan.reopen]
    for task, (_, item) in zip(reopened, plan.reopen, strict=True):
        changes.update([task], **_reopening(item, urgency, now, due_at))
    for old, item in plan.refresh:
        changes.update([by_id[old.id]], because=list(item.because), question=item.question, **_NO_SNOOZE)
    closed = [by_id[old.id] for old in plan.close]
    changes.update(closed, **_closing(now))
    live = [task for task in tasks if task.state in LIVE_STATES]
    changes.update([task for task in live if task.urgency > urgency], urgency=urgency)
    changes.update([task for task in live if task.urgency < urgency], urgency=urgency, **_NO_SNOOZE)
    tasks += opened
    _log(opened, SystemEvent.REVIEW_OPEN, claim, changes)
    _log(reopened, SystemEvent.REVIEW_REOPEN, claim, changes)
    _log(closed, SystemEvent.REVIEW_CLOSE, claim, changes)


def close_all(claim: Claim, tasks: Iterable[ReviewTask], changes: Changes) -> None:
    """Close the tasks of a locked claim that is no longer on file, even those that somebody has taken."""
    live = [task for task in tasks if task.state in LIVE_STATES]
    changes.update(live, **_closing(changes.now))
    _log(live, SystemEvent.REVIEW_CLOSE, claim, changes)


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
    return {**state, **_NO_SNOOZE, "assigned_to": None, "assigned_by": None, "ended_at": now, "ended_by": None}


def _log(tasks: Iterable[ReviewTask], action: SystemEvent, claim: Claim, changes: Changes) -> None:
    for task in tasks:
        changes.log(task, action, desk_id=claim.desk_id, claim=str(claim.pk), kind=task.kind)
