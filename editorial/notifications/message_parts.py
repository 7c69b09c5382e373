"""Parts of notifications: a fixed text, and the names of people."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.models import User
from editorial.notifications.formatting import one_line
from editorial.notifications.subjects import EventContext
from editorial.policy.vocabulary import ChoiceEnum, RemedyKind

Text = tuple[str, list[str]]
"""A notification's heading and sentences."""
SEE_REASON = "Open it in the newsroom to read the reason."


def simple(subject: str, *sentences: str) -> Callable[[EventContext, ZoneInfo], Text]:
    """A fixed subject and body; {who} in a sentence is the actor's name."""

    def compose_simple(context: EventContext, _: ZoneInfo) -> Text:
        return subject, [sentence.format(who=actor_name(context)) for sentence in sentences]

    return compose_simple


def actor_name(context: EventContext) -> str:
    return display_name(context.event.actor) if context.event.actor else "The newsroom"


def display_name(person: User) -> str:
    """The person's name on one line."""
    return one_line(person.get_full_name() or person.get_username())


def label(vocabulary: type[ChoiceEnum], value: object) -> str:
    """The value's label; “None” if the event holds no such value."""
    return vocabulary(str(value)).label if value in set(vocabulary) else "None"


def remedy_with_article(value: object) -> str:
    """The remedy in a sentence, such as “a correction”."""
    name = label(RemedyKind, value).lower()
    return f"{'an' if name.startswith(('e', 'u')) else 'a'} {name}"


def kind_label(context: EventContext, vocabulary: type[ChoiceEnum]) -> str:
    """The label of the event's kind, within a sentence."""
    return label(vocabulary, context.data.get("kind")).lower()
