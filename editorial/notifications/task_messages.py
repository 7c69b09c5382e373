"""Notifications of review tasks: assigned, released, returned, overdue."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.models import User
from editorial.notifications.formatting import format_time
from editorial.notifications.message_parts import Text, actor_name, display_name, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import TaskKind


def _expired(context: EventContext, _: ZoneInfo) -> Text:
    lead = f"Your time for a task ({_kind(context)}) expired, so it is back in the queue."
    return "Task returned to the queue", [lead, "Take it again if you are still working on it."]


def _overdue(context: EventContext, zone: ZoneInfo) -> Text:
    return "Task overdue", [f"A task ({_kind(context)}) was due by {format_time(context.row.due_at, zone)}."]


def _assigned(context: EventContext, _: ZoneInfo) -> Text:
    others, person = int(context.data.get("others") or 0), User.objects.filter(pk__in=[context.data.get("to")]).first()
    more = f" and {others} {'others' if others > 1 else 'other'}" if others else ""
    what = f"{actor_name(context)} assigned this task ({_kind(context)}){more}"
    return f"{others + 1} tasks assigned" if others else "Task assigned", [
        f"{what} to {display_name(person) if person else 'somebody'}.",
        "“Take next” offers the assigned tasks first.",
    ]


def _kind(context: EventContext) -> str:
    kind = context.data.get("kind")
    return TaskKind(str(kind)).label.lower() if kind in set(TaskKind) else "task"


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.REVIEW_ASSIGN: _assigned,
    Action.REVIEW_RELEASE: simple(
        "Task released", "{who} released a task on this claim.", "It is back in the queue, for everybody who may do it."
    ),
    SystemEvent.REVIEW_EXPIRE: _expired,
    SystemEvent.REVIEW_OVERDUE: _overdue,
}
