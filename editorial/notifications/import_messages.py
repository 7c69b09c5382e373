"""Notifications about scheduled imports. They name the desk and no address, which may contain a password."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.notifications.formatting import one_line
from editorial.notifications.message_parts import Text, actor_name
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent


def _about(heading: str, sentence: str, *more: str) -> Callable[[EventContext, ZoneInfo], Text]:
    def message(context: EventContext, _: ZoneInfo) -> Text:
        desk, who = one_line(context.row.desk.name), actor_name(context)
        return heading, [sentence.format(desk=desk, who=who, failures=context.data.get("failures", "several")), *more]

    return message


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.SCHEDULED_IMPORT_PAUSE: _about(
        "Scheduled import paused",
        "{who} paused a scheduled import of the desk {desk} that files in your name.",
    ),
    Action.SCHEDULED_IMPORT_REVISE: _about(
        "Scheduled import taken over",
        "{who} revised a scheduled import of the desk {desk}. It no longer files in your name.",
    ),
    SystemEvent.SCHEDULED_IMPORT_FAIL: _about(
        "Scheduled import failing",
        "A scheduled import of the desk {desk} has failed {failures} times in a row. It is tried less and less often.",
        "Its page says why. Correct its URL, or pause it.",
    ),
    SystemEvent.SCHEDULED_IMPORT_RECOVER: _about(
        "Scheduled import works again", "A scheduled import of the desk {desk} works again after {failures} failures."
    ),
    SystemEvent.SCHEDULED_IMPORT_AUTO_PAUSE: _about(
        "Scheduled import paused: it can no longer run",
        "A scheduled import of the desk {desk} was paused, because it can no longer be fetched or filed.",
        "Its page says why. Resume it once that is settled.",
    ),
}
