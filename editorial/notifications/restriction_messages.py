"""Notifications of restrictions. They omit the reason, which can reveal what the restriction protects."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.notifications.formatting import format_time
from editorial.notifications.message_parts import SEE_REASON, Text, actor_name, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import RestrictionKind


def _restricted(subject: str) -> Callable[[EventContext, ZoneInfo], Text]:
    def compose(context: EventContext, zone: ZoneInfo) -> Text:
        kind, until = context.data.get("kind"), parse_datetime(str(context.data.get("until") or ""))
        label = f" – {RestrictionKind(kind).label.lower()}" if kind in set(RestrictionKind) else ""
        end = f"until {format_time(until, zone)}" if until else "until somebody lifts the restriction"
        return f"{subject.capitalize()} restricted{label}", [
            f"{actor_name(context)} restricted this {subject}. It may not be published {end}.",
            "Published stories stay up unless an editor withholds them.",
            SEE_REASON,
        ]

    return compose


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.STORY_RESTRICT: _restricted("story"),
    Action.STORY_LIFT_RESTRICTION: simple(
        "Restriction lifted", "{who} lifted a restriction on this story.", SEE_REASON
    ),
    Action.CLAIM_RESTRICT: _restricted("claim"),
    Action.CLAIM_LIFT_RESTRICTION: simple(
        "Restriction lifted", "{who} lifted a restriction on this claim.", SEE_REASON
    ),
    SystemEvent.RESTRICTION_EXPIRE: simple(
        "Restriction expired", "A restriction has expired. Others may still be in force; check the gate."
    ),
}
