"""Notifications of comments. They never quote a comment, which can contain a name."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.models import Comment
from editorial.notifications.message_parts import Text, actor_name, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent

_READ = "Open it in the newsroom to read it."
_PLACES = {
    "claim": "this claim",
    "statement": "a statement on this claim",
    "story": "this story",
    "task": "a task on this claim",
}


def _commented(context: EventContext, _: ZoneInfo) -> Text:
    place = _place(context)
    if context.mentions_reader:
        return "You are mentioned", [f"{actor_name(context)} mentions you in a comment on {place}.", _READ]
    return "New reply", [f"{actor_name(context)} replied in your thread on {place}.", _READ]


def _resolved(context: EventContext, _: ZoneInfo) -> Text:
    return "Thread resolved", [f"{actor_name(context)} resolved your thread on {_place(context)}."]


def _reopened(context: EventContext, _: ZoneInfo) -> Text:
    return "Thread reopened", [f"{actor_name(context)} reopened your thread on {_place(context)}.", _READ]


def _place(context: EventContext) -> str:
    comment: Comment = context.row
    return next(place for name, place in _PLACES.items() if getattr(comment, f"{name}_id"))


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.COMMENT_ADD: _commented,
    Action.COMMENT_EDIT: _commented,
    Action.COMMENT_RESOLVE: _resolved,
    Action.COMMENT_REOPEN: _reopened,
    SystemEvent.EMAILED_COMMENT_RECEIVE: simple(
        "Comment to confirm",
        "An answer to an email that was sent to you has arrived. Nobody else sees it.",
        "Post it as your comment, or dismiss it if you did not write it.",
    ),
}
