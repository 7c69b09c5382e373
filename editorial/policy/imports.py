"""Imports: what can come in at once, how far it is, and what became of each part of it."""

from __future__ import annotations

from editorial.policy.actions import Action
from editorial.policy.vocabulary import ChoiceEnum


class ImportKind(ChoiceEnum):
    """What comes in."""

    CLAIMS_SHEET = "claims_sheet"
    FEED = "feed"
    NINJS = "ninjs"
    PAGE = "page"


class ImportState(ChoiceEnum):
    """How far an import is. `fetching`: the address is being called; `filing`: row after row is being filed."""

    FETCHING = "fetching"
    FILING = "filing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "stopped"


class RowState(ChoiceEnum):
    """What became of a row, or would become of it where it is only checked.

    `known`: it was on file already, and was left as it is. `updated`: its original has changed, which is shown with
    the story; the story's words are as people left them.
    """

    WAITING = "waiting"
    FILED = "filed"
    KNOWN = "known"
    UPDATED = "updated"
    REFUSED = "refused"


ACTIVE_STATES = (ImportState.FETCHING, ImportState.FILING)

ACTION_BY_KIND: dict[ImportKind, Action] = {
    ImportKind.CLAIMS_SHEET: Action.CLAIM_FILE,
    ImportKind.FEED: Action.STORY_PITCH,
    ImportKind.NINJS: Action.STORY_PITCH,
    ImportKind.PAGE: Action.STORY_PITCH,
}
"""By which verb the rows of an import are filed: whoever may not do it by hand may not do it by the hundred."""
