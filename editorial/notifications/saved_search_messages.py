"""Notifications of saved searches. They count what was found and quote nothing of it: the search page shows it."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.notifications.message_parts import Text
from editorial.notifications.subjects import EventContext
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import SearchedType

_PLURALS = {"story": "stories", "exhibit": "archived copies"}


def _found(context: EventContext, _: ZoneInfo) -> Text:
    counts = context.data.get("found", {})
    found = ", ".join(_counted(kind, counts[kind]) for kind in SearchedType if kind in counts)
    return "New matches of your saved search", [f"“{context.row.name}” now also finds {found}."]


def _counted(kind: str, count: int) -> str:
    singular = SearchedType(kind).label.lower()
    return f"1 {singular}" if count == 1 else f"{count} {_PLURALS.get(kind, f'{singular}s')}"


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {SystemEvent.SAVED_SEARCH_MATCH: _found}
