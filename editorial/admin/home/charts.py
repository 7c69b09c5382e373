"""Small charts, drawn on the server, each with its words. They count only what the user may see, up to a limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import CharField, Q, Value
from django.utils import timezone

from editorial.admin.home.panel import MAX_COUNT, Viewer
from editorial.models import Claim, ReviewTask, Signoff
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import FindingValue

_NEWEST = 500
_DAYS = 14
_ROW, _LEFT, _WIDTH = 22, 118, 150
_HOURS = ((1, "within an hour"), (4, "within 4 hours"), (24, "within a day"))


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar of an SVG: its words, its value as text, its place, and a class for its colour."""

    label: str
    value: str
    y: int
    width: int
    tone: str = ""

    @property
    def value_x(self) -> int:
        """Where its value stands: right of the bar."""
        return _LEFT + self.width + 6


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `words` say the same as the bars."""

    key: str
    title: str
    bars: list[Bar]
    words: str

    @property
    def height(self) -> int:
        return _ROW * len(self.bars)


def charts(viewer: Viewer) -> list[Chart]:
    """Those that have anything to show."""
    return [chart for chart in (_time_left(viewer), _time_to_verdict(viewer), _statuses(viewer)) if chart.bars]


def _time_left(viewer: Viewer) -> Chart:
    """How much time open tasks have left, by one query that counts each group up to 99."""
    visible: Any = ReviewTask.objects.all().visible_to(viewer.facts)
    live = visible.filter(state__in=LIVE_STATES).order_by()
    groups, since = {"overdue": Q(due_at__lte=viewer.now)}, viewer.now
    for hours, label in _HOURS:
        until = viewer.now + timedelta(hours=hours)
        groups[label], since = Q(due_at__gt=since, due_at__lte=until), until
    groups["later"] = Q(due_at__gt=since)
    first, *others = (
        live.filter(group).values(label=Value(label, output_field=CharField()))[: MAX_COUNT + 1]
        for label, group in groups.items()
    )
    counts = Counter(row["label"] for row in first.union(*others, all=True))
    values = [(label, counts[label], "late" if label == "overdue" else "") for label in groups if counts]
    return _chart("time-left", "Time left for open tasks", values, _capped)


def _time_to_verdict(viewer: Viewer) -> Chart:
    """Median time from filing a claim to its signed verdict, by day of the signature."""
    since = viewer.now - timedelta(days=_DAYS)
    signed: Any = Signoff.objects.all().visible_to(viewer.facts)
    signed = signed.filter(
        kind=SignoffKind.FINDING.value, state=SignoffState.APPROVED.value, decided_at__gte=since
    ).order_by("-decided_at")
    hours: dict[str, list[float]] = {}
    for decided_at, filed_at in signed.values_list("decided_at", "claim__filed_at")[:_NEWEST]:
        day = f"{timezone.localtime(decided_at):%d %b}"
        hours.setdefault(day, []).append((decided_at - filed_at).total_seconds() / 3600)
    days = [(day, median(of_day), "") for day, of_day in reversed(list(hours.items()))]
    return _chart("time-to-verdict", "Time to verdict, median by day", days[-7:], _hours)


def _statuses(viewer: Viewer) -> Chart:
    """The status of the newest claims on file."""
    visible: Any = Claim.objects.all().visible_to(viewer.facts)
    newest = visible.filter(dropped_at=None, merged_into=None).order_by("-id")
    counts = Counter(newest.values_list("status", flat=True)[:_NEWEST])
    values = [(FindingValue(value).label, counts[value], value) for value in FindingValue if counts[value]]
    total = sum(counts.values())
    title = f"Status of the newest {total} claims" if total > 1 else "Status of the newest claim"
    return _chart("statuses", title, values, lambda count: f"{count:.0f}")


def _chart(key: str, title: str, values: Sequence[tuple[str, float, str]], describe: Any) -> Chart:
    peak = max((value for _, value, _ in values), default=0) or 1
    bars = [
        Bar(label, describe(value), number * _ROW, round(_WIDTH * value / peak), tone)
        for number, (label, value, tone) in enumerate(values)
    ]
    return Chart(key, title, bars, _sentence(bars))


def _sentence(bars: Iterable[Bar]) -> str:
    return f"{', '.join(f'{bar.label}: {bar.value}' for bar in bars)}."


def _capped(count: float) -> str:
    return f"{MAX_COUNT}+" if count > MAX_COUNT else f"{count:.0f}"


def _hours(value: float) -> str:
    return f"{value / 24:.1f} days" if value >= 48 else f"{value:.1f} h" if value >= 1 else f"{value * 60:.0f} min"
