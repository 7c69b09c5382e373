"""Queue statistics: depth and age by kind and state; waits and run times of recent jobs.

Every query uses a partial index on unfinished or recent messages, so the outbox table may grow freely.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import TruncMinute

from editorial import receivers
from editorial.models import (
    Delivery,
    DeliveryState,
    MessageKind,
    MessageState,
    OutboxMessage,
    ReviewTask,
)
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.vocabulary import TaskQueue

RECENT_WINDOW = timedelta(minutes=5)

# state → the column that says since when a message in that state has been waiting
_WAITING_SINCE = {
    MessageState.READY: "available_at",
    MessageState.SENT: "available_at",
    MessageState.RUNNING: "lease_until",
    MessageState.DEAD: "created_at",
}


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Messages of one kind in one state: their number, the number that is due, and the time of the oldest."""

    kind: MessageKind
    state: MessageState
    count: int
    due: int
    since: datetime | None

    def age(self, now: datetime) -> timedelta:
        """How long the oldest due message has been waiting; zero if none is due."""
        return now - self.since if self.since and self.due else timedelta(0)


@dataclass(frozen=True, slots=True)
class Throughput:
    """Recent jobs of one kind: their number, waits for dispatcher and worker slot, and run time.

    `dispatch_wait` and `start_wait` are maxima, `run_time` is the average, in seconds.
    """

    kind: MessageKind
    count: int
    dispatch_wait: float
    start_wait: float
    run_time: float


def queue_depths(*, now: datetime) -> list[QueueDepth]:
    """All unfinished messages. A job within its lease is not due, nor one that its receiver has no room for; dead
    letters always are.
    """
    first, *rest = (_queue_depth(state, column, now) for state, column in _WAITING_SINCE.items())
    return [
        QueueDepth(MessageKind(kind), MessageState(state), count, due, since)
        for state, kind, count, due, since in first.union(*rest, all=True)
    ]


def _queue_depth(state: MessageState, column: str, now: datetime) -> QuerySet[Any]:
    due = Q(**{f"{column}__lte": now})
    if state is MessageState.READY:
        due &= ~Q(receiver__in=_busy_receivers())
    return (
        OutboxMessage.objects.filter(state=state.value)
        .order_by()
        .values_list(Value(state.value), "kind")
        .annotate(count=Count("pk"), due=Count("pk", filter=due), since=Min(column, filter=due))
    )


def _busy_receivers() -> QuerySet[Any]:
    """Receivers that are called at the moment or held back by their breaker: their other messages wait."""
    external = OutboxMessage.objects.filter(receiver__gt="").order_by().values("receiver")
    sent, running = (external.filter(state=state.value) for state in (MessageState.SENT, MessageState.RUNNING))
    return sent.union(running, receivers.failing().values("receiver"), all=True)


def oldest(depths: Iterable[QueueDepth], now: datetime, *states: MessageState) -> timedelta:
    """The longest wait among these states."""
    return max((depth.age(now) for depth in depths if depth.state in states), default=timedelta(0))


def throughput(*, now: datetime) -> list[Throughput]:
    """Throughput of the last five minutes, by kind."""
    done = OutboxMessage.objects.filter(state=MessageState.DONE.value, done_at__gt=now - RECENT_WINDOW).order_by()
    recent = done.values_list("kind").annotate(
        count=Count("pk"),
        dispatch_wait=Max(F("sent_at") - F("available_at")),
        start_wait=Max(F("started_at") - F("sent_at")),
        run_time=Avg(F("done_at") - F("started_at")),
    )
    return [Throughput(MessageKind(kind), count, *map(_seconds, spans)) for kind, count, *spans in recent]


def last_done() -> datetime | None:
    """When a job last completed; None if none ever did."""
    done = OutboxMessage.objects.filter(state=MessageState.DONE.value, done_at__isnull=False)
    return done.order_by("-done_at").values_list("done_at", flat=True).first()


def by_minute(*, now: datetime, minutes: int) -> dict[MessageKind, list[int]]:
    """Completed jobs in each of the last minutes, latest last, by kind."""
    this_minute = now.replace(second=0, microsecond=0)
    done = OutboxMessage.objects.filter(
        state=MessageState.DONE.value, done_at__gte=this_minute - timedelta(minutes=minutes - 1), done_at__lte=now
    )
    by_kind = {kind: [0] * minutes for kind in MessageKind}
    rows = done.order_by().values_list("kind", TruncMinute("done_at")).annotate(count=Count("pk"))
    for kind, minute, count in rows:
        by_kind[MessageKind(kind)][minutes - 1 - (this_minute - minute) // timedelta(minutes=1)] = count
    return by_kind


def task_counts(*, now: datetime) -> dict[TaskQueue, tuple[int, int]]:
    """Live tasks in each queue: their number, and how many are overdue."""
    counts = dict.fromkeys(TaskQueue, (0, 0))
    for state in LIVE_STATES:  # one query per state: each has its own index
        live = ReviewTask.objects.filter(state=state).order_by().values_list("queue")
        for queue, count, overdue in live.annotate(live=Count("pk"), late=Count("pk", filter=Q(due_at__lte=now))):
            previous = counts[TaskQueue(queue)]
            counts[TaskQueue(queue)] = previous[0] + count, previous[1] + overdue
    return counts


def held_back_receivers() -> int:
    """The number of receivers whose messages wait because they failed repeatedly."""
    return receivers.held_back().count()


def delivery_counts() -> dict[DeliveryState, int]:
    """Deliveries that are not delivered, by state."""
    undelivered = Delivery.objects.exclude(state=DeliveryState.DELIVERED.value).order_by()
    counts = dict(undelivered.values_list("state").annotate(count=Count("pk")))
    return {state: counts.get(state.value, 0) for state in DeliveryState if state is not DeliveryState.DELIVERED}


def _seconds(span: timedelta | None) -> float:
    return max(span.total_seconds(), 0.0) if span else 0.0
