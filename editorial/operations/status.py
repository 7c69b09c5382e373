"""Standing: one look at everything that operators watch, for the metrics and for their page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.models import DeliveryState, Heartbeat, MessageKind, MessageState
from editorial.operations import heartbeats, queue_health, queue_stats
from editorial.operations.queue_health import WAITING, QueueHealth
from editorial.operations.queue_stats import QueueDepth, Throughput
from editorial.policy.vocabulary import TaskQueue


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """How the newsroom stands at a moment. Numbers and kinds; nothing of what the work is about."""

    now: datetime
    queue: QueueHealth
    queue_depths: list[QueueDepth]
    throughput: list[Throughput]
    tasks: dict[TaskQueue, tuple[int, int]]
    deliveries: dict[DeliveryState, int]
    processes: list[Heartbeat]
    missing: list[Heartbeat]

    def count(self, kind: MessageKind, state: MessageState) -> int:
        """How many messages of that kind are in that state."""
        return sum(pile.count for pile in self.queue_depths if (pile.kind, pile.state) == (kind, state))

    def oldest_wait(self, kind: MessageKind) -> timedelta:
        """For how long the oldest due work of that kind has been waiting."""
        return queue_stats.oldest((pile for pile in self.queue_depths if pile.kind is kind), self.now, *WAITING)

    def oldest(self, *states: MessageState) -> timedelta:
        """For how long the oldest due work has been waiting in these states."""
        return queue_stats.oldest(self.queue_depths, self.now, *states)

    def processes_of(self, process: str) -> list[Heartbeat]:
        """The processes of one kind that are there."""
        return [presence for presence in self.processes if presence.process == process]


def snapshot(*, now: datetime) -> SystemStatus:
    """Look now: seven questions, each answered from an index or a table of a few rows."""
    piles = queue_stats.queue_depths(now=now)
    here = list(heartbeats.alive(now=now))
    return SystemStatus(
        now=now,
        queue=queue_health.evaluate(piles, here, last_done_at=queue_stats.last_done(), now=now),
        queue_depths=piles,
        throughput=queue_stats.throughput(now=now),
        tasks=queue_stats.task_counts(now=now),
        deliveries=queue_stats.delivery_counts(),
        processes=here,
        missing=list(heartbeats.missing(now=now)),
    )


def busy_slots(processes: Iterable[Heartbeat]) -> int:
    """How many of their hands do something."""
    return sum(len(presence.running_jobs) for presence in processes)
