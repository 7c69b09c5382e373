"""System status: everything operators watch, for the metrics and the admin page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.models import AuditHead, DeliveryState, Heartbeat, MessageKind, MessageState
from editorial.operations import heartbeats, queue_health, queue_stats
from editorial.operations.queue_health import WAITING, QueueHealth
from editorial.operations.queue_stats import QueueDepth, Throughput
from editorial.policy.vocabulary import TaskQueue


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """The newsroom's state at one moment: numbers and kinds only, no content."""

    now: datetime
    queue: QueueHealth
    queue_depths: list[QueueDepth]
    throughput: list[Throughput]
    tasks: dict[TaskQueue, tuple[int, int]]
    deliveries: dict[DeliveryState, int]
    processes: list[Heartbeat]
    missing: list[Heartbeat]
    audit_head_at: datetime | None
    """When the newest head of the record was signed; None if none was."""
    held_back_receivers: int
    """The number of receivers whose messages wait because they failed repeatedly."""

    def count(self, kind: MessageKind, state: MessageState) -> int:
        """The number of messages of this kind in this state."""
        return sum(depth.count for depth in self.queue_depths if (depth.kind, depth.state) == (kind, state))

    def oldest_wait(self, kind: MessageKind) -> timedelta:
        """How long the oldest due job of this kind has been waiting."""
        return queue_stats.oldest((depth for depth in self.queue_depths if depth.kind is kind), self.now, *WAITING)

    def oldest(self, *states: MessageState) -> timedelta:
        """How long the oldest due job in these states has been waiting."""
        return queue_stats.oldest(self.queue_depths, self.now, *states)

    def processes_of(self, process: str) -> list[Heartbeat]:
        """The live processes of one kind."""
        return [heartbeat for heartbeat in self.processes if heartbeat.process == process]


def snapshot(*, now: datetime) -> SystemStatus:
    """Take a snapshot: ten queries, each on an index or a small table."""
    depths = queue_stats.queue_depths(now=now)
    processes = list(heartbeats.alive(now=now))
    return SystemStatus(
        now=now,
        queue=queue_health.evaluate(depths, processes, last_done_at=queue_stats.last_done(), now=now),
        queue_depths=depths,
        throughput=queue_stats.throughput(now=now),
        tasks=queue_stats.task_counts(now=now),
        deliveries=queue_stats.delivery_counts(),
        processes=processes,
        missing=list(heartbeats.missing(now=now)),
        audit_head_at=AuditHead.objects.order_by("-number").values_list("signed_at", flat=True).first(),
        held_back_receivers=queue_stats.held_back_receivers(),
    )


def busy_slots(processes: Iterable[Heartbeat]) -> int:
    """The number of worker slots that run a job."""
    return sum(len(heartbeat.running_jobs) for heartbeat in processes)
