"""Parts of notifications: a fixed text, and the names of people."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.models import User
from editorial.notifications.formatting import one_line
from editorial.notifications.subjects import EventContext

Text = tuple[str, list[str]]
"""A notification's heading and sentences."""
SEE_REASON = "Open it in the newsroom to read the reason."


def simple(subject: str, *sentences: str) -> Callable[[EventContext, ZoneInfo], Text]:
    """A fixed subject and body; {who} in a sentence is the actor's name."""

    def compose_simple(context: EventContext, _: ZoneInfo) -> Text:
        return subject, [sentence.format(who=actor_name(context)) for sentence in sentences]

    return compose_simple


def actor_name(context: EventContext) -> str:
    """The actor's name."""
    return display_name(context.event.actor) if context.event.actor else "The newsroom"


def display_name(person: User) -> str:
    """The person's name on one line."""
    return one_line(person.get_full_name() or person.get_username())
