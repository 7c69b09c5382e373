"""The gauges that Prometheus reads from PostgreSQL: a table of them, all computed from one status snapshot."""

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
from editorial.operations import status as system_status
from editorial.operations.queue_health import WAITING
from editorial.operations.status import SystemStatus
from newsroom import VERSION

Values = Mapping[Any, Any]  # label values → a number or a duration

_DEAD = MessageState.DEAD
_WORKER_KINDS = (ProcessKind.WORKER, ProcessKind.QUARANTINE, ProcessKind.EXTERNAL)


@dataclass(frozen=True)
class Gauge:
    """One gauge: its name, help text and labels, and how its values are read from the system status."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[SystemStatus], Values]

    def to_metric_family(self, values: Values) -> GaugeMetricFamily:
        """The values in Prometheus' format; durations in seconds."""
        family = GaugeMetricFamily(f"newsroom_{self.name}", self.help, labels=self.labels)
        for labels, value in values.items():
            family.add_metric(labels, value.total_seconds() if isinstance(value, timedelta) else float(value))
        return family


# Values without a row are reported as 0: an alert cannot fire on an absent series.
GAUGES = (
    Gauge(
        "messages", "Unfinished jobs, by kind and state.", ("kind", "state"),
        lambda status: {
            (kind, state): status.count(kind, state) for kind in MessageKind for state in (*WAITING, _DEAD)
        },
    ),
    Gauge(
        "queue_age_seconds", "How long the oldest due job has been waiting.", ("kind",),
        lambda status: {(kind,): status.oldest_wait(kind) for kind in MessageKind},
    ),
    Gauge(
        "outbox_lag_seconds",
        "The same by what the job waits for: ready – a dispatcher, sent or running – a worker.", ("state",),
        lambda status: {(state,): status.oldest(state) for state in WAITING},
    ),
    Gauge(
        "queue_ok", "Whether no job has been waiting too long, as /health/queue reports.", (),
        lambda status: {(): status.queue.ok},
    ),
    Gauge(
        "jobs_completed_5m", "Jobs completed in the last five minutes.", ("kind",),
        lambda status: {(kind,): 0 for kind in MessageKind} | {(rate.kind,): rate.count for rate in status.throughput},
    ),
    Gauge(
        "wait_seconds", "The longest waits of those: until dispatched, and from then until started.", ("kind", "step"),
        lambda status: {
            (rate.kind, step): wait
            for rate in status.throughput
            for step, wait in (("dispatch", rate.dispatch_wait), ("start", rate.start_wait))
        },
    ),
    Gauge(
        "dead_letters", "Jobs that failed permanently and are unresolved.", (),
        lambda status: {(): sum(status.count(kind, _DEAD) for kind in MessageKind)},
    ),
    Gauge(
        "dead_letter_age_seconds", "The age of the oldest of those.", (), lambda status: {(): status.oldest(_DEAD)},
    ),
    Gauge(
        "tasks", "Review tasks that are open or assigned.", ("queue",),
        lambda status: {(queue,): live for queue, (live, _) in status.tasks.items()},
    ),
    Gauge(
        "tasks_overdue", "Review tasks that are overdue.", ("queue",),
        lambda status: {(queue,): late for queue, (_, late) in status.tasks.items()},
    ),
    Gauge(
        "deliveries", "Deliveries that are not confirmed; uncertain ones may have arrived twice.",
        ("state",), lambda status: {(state,): count for state, count in status.deliveries.items()},
    ),
    Gauge(
        "receivers_held_back", "Receivers of email, webhooks or fetches that are held back after failures.",
        (), lambda status: {(): status.held_back_receivers},
    ),
    Gauge(
        "processes", "Processes with a current heartbeat.", ("process", "version"),
        lambda status: {(kind, VERSION): 0 for kind in ProcessKind}
        | Counter((each.process, each.version) for each in status.processes),
    ),
    Gauge(
        "processes_missing", "Processes whose heartbeat stopped within the last hour without a clean shutdown.",
        ("process",),
        lambda status: {(kind,): 0 for kind in ProcessKind} | Counter((each.process,) for each in status.missing),
    ),
    Gauge(
        "audit_head_age_seconds", "The age of the newest signed head of the record; infinite if there is none.", (),
        lambda status: {(): status.now - status.audit_head_at if status.audit_head_at else float("inf")},
    ),
    Gauge(
        "worker_slots", "Jobs or requests that can run at the same time.", ("process",),
        lambda status: {(kind,): sum(each.slots for each in status.processes_of(kind)) for kind in ProcessKind},
    ),
    Gauge(
        "worker_slots_busy", "Jobs that are running.", ("process",),
        lambda status: {(kind,): system_status.busy_slots(status.processes_of(kind)) for kind in _WORKER_KINDS},
    ),
)  # fmt: skip

_INFO = Gauge("info", "The running version.", ("version",), lambda _status: {(VERSION,): 1})
_DATABASE = Gauge("database_up", "Whether PostgreSQL answers.", (), lambda _status: {(): 1})


class NewsroomCollector(Collector):
    """Collects every gauge. If PostgreSQL does not answer, only `database_up` and `info`."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _INFO.to_metric_family({(VERSION,): 1})
        try:
            status = system_status.snapshot(now=db_clock.now())
        except Error:
            connection.close()
            yield _DATABASE.to_metric_family({(): 0})
            return
        yield _DATABASE.to_metric_family({(): 1})
        for gauge in GAUGES:
            yield gauge.to_metric_family(gauge.read(status))
