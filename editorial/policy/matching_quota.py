"""Quota of identity matching: enough for a reporter's day, too few to guess who a source is.

Every comparison of an identity with those on record says whether a guess is right. So each is counted, by person and
by desk, over the last 24 hours; an unusual number of attempts locks a person's matching.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.policy.vocabulary import ChoiceEnum


class MatchingKind(ChoiceEnum):
    """What was compared with the vault. Each kind has its own quota for a person."""

    IDENTITY = "identity"  # a name with a detail, for its token
    TEXT = "text"  # a text that turned out to contain a confidential name


WINDOW = timedelta(hours=24)
_NAMES_OF_A_TEXT = 10  # names of a refused text that count as one attempt
_NAMES_OF_COPY = 100  # names of a story's copy that count as one more attempt
_NAMES_OF_A_LONG_TEXT = 50  # a text with more of them counts even if it passes


@dataclass(frozen=True, slots=True)
class MatchingLimits:
    """Attempts within the window: of one person, at one desk, and the number of one person that raises an alert."""

    per_person: int
    per_desk: int
    alert_at: int


@dataclass(frozen=True, slots=True)
class MatchingFacts:
    """The recent attempts before the one to be judged, by their times."""

    by_person: Sequence[datetime]  # of the same kind, within the quota; each as often as it weighs
    by_desk: Sequence[datetime]  # of any kind, within the quota; each as often as it weighs
    others: int = 0  # the person's other attempts: of another kind, or beyond the quota


def wait_for_quota(facts: MatchingFacts, limits: MatchingLimits, now: datetime) -> timedelta:
    """How long the person has to wait before the next attempt; zero if it is within the quota."""
    waits = [timedelta(0)]
    for times, most in ((facts.by_person, limits.per_person), (facts.by_desk, limits.per_desk)):
        recent = sorted((at for at in times if at > now - WINDOW), reverse=True)
        if len(recent) >= most:
            # A quota of zero never opens, so any wait will do.
            waits.append(recent[most - 1] + WINDOW - now if most else WINDOW)
    return max(waits)


def raises_alert(facts: MatchingFacts, limits: MatchingLimits, weight: int = 1) -> bool:
    """Whether this attempt makes the person's number unusual."""
    return len(facts.by_person) + facts.others + weight >= limits.alert_at


def weight_of_text(candidates: int, limits: MatchingLimits, *, matched: bool) -> int:
    """How many attempts a compared text counts for, by the number of names that it may hold; zero: it is not counted.

    The refusal of a list says that one of its names is right. Halving the list would find it, so a list costs as much
    as its names, at most a person's quota. A long text that passes costs one attempt: it excludes many names.
    """
    if not matched:
        return int(candidates > _NAMES_OF_A_LONG_TEXT)
    return min(1 + max(0, candidates - _NAMES_OF_A_TEXT), max(1, limits.per_person))


def weight_of_copy(candidates: int, limits: MatchingLimits, *, matched: bool) -> int:
    """The same for a story's copy. It is long, and a name in it causes a warning, not a refusal."""
    return min(1 + candidates // _NAMES_OF_COPY, max(1, limits.per_person)) if matched else 0
