"""Draining: is the work that has been recorded also being done? Judged where it counts, in PostgreSQL.

A worker can be connected, answer pings and take nothing from its queue; a relay can run and ring nothing. Only that
nothing waits too long shows that they work. The health check, the command, the metrics and the page ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.models import Heartbeat, MessageState, ProcessKind
from editorial.operations import heartbeats, queue_stats
from editorial.operations.queue_stats import QueueDepth

MAX_WAIT = timedelta(seconds=120)  # four times as long as a ring may be lost, twice a lease

WAITING = (MessageState.READY, MessageState.SENT, MessageState.RUNNING)


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """How the queue stands. It drains while nothing that is due has waited for longer than it may."""

    max_wait: timedelta
    waiting: int
    oldest_wait: timedelta
    last_completed_at: datetime | None
    workers: int
    dispatchers: int

    @property
    def ok(self) -> bool:
        """The judgement."""
        return self.oldest_wait <= self.max_wait

    @property
    def message(self) -> str:
        """The judgement in a sentence, with what to look at."""
        longest = f"{self.max_wait.total_seconds():.0f} s"
        if self.ok:
            return f"No work has been waiting for more than {longest}."
        return (
            f"{self.waiting} piece(s) of work are due, the oldest for {self.oldest_wait.total_seconds():.0f} s; "
            f"none should wait for more than {longest}. Seen: {self.workers} worker(s), {self.dispatchers} dispatcher(s). "
            "Is a dispatcher running, and are there enough workers? Does Redis answer?"
        )


def check(*, now: datetime, max_wait: timedelta = MAX_WAIT) -> QueueHealth:
    """What waits now: due and not begun, or begun by a worker whose lease has run out."""
    return evaluate(
        queue_stats.queue_depths(now=now),
        heartbeats.alive(now=now),
        last_done_at=queue_stats.last_done(),
        now=now,
        max_wait=max_wait,
    )


def evaluate(
    depths: Iterable[QueueDepth],
    processes: Iterable[Heartbeat],
    *,
    last_done_at: datetime | None,
    now: datetime,
    max_wait: timedelta = MAX_WAIT,
) -> QueueHealth:
    """The same of what has been looked up already."""
    waiting = [pile for pile in depths if pile.state in WAITING]
    seen = Counter(presence.process for presence in processes)
    return QueueHealth(
        max_wait=max_wait,
        waiting=sum(pile.due for pile in waiting),
        oldest_wait=queue_stats.oldest(waiting, now, *WAITING),
        last_completed_at=last_done_at,
        workers=seen[ProcessKind.WORKER.value],
        dispatchers=seen[ProcessKind.DISPATCHER.value],
    )
