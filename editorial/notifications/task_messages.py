"""Notifications of review tasks. They never quote a task's question."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.notifications import audiences
from editorial.notifications.formatting import format_time
from editorial.notifications.message_parts import Text, kind_label, label
from editorial.notifications.subjects import EventContext
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import TaskKind


def _tasks_opened(context: EventContext, _: ZoneInfo) -> Text:
    kinds = [TaskKind(kind).label for kind in audiences.opened_tasks(context).values_list("kind", flat=True)]
    kinds = list(dict.fromkeys(kinds)) or [label(TaskKind, context.data.get("kind"))]
    count = len(kinds)
    heading = f"{count} new tasks" if count > 1 else "New task"
    return heading, [f"Open on this claim: {', '.join(kinds).lower()}.", "Take one that you may do from the queue."]


def _task_expired(context: EventContext, _: ZoneInfo) -> Text:
    lead = f"Your time for a task ({kind_label(context, TaskKind)}) expired, so it is back in the queue."
    return "Task returned to the queue", [lead, "Take it again if you are still working on it."]


def _task_overdue(context: EventContext, zone: ZoneInfo) -> Text:
    return "Task overdue", [
        f"A task ({kind_label(context, TaskKind)}) was due by {format_time(context.row.due_at, zone)}."
    ]


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    SystemEvent.REVIEW_OPEN: _tasks_opened,
    SystemEvent.REVIEW_REOPEN: _tasks_opened,
    SystemEvent.REVIEW_EXPIRE: _task_expired,
    SystemEvent.REVIEW_OVERDUE: _task_overdue,
}
