"""Queue health: whether recorded work gets done, measured in PostgreSQL.

A worker can be connected, answer pings and still consume nothing; a dispatcher can run and publish nothing. Only the
absence of long waits proves that they work. The health check, the command, the metrics and the admin page all use this
module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.models import Heartbeat, MessageState, ProcessKind
from editorial.operations import heartbeats, queue_stats
from editorial.operations.queue_stats import QueueDepth

MAX_WAIT = timedelta(seconds=120)  # four times the redispatch interval, twice a lease

WAITING = (MessageState.READY, MessageState.SENT, MessageState.RUNNING)


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """State of the queue. It is healthy while no due job has waited longer than `max_wait`."""

    max_wait: timedelta
    waiting: int
    oldest_wait: timedelta
    last_completed_at: datetime | None
    workers: int
    dispatchers: int

    @property
    def ok(self) -> bool:
        """Whether no due job has waited too long."""
        return self.oldest_wait <= self.max_wait

    @property
    def message(self) -> str:
        """The result as a sentence, with what to check."""
        longest = f"{self.max_wait.total_seconds():.0f} s"
        if self.ok:
            return f"No job has been waiting for more than {longest}."
        return (
            f"{self.waiting} job(s) are due, the oldest for {self.oldest_wait.total_seconds():.0f} s "
            f"(limit {longest}). Running: {self.workers} worker(s), {self.dispatchers} dispatcher(s). "
            "Check that a dispatcher runs, that there are enough workers and that Redis answers."
        )


def check(*, now: datetime, max_wait: timedelta = MAX_WAIT) -> QueueHealth:
    """Check the queue: jobs that are due and not started, or whose worker's lease has expired."""
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
    """Evaluate queue depths and heartbeats that are already loaded."""
    waiting = [depth for depth in depths if depth.state in WAITING]
    running = Counter(heartbeat.process for heartbeat in processes)
    return QueueHealth(
        max_wait=max_wait,
        waiting=sum(depth.due for depth in waiting),
        oldest_wait=queue_stats.oldest(waiting, now, *WAITING),
        last_completed_at=last_done_at,
        workers=running[ProcessKind.WORKER.value],
        dispatchers=running[ProcessKind.DISPATCHER.value],
    )
