"""Statistics of the outbox during a scenario: unfinished jobs, waiting times and durations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from statistics import quantiles

from django.db.models import Q, QuerySet
from django.utils import timezone

from editorial.models import MessageState, OutboxMessage
from tests.proofs.chaos.system import wait_until

_LEFT = [MessageState.READY.value, MessageState.SENT.value, MessageState.RUNNING.value]


def remaining(*, before: datetime | None = None) -> int:
    """The number of unfinished messages, without those that are not due."""
    waiting = OutboxMessage.objects.filter(state__in=_LEFT)
    waiting = waiting.exclude(Q(state=MessageState.READY.value, available_at__gt=timezone.now()))
    return (waiting.filter(created_at__lt=before) if before else waiting).count()


def wait_until_drained() -> None:
    """Wait for the jobs of loading the demo, which are not part of any figure."""
    wait_until(lambda: remaining() == 0, "the demo's work is done", within=300)


def delays(messages: QuerySet[OutboxMessage]) -> list[float]:
    """Seconds from a message's creation, or due time, to its end."""
    rows = messages.filter(state=MessageState.DONE.value).values_list("available_at", "created_at", "done_at")
    return [(end - max(due, created)).total_seconds() for due, created, end in rows if end is not None]


def percentile(seconds: Iterable[float], which: int) -> float:
    """The percentile in milliseconds; 0 without values."""
    values = sorted(seconds)
    if len(values) < 2:
        return 1000 * sum(values)
    return 1000 * quantiles(values, n=100, method="inclusive")[which - 1]


def format_latencies(seconds: Iterable[float]) -> str:
    """Median and 95th percentile, as text."""
    values = list(seconds)
    return f"p50 {percentile(values, 50):.0f} ms, p95 {percentile(values, 95):.0f} ms of {len(values)}"


def slowest(messages: QuerySet[OutboxMessage], limit: int = 12) -> list[str]:
    """The slowest jobs: kind, due time, and whether they waited or ran long."""
    rows = messages.filter(state=MessageState.DONE.value, started_at__isnull=False, done_at__isnull=False)
    by_delay = sorted(rows, key=lambda row: max(row.available_at, row.created_at) - row.done_at)
    return [
        f"{due:%H:%M:%S} {row.kind}: began after {(row.started_at - due).total_seconds():.1f} s, "
        f"took {(row.done_at - row.started_at).total_seconds():.1f} s, attempts {row.attempts}"
        for row in by_delay[:limit]
        if row.started_at and row.done_at and (due := max(row.available_at, row.created_at))
    ]
