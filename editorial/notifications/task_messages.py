"""Notifications of review tasks. They never quote a task's question."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.models import User
from editorial.notifications import audiences
from editorial.notifications.formatting import format_time
from editorial.notifications.message_parts import Text, actor_name, display_name, kind_label, label, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import TaskKind


def _tasks_opened(context: EventContext, _: ZoneInfo) -> Text:
    kinds = [TaskKind(kind).label for kind in audiences.opened_tasks(context).values_list("kind", flat=True)]
    kinds = list(dict.fromkeys(kinds)) or [label(TaskKind, context.data.get("kind"))]
    count = len(kinds)
    heading = f"{count} new tasks" if count > 1 else "New task"
    return heading, [f"Open on this claim: {', '.join(kinds).lower()}.", "Take one from the queue."]


def _task_expired(context: EventContext, _: ZoneInfo) -> Text:
    lead = f"Your time for a task ({kind_label(context, TaskKind)}) expired, so it is back in the queue."
    return "Task returned to the queue", [lead, "Take it again if you are still working on it."]


def _task_near(context: EventContext, zone: ZoneInfo) -> Text:
    return "Task due soon", [
        f"Your task ({kind_label(context, TaskKind)}) is due by {_due(context, zone)}.",
        "Finish it, or release it so that somebody else can take it.",
    ]


def _task_overdue(context: EventContext, zone: ZoneInfo) -> Text:
    return "Task overdue", [
        f"Your task ({kind_label(context, TaskKind)}) was due by {_due(context, zone)}.",
        "Finish it, or release it so that somebody else can take it.",
    ]


def _task_escalated(context: EventContext, zone: ZoneInfo) -> Text:
    return "Overdue task", [_nobody_works(context, zone), "Take it, or assign it to somebody."]


def _task_escalated_to_duty(context: EventContext, zone: ZoneInfo) -> Text:
    return "Overdue task, nobody took it", [
        _nobody_works(context, zone),
        "The editors of the desk have been notified. You are on duty: make sure that somebody takes it.",
    ]


def _nobody_works(context: EventContext, zone: ZoneInfo) -> str:
    kind = kind_label(context, TaskKind)
    return f"A task ({kind}) was due by {_due(context, zone)}, and nobody is working on it."


def _due(context: EventContext, zone: ZoneInfo) -> str:
    return format_time(parse_datetime(str(context.data.get("due", ""))) or context.row.due_at, zone)


def _assigned(context: EventContext, _: ZoneInfo) -> Text:
    others, person = int(context.data.get("others") or 0), User.objects.filter(pk__in=[context.data.get("to")]).first()
    more = f" and {others} {'others' if others > 1 else 'other'}" if others else ""
    what = f"{actor_name(context)} assigned this task ({kind_label(context, TaskKind)}){more}"
    return f"{others + 1} tasks assigned" if others else "Task assigned", [
        f"{what} to {display_name(person) if person else 'somebody'}.",
        "“Take next” offers the assigned tasks first.",
    ]


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.REVIEW_ASSIGN: _assigned,
    Action.REVIEW_RELEASE: simple(
        "Task released", "{who} released a task on this claim.", "It is back in the queue, for everybody who may do it."
    ),
    SystemEvent.REVIEW_OPEN: _tasks_opened,
    SystemEvent.REVIEW_REOPEN: _tasks_opened,
    SystemEvent.REVIEW_EXPIRE: _task_expired,
    SystemEvent.REVIEW_REMIND: _task_near,
    SystemEvent.REVIEW_OVERDUE: _task_overdue,
    SystemEvent.REVIEW_ESCALATE: _task_escalated,
    SystemEvent.REVIEW_ESCALATE_TO_DUTY: _task_escalated_to_duty,
}
