"""Notifications of what an outlet says about the wire item behind a story. They neither name nor quote the outlet."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.notifications.formatting import format_time
from editorial.notifications.message_parts import Text, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.system_events import SystemEvent


def _embargo(context: EventContext, zone: ZoneInfo) -> Text:
    until = parse_datetime(str(context.data.get("until") or ""))
    end = f"It now ends {format_time(until, zone)}." if until else "The embargo has been lifted."
    if not context.data.get("readable", True):
        end = "It cannot be read, so the story is blocked until a senior editor overrides this."
    return "Embargo changed", [
        f"The outlet has changed the embargo of the wire item from which this story was drafted. {end}",
        "A published story stays up unless an editor withholds it.",
    ]


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    SystemEvent.WIRE_ITEM_CHANGE: simple(
        "Wire item changed",
        "The outlet has changed the wire item from which this story was drafted. The story is unchanged. Compare the "
        "new version, archived beside the old one, and update the story if needed.",
    ),
    SystemEvent.WIRE_ITEM_WITHDRAW: simple(
        "Wire item withdrawn",
        "The outlet has withdrawn the wire item from which this story was drafted. Its notice is archived with the "
        "story. The story can be neither scheduled nor published unless a senior editor overrides this; if it has "
        "already run, decide now whether to correct, withhold or retract it.",
    ),
    SystemEvent.WIRE_ITEM_RESTORE: simple(
        "Wire item usable again",
        "The outlet has released the wire item from which this story was drafted. If the story was taken off the "
        "schedule, schedule it again.",
    ),
    SystemEvent.WIRE_ITEM_EMBARGO: _embargo,
}
