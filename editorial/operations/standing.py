"""Standing: one look at everything that operators watch, for the metrics and for their page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.models import DeliveryState, MessageKind, MessageState, Presence
from editorial.operations import draining, presences, queues
from editorial.operations.draining import WAITING, Drain
from editorial.operations.queues import Pace, Pile
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
        return queues.oldest((pile for pile in self.piles if pile.kind is kind), self.now, *WAITING)

    def oldest(self, *states: MessageState) -> timedelta:
        """For how long the oldest due work has been waiting in these states."""
        return queues.oldest(self.piles, self.now, *states)

    def present(self, process: str) -> list[Presence]:
        """The processes of one kind that are there."""
        return [presence for presence in self.here if presence.process == process]


def take(*, now: datetime) -> Standing:
    """Look now: seven questions, each answered from an index or a table of a few rows."""
    piles = queues.piles(now=now)
    here = list(presences.alive(now=now))
    return Standing(
        now=now,
        drain=draining.weigh(piles, here, last_done_at=queues.last_done(), now=now),
        piles=piles,
        paces=queues.paces(now=now),
        tasks=queues.tasks(now=now),
        deliveries=queues.deliveries(),
        here=here,
        silent=list(presences.silent(now=now)),
    )


def busy(here: Iterable[Presence]) -> int:
    """How many of their hands do something."""
    return sum(len(presence.doing) for presence in here)
