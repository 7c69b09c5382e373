"""Notifications of repairs: of statements and sources that were recorded, ended or merged by mistake."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.notifications.message_parts import Text, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action

_BEING_REASSESSED = "The claim and every story that uses it are being reassessed."

COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.STATEMENT_REASSIGN: simple(
        "Statement reassigned",
        "{who} moved a statement on this claim from the wrong source to the correct one.",
        "The signatures on the claim are void.",
        _BEING_REASSESSED,
    ),
    Action.STATEMENT_STRIKE: simple(
        "Statement struck",
        "{who} struck a statement on this claim that had been recorded by mistake.",
        "The signatures on the claim are void.",
        _BEING_REASSESSED,
    ),
    Action.STATEMENT_REOPEN: simple(
        "Statement reopened",
        "{who} reopened a statement on this claim that had been marked as ended by mistake.",
        "The signatures on the claim are void.",
        _BEING_REASSESSED,
    ),
    Action.SOURCE_UNMERGE: simple(
        "Sources separated",
        "{who} separated two source records that had been merged by mistake. They no longer count as one source.",
        "Every claim that relies on them is being reassessed.",
    ),
}
