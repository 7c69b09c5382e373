"""Imports: kinds, states, and the states of their rows."""

from __future__ import annotations

from datetime import timedelta

from editorial.policy.actions import Action
from editorial.policy.vocabulary import ChoiceEnum


class ImportKind(ChoiceEnum):
    """What an import contains."""

    CLAIMS_SHEET = "claims_sheet"
    FEED = "feed"
    NINJS = "ninjs"
    PAGE = "page"


class ImportState(ChoiceEnum):
    """The state of an import. `fetching`: its URL is being fetched; `filing`: its rows are being filed."""

    FETCHING = "fetching"
    FILING = "filing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RowState(ChoiceEnum):
    """The result of a row, or of its dry run.

    `known`: it was already on file and is unchanged. `updated`: its wire item has changed, which the story shows; the
    story's copy is unchanged.
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
"""The action that files the rows of an import. The actor needs permission for it, as for filing by hand."""

SCHEDULED_KINDS = (ImportKind.FEED, ImportKind.PAGE)
"""The kinds that have a URL, which can be fetched again."""

MIN_INTERVAL, MAX_INTERVAL = 5, 7 * 24 * 60
"""The least and the most minutes between two scheduled fetches."""

FAILURES_TO_REPORT = 3
"""How often in a row a scheduled fetch fails before people are notified."""

_LONGEST_PAUSE = timedelta(days=1)


def pause_after(failures: int, interval: timedelta, retry_after: timedelta | None) -> timedelta:
    """The time to the next fetch after so many failures in a row: doubled with each, up to a day.

    It is longer if the interval is longer, or if the server asks for it.
    """
    pause = max(interval, min(interval * 2 ** min(failures, 10), _LONGEST_PAUSE))
    return max(pause, retry_after or pause)
