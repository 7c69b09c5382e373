"""Draining: is the work that has been recorded also being done? Judged where it counts, in PostgreSQL.

A worker can be connected, answer pings and take nothing from its queue; a relay can run and ring nothing. Only that
nothing waits too long shows that they work. The health check, the command, the metrics and the page ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.models import MessageState, Presence, ProcessKind
from editorial.operations import heartbeats, queue_stats
from editorial.operations.queue_stats import Pile

LONGEST = timedelta(seconds=120)  # four times as long as a ring may be lost, twice a lease

WAITING = (MessageState.READY, MessageState.SENT, MessageState.RUNNING)


@dataclass(frozen=True, slots=True)
class Drain:
    """How the queue stands. It drains while nothing that is due has waited for longer than it may."""

    longest: timedelta
    waiting: int
    waited: timedelta
    last_done_at: datetime | None
    workers: int
    relays: int

    @property
    def drains(self) -> bool:
        """The judgement."""
        return self.waited <= self.longest

    @property
    def told(self) -> str:
        """The judgement in a sentence, with what to look at."""
        longest = f"{self.longest.total_seconds():.0f} s"
        if self.drains:
            return f"No work has been waiting for more than {longest}."
        return (
            f"{self.waiting} piece(s) of work are due, the oldest for {self.waited.total_seconds():.0f} s; "
            f"none should wait for more than {longest}. Seen: {self.workers} worker(s), {self.relays} relay(s). "
            "Is a relay running, and are there enough workers? Does Redis answer?"
        )


def judge(*, now: datetime, longest: timedelta = LONGEST) -> Drain:
    """What waits now: due and not begun, or begun by a worker whose lease has run out."""
    return weigh(
        queue_stats.piles(now=now),
        heartbeats.alive(now=now),
        last_done_at=queue_stats.last_done(),
        now=now,
        longest=longest,
    )


def weigh(
    piles: Iterable[Pile],
    here: Iterable[Presence],
    *,
    last_done_at: datetime | None,
    now: datetime,
    longest: timedelta = LONGEST,
) -> Drain:
    """The same of what has been looked up already."""
    waiting = [pile for pile in piles if pile.state in WAITING]
    seen = Counter(presence.process for presence in here)
    return Drain(
        longest=longest,
        waiting=sum(pile.due for pile in waiting),
        waited=queue_stats.oldest(waiting, now, *WAITING),
        last_done_at=last_done_at,
        workers=seen[ProcessKind.WORKER.value],
        relays=seen[ProcessKind.RELAY.value],
    )
