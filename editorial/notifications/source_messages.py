"""Notifications about confidential sources. They name nobody but colleagues."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.models import MatchingAttempt, User
from editorial.notifications.message_parts import SEE_REASON, Text, actor_name, display_name, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent


def _matching_locked(context: EventContext, _: ZoneInfo) -> Text:
    person = User.objects.filter(pk__in=[context.data.get("person")]).first()
    return "ALERT: identity matching locked", [
        f"{display_name(person) if person else 'Somebody'} compared an unusual number of names with those of "
        "confidential sources. Their identity matching is locked.",
        "Find out why before an administrator unlocks it. Their account may be compromised.",
    ]


def _compared(context: EventContext, _: ZoneInfo) -> Text:
    if isinstance(context.row, MatchingAttempt):
        return "Text with a confidential name refused", [
            f"{actor_name(context)} wrote a text that contains all or part of the name of a confidential source of "
            f"your desk. The text was refused, so {actor_name(context)} now knows that the name belongs to a source.",
            "If you did not expect this, ask what it was for.",
        ]
    return "Identity compared with the vault", [
        f"{actor_name(context)} entered an identity, which was compared with those in the vault.",
        "If you did not expect this, ask why.",
    ]


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.SOURCE_REPLACE_IDENTITY: simple(
        "Source identity replaced",
        "{who} sealed another identity for an unnamed source. The vault keeps the former one.",
        SEE_REASON,
    ),
    Action.SOURCE_REQUEST_UNMASK: simple(
        "Request to reveal a source",
        "{who} requested to reveal the identity of an unnamed source.",
        "Open it in the newsroom, read the reason, and approve it only if you agree. It expires within an hour.",
    ),
    Action.SOURCE_APPROVE_UNMASK: simple(
        "Request to reveal a source approved",
        "{who} approved a request to reveal the identity of an unnamed source.",
        SEE_REASON,
    ),
    Action.SOURCE_BREAK_GLASS: simple(
        "ALERT: source identity revealed without approval",
        "{who} revealed the identity of an unnamed source without a second person.",
        "Open it in the newsroom, read the reason, and speak to them now. If they did not do it, their account is "
        "compromised: deactivate it.",
    ),
    SystemEvent.NAME_IN_COPY: simple(
        "Confidential name in the copy",
        "The copy of this story contains a name, or part of one, of a confidential source that it relies on.",
        "Remove it, unless it is certainly another person's.",
    ),
    SystemEvent.IDENTITY_COMPARE: _compared,
    SystemEvent.MATCHING_LOCK: _matching_locked,
    Action.MATCHING_UNLOCK: simple(
        "Identity matching unlocked", "{who} unlocked a person's identity matching.", SEE_REASON
    ),
    Action.SOURCE_UNMASK: simple(
        "Source identity revealed", "{who} revealed the identity of an unnamed source.", SEE_REASON
    ),
}
