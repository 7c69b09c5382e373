"""Standing: one look at everything that operators watch, for the metrics and for their page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.models import DeliveryState, MessageKind, MessageState, Presence
from editorial.operations import heartbeats, queue_health, queue_stats
from editorial.operations.queue_health import WAITING, Drain
from editorial.operations.queue_stats import Pace, Pile
from editorial.policy.vocabulary import TaskQueue


@dataclass(frozen=True, slots=True)
class Standing:
    """How the newsroom stands at a moment. Numbers and kinds; nothing of what the work is about."""

    now: datetime
    drain: Drain
    piles: list[Pile]
    paces: list[Pace]
    tasks: dict[TaskQueue, tuple[int, int]]
    deliveries: dict[DeliveryState, int]
    here: list[Presence]
    silent: list[Presence]

    def count(self, kind: MessageKind, state: MessageState) -> int:
        """How many messages of that kind are in that state."""
        return sum(pile.count for pile in self.piles if (pile.kind, pile.state) == (kind, state))

    def waited(self, kind: MessageKind) -> timedelta:
        """For how long the oldest due work of that kind has been waiting."""
        return queue_stats.oldest((pile for pile in self.piles if pile.kind is kind), self.now, *WAITING)

    def oldest(self, *states: MessageState) -> timedelta:
        """For how long the oldest due work has been waiting in these states."""
        return queue_stats.oldest(self.piles, self.now, *states)

    def present(self, process: str) -> list[Presence]:
        """The processes of one kind that are there."""
        return [presence for presence in self.here if presence.process == process]


def take(*, now: datetime) -> Standing:
    """Look now: seven questions, each answered from an index or a table of a few rows."""
    piles = queue_stats.piles(now=now)
    here = list(heartbeats.alive(now=now))
    return Standing(
        now=now,
        drain=queue_health.weigh(piles, here, last_done_at=queue_stats.last_done(), now=now),
        piles=piles,
        paces=queue_stats.paces(now=now),
        tasks=queue_stats.tasks(now=now),
        deliveries=queue_stats.deliveries(),
        here=here,
        silent=list(heartbeats.silent(now=now)),
    )


def busy(here: Iterable[Presence]) -> int:
    """How many of their hands do something."""
    return sum(len(presence.doing) for presence in here)
