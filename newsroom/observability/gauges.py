"""What Prometheus is told of PostgreSQL's word: a table of figures, read from one look at how the newsroom stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import Error, connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from editorial.models import MessageKind, MessageState, ProcessKind, db_clock
from editorial.operations import status
from editorial.operations.queue_health import WAITING
from editorial.operations.status import Standing
from newsroom import VERSION

Values = Mapping[Any, Any]  # the values of the labels → a number, or a span of time

_DEAD = MessageState.DEAD
_WORKING = (ProcessKind.WORKER, ProcessKind.QUARANTINE)


@dataclass(frozen=True)
class Figure:
    """One figure: its name, what it says, its labels, and how it is read."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[Standing], Values]

    def told(self, values: Values) -> GaugeMetricFamily:
        """As Prometheus hears it; a span of time in seconds."""
        told = GaugeMetricFamily(f"newsroom_{self.name}", self.help, labels=self.labels)
        for labels, value in values.items():
            told.add_metric(labels, value.total_seconds() if isinstance(value, timedelta) else float(value))
        return told


# What has no row yet is told as 0: nobody can be alarmed by a figure that is not there.
FIGURES = (
    Figure(
        "messages", "Background work that is not done, by kind and state.", ("kind", "state"),
        lambda now: {(kind, state): now.count(kind, state) for kind in MessageKind for state in (*WAITING, _DEAD)},
    ),
    Figure(
        "queue_age_seconds", "How long the oldest work that is due has been waiting.", ("kind",),
        lambda now: {(kind,): now.waited(kind) for kind in MessageKind},
    ),
    Figure(
        "outbox_lag_seconds",
        "The same by what it waits for: ready for a relay, sent for a hand, running for another worker.", ("state",),
        lambda now: {(state,): now.oldest(state) for state in WAITING},
    ),
    Figure(
        "queue_drains", "Whether nothing has been waiting for too long, as /health/draining judges.", (),
        lambda now: {(): now.drain.drains},
    ),
    Figure(
        "done_lately", "Jobs that were done in the last five minutes.", ("kind",),
        lambda now: {(kind,): 0 for kind in MessageKind} | {(pace.kind,): pace.count for pace in now.paces},
    ),
    Figure(
        "wait_seconds", "The longest waits of those: until rung for, and from then until begun.", ("kind", "step"),
        lambda now: {(pace.kind, step): getattr(pace, step) for pace in now.paces for step in ("rung", "begun")},
    ),
    Figure(
        "dead_letters", "Work that was given up and that nobody has seen to.", (),
        lambda now: {(): sum(now.count(kind, _DEAD) for kind in MessageKind)},
    ),
    Figure(
        "dead_letter_age_seconds", "How old the oldest of those is.", (), lambda now: {(): now.oldest(_DEAD)},
    ),
    Figure(
        "tasks", "Tasks that wait for people, or are in their hands.", ("queue",),
        lambda now: {(queue,): live for queue, (live, _) in now.tasks.items()},
    ),
    Figure(
        "tasks_overdue", "Those of them that are overdue.", ("queue",),
        lambda now: {(queue,): late for queue, (_, late) in now.tasks.items()},
    ),
    Figure(
        "deliveries", "Letters and calls that are not plainly delivered; uncertain ones may have come twice.",
        ("state",), lambda now: {(state,): count for state, count in now.deliveries.items()},
    ),
    Figure(
        "processes", "Processes that say they are there.", ("process", "version"),
        lambda now: {(kind, VERSION): 0 for kind in ProcessKind}
        | Counter((each.process, each.version) for each in now.here),
    ),
    Figure(
        "processes_silent", "Processes that stopped saying so within the last hour, and had not ended in order.",
        ("process",),
        lambda now: {(kind,): 0 for kind in ProcessKind} | Counter((each.process,) for each in now.silent),
    ),
    Figure(
        "hands", "Jobs or requests that they can do at a time.", ("process",),
        lambda now: {(kind,): sum(each.hands for each in now.present(kind)) for kind in ProcessKind},
    ),
    Figure(
        "hands_busy", "Jobs that they are doing.", ("process",),
        lambda now: {(kind,): status.busy(now.present(kind)) for kind in _WORKING},
    ),
)  # fmt: skip

_INFO = Figure("info", "The version that answers.", ("version",), lambda _now: {(VERSION,): 1})
_DATABASE = Figure("database_up", "Whether PostgreSQL answers.", (), lambda _now: {(): 1})


class Figures(Collector):
    """All of them. If PostgreSQL does not answer, that is the only one."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask."""
        yield _INFO.told({(VERSION,): 1})
        try:
            now = status.take(now=db_clock.present())
        except Error:
            connection.close()
            yield _DATABASE.told({(): 0})
            return
        yield _DATABASE.told({(): 1})
        for figure in FIGURES:
            yield figure.told(figure.read(now))
