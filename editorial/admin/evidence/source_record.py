"""A source's record: what it said, and how it turned out. It counts only the statements that its page lists for the
user, and so links no unnamed source with another record of the same person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from editorial.models import ClaimUse, Source, Statement, Story
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import ChoiceEnum, FindingValue, Stance

_NEWEST = 500  # statements to count
_MAX_PERIODS, _MAX_STORIES = 8, 20
_BAR = 220  # pixels
_TIED = {
    "Employs": "org",
    "Spoken for by": "speaks_for",
    "Owns": "parent",
    "Author of": "author",
    "Issuer of": "issuer",
}
_MAX_TIED = 10  # of each kind


class Result(ChoiceEnum):
    """How a statement turned out, by the status of its claim."""

    RIGHT = "right", "As it said"
    WRONG = "wrong", "Not as it said"
    DISPUTED = "disputed", "Disputed"
    OPEN = "open", "Not settled"


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter of a year: how many statements turned out how."""

    start: date
    counts: Counter[Result] = field(default_factory=Counter)

    @property
    def label(self) -> str:
        return f"{self.start.year}, quarter {(self.start.month + 2) // 3}"

    @property
    def results(self) -> list[tuple[Result, int]]:
        return [(result, self.counts[result]) for result in Result]

    @property
    def bars(self) -> list[tuple[Result, int, int]]:
        """Result, place and width of each part of its bar."""
        total, place, parts = self.counts.total() or 1, 0, []
        for result, count in self.results:
            width = round(_BAR * count / total)
            if width:
                parts.append((result, place, width))
            place += width
        return parts


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """All together, and by quarter, the newest first. `is_complete`: whether older statements are not counted."""

    total: Period
    periods: list[Period]
    is_complete: bool


def record_of(statements: Any) -> SourceRecord | None:
    """The record of these statements; None if none of them affirms or denies."""
    weighing = statements.filter(struck_at=None, stance__in=[Stance.AFFIRMS.value, Stance.DENIES.value])
    rows = list(weighing.order_by("-recorded_at").values_list("stance", "claim__status", "recorded_at")[: _NEWEST + 1])
    periods: dict[date, Period] = {}
    for stance, status, recorded_at in rows[:_NEWEST]:
        start = _quarter(recorded_at)
        periods.setdefault(start, Period(start)).counts[result_of(stance, status)] += 1
    if not periods:
        return None
    total = Period(min(periods), sum((period.counts for period in periods.values()), Counter()))
    return SourceRecord(total, list(periods.values())[:_MAX_PERIODS], len(rows) <= _NEWEST)


def result_of(stance: str, status: str) -> Result:
    """How a statement that affirms or denies turned out."""
    if status == FindingValue.DISPUTED:
        return Result.DISPUTED
    if status not in (FindingValue.VERIFIED, FindingValue.REFUTED):
        return Result.OPEN
    return Result.RIGHT if (stance == Stance.AFFIRMS) == (status == FindingValue.VERIFIED) else Result.WRONG


def stories_of(statements: Iterable[Statement], reader: ActorFacts) -> list[ClaimUse]:
    """The uses of the claims of these statements, in stories that the user may see; the newest stories first."""
    claims = {statement.claim_id for statement in statements if not statement.struck_at}
    uses = ClaimUse.objects.filter(claim__in=claims, story__in=Story.objects.all().visible_to(reader))
    return list(uses.select_related("story", "claim").order_by("-story")[:_MAX_STORIES])


def _quarter(moment: datetime) -> date:
    day = timezone.localdate(moment)
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def tied_to(row: Source, reader: ActorFacts) -> list[tuple[str, Source]]:
    """The named sources that are tied to this one, each with the kind of tie; none of an unnamed one."""
    if row.unnamed:
        return []
    named = Source.objects.visible_to(reader).filter(unnamed=False, merged_into=None)
    return [
        (label, source)
        for label, name in _TIED.items()
        for source in named.filter(**{name: row}).order_by("pk")[:_MAX_TIED]
    ]
