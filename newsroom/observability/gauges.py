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
from editorial.operations.status import SystemStatus
from newsroom import VERSION

Values = Mapping[Any, Any]  # the values of the labels → a number, or a span of time

_DEAD = MessageState.DEAD
_WORKER_KINDS = (ProcessKind.WORKER, ProcessKind.QUARANTINE)


@dataclass(frozen=True)
class Gauge:
    """One figure: its name, what it says, its labels, and how it is read."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[SystemStatus], Values]

    def to_metric_family(self, values: Values) -> GaugeMetricFamily:
        """As Prometheus hears it; a span of time in seconds."""
        told = GaugeMetricFamily(f"newsroom_{self.name}", self.help, labels=self.labels)
        for labels, value in values.items():
            told.add_metric(labels, value.total_seconds() if isinstance(value, timedelta) else float(value))
        return told


# What has no row yet is told as 0: nobody can be alarmed by a figure that is not there.
GAUGES = (
    Gauge(
        "messages", "Background work that is not done, by kind and state.", ("kind", "state"),
        lambda now: {(kind, state): now.count(kind, state) for kind in MessageKind for state in (*WAITING, _DEAD)},
    ),
    Gauge(
        "queue_age_seconds", "How long the oldest work that is due has been waiting.", ("kind",),
        lambda now: {(kind,): now.oldest_wait(kind) for kind in MessageKind},
    ),
    Gauge(
        "outbox_lag_seconds",
        "The same by what it waits for: ready for a relay, sent for a hand, running for another worker.", ("state",),
        lambda now: {(state,): now.oldest(state) for state in WAITING},
    ),
    Gauge(
        "queue_ok", "Whether nothing has been waiting for too long, as /health/queue judges.", (),
        lambda now: {(): now.queue.ok},
    ),
    Gauge(
        "jobs_completed_5m", "Jobs that were done in the last five minutes.", ("kind",),
        lambda now: {(kind,): 0 for kind in MessageKind} | {(pace.kind,): pace.count for pace in now.throughput},
    ),
    Gauge(
        "wait_seconds", "The longest waits of those: until rung for, and from then until begun.", ("kind", "step"),
        lambda now: {(pace.kind, step): getattr(pace, step) for pace in now.throughput for step in ("rung", "begun")},
    ),
    Gauge(
        "dead_letters", "Work that was given up and that nobody has seen to.", (),
        lambda now: {(): sum(now.count(kind, _DEAD) for kind in MessageKind)},
    ),
    Gauge(
        "dead_letter_age_seconds", "How old the oldest of those is.", (), lambda now: {(): now.oldest(_DEAD)},
    ),
    Gauge(
        "tasks", "Tasks that wait for people, or are in their hands.", ("queue",),
        lambda now: {(queue,): live for queue, (live, _) in now.tasks.items()},
    ),
    Gauge(
        "tasks_overdue", "Those of them that are overdue.", ("queue",),
        lambda now: {(queue,): late for queue, (_, late) in now.tasks.items()},
    ),
    Gauge(
        "deliveries", "Letters and calls that are not plainly delivered; uncertain ones may have come twice.",
        ("state",), lambda now: {(state,): count for state, count in now.deliveries.items()},
    ),
    Gauge(
        "processes", "Processes that say they are there.", ("process", "version"),
        lambda now: {(kind, VERSION): 0 for kind in ProcessKind}
        | Counter((each.process, each.version) for each in now.processes),
    ),
    Gauge(
        "processes_missing", "Processes that stopped saying so within the last hour, and had not ended in order.",
        ("process",),
        lambda now: {(kind,): 0 for kind in ProcessKind} | Counter((each.process,) for each in now.missing),
    ),
    Gauge(
        "worker_slots", "Jobs or requests that they can do at a time.", ("process",),
        lambda now: {(kind,): sum(each.slots for each in now.processes_of(kind)) for kind in ProcessKind},
    ),
    Gauge(
        "worker_slots_busy", "Jobs that they are doing.", ("process",),
        lambda now: {(kind,): status.busy_slots(now.processes_of(kind)) for kind in _WORKER_KINDS},
    ),
)  # fmt: skip

_INFO = Gauge("info", "The version that answers.", ("version",), lambda _now: {(VERSION,): 1})
_DATABASE = Gauge("database_up", "Whether PostgreSQL answers.", (), lambda _now: {(): 1})


class NewsroomCollector(Collector):
    """All of them. If PostgreSQL does not answer, that is the only one."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask."""
        yield _INFO.to_metric_family({(VERSION,): 1})
        try:
            now = status.snapshot(now=db_clock.now())
        except Error:
            connection.close()
            yield _DATABASE.to_metric_family({(): 0})
            return
        yield _DATABASE.to_metric_family({(): 1})
        for figure in GAUGES:
            yield figure.to_metric_family(figure.read(now))
