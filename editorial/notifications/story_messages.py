"""Notices about a story's ways back."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.notifications.formatting import format_time
from editorial.notifications.message_parts import SEE_REASON, Text, actor_name, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent


def _clearance_void(context: EventContext, zone: ZoneInfo) -> Text:
    sentences = [f"{actor_name(context)} revised the copy. An editor who did not write it must clear it again."]
    if at := parse_datetime(str(context.data.get("at", ""))):
        sentences.append(f"It was scheduled for {format_time(at, zone)} and is now off the schedule.")
    return "Clearance void", sentences


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.STORY_SEND_BACK: simple(
        "Story sent back", "{who} sent this story back to its authors. It is a draft again.", SEE_REASON
    ),
    Action.STORY_UNSCHEDULE: simple(
        "Story taken off the schedule",
        "{who} took this story off the schedule. It stays cleared and will not run by itself.",
    ),
    Action.STORY_UNSPIKE: simple("Story unspiked", "{who} took this story up again. It is a draft.", SEE_REASON),
    Action.STORY_RESTORE: simple("Story restored", "{who} published this story again, unchanged.", SEE_REASON),
    SystemEvent.STORY_VOID_CLEARANCE: _clearance_void,
}
