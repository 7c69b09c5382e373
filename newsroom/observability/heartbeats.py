"""How each process says that it is there: web and worker by a thread of their own, relay and beat in their very loop.

It is said in PostgreSQL (`editorial.operations.heartbeats`), one small write every five seconds.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import structlog
from celery import bootsteps
from celery.beat import PersistentScheduler
from celery.worker import state

log = structlog.get_logger(__name__)

RunningJobs = list[dict[str, str]]


def _no_jobs() -> RunningJobs:
    return []


class HeartbeatWriter:
    """One process's word that it is there. While PostgreSQL is away nobody hears it, and the process goes on."""

    def __init__(self, process: str, *, slots: int = 1, running_jobs: Callable[[], RunningJobs] = _no_jobs) -> None:
        from editorial.models import Heartbeat, ProcessKind
        from editorial.operations import heartbeats
        from newsroom import VERSION

        self._heartbeat = Heartbeat(
            process=ProcessKind(process).value,
            host=heartbeats.host(),
            pid=os.getpid(),
            version=VERSION,
            slots=slots,
        )
        self._running_jobs = running_jobs
        self._next_beat_at = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def beat(self) -> None:
        """Say so, unless it was said just now."""
        from editorial.models import db_clock
        from editorial.operations import heartbeats

        if time.monotonic() < self._next_beat_at:
            return
        self._next_beat_at = time.monotonic() + heartbeats.INTERVAL.total_seconds()
        self._heartbeat.running_jobs = self._running_jobs()
        self._write(lambda: heartbeats.beat(self._heartbeat, now=db_clock.now()))

    def deregister(self) -> None:
        """Take leave: whoever ends in order is not missed."""
        from editorial.operations import heartbeats

        self._write(lambda: heartbeats.deregister(self._heartbeat))

    def start(self) -> None:
        """Say so again and again, in a thread of its own, until `end`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop saying so, and take leave."""
        self._stopped.set()
        if self._thread.ident:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        from django.db import connection

        from editorial.operations import heartbeats

        self.beat()
        while not self._stopped.wait(heartbeats.INTERVAL.total_seconds()):
            self._next_beat_at = 0.0
            self.beat()
        self.deregister()
        connection.close()

    def _write(self, write: Callable[[], None]) -> None:
        from django.db import Error, connection

        try:
            write()
        except Error as problem:
            log.debug("nobody can be told that this process is there", error=type(problem).__name__)
            if not connection.in_atomic_block:
                connection.close()


class HeartbeatStep(bootsteps.StartStopStep):
    """A worker is there from the moment its hands are, and says what each of them does."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """Begin to say so."""
        from django.conf import settings

        from newsroom.observability import endpoint

        endpoint.start_server()
        quarantined = settings.OUTBOX_QUARANTINE in worker.app.amqp.queues.consume_from
        self._heartbeat_writer = HeartbeatWriter(
            "quarantine" if quarantined else "worker",
            slots=worker.concurrency,
            running_jobs=lambda: _running_jobs(active_requests()),
        )
        self._heartbeat_writer.start()

    def stop(self, worker: Any) -> None:
        """The jobs in hand are done, or given back."""
        self._heartbeat_writer.stop()

    def terminate(self, worker: Any) -> None:
        """The same in a hurry."""
        self._heartbeat_writer.stop()


class HeartbeatScheduler(PersistentScheduler):
    """Celery's own; at each turn of its loop it says that it is there."""

    _heartbeat_writer: HeartbeatWriter | None = None

    def tick(self, *args: Any, **options: Any) -> float:
        """Ring for what is due, and return after how many seconds to look again."""
        if self._heartbeat_writer is None:
            self._heartbeat_writer = HeartbeatWriter("beat")
            # Not in `close`: Celery calls that from its signal handler, perhaps in the middle of saying so, and two of
            # a thread's statements at once on one connection would wait for each other.
            atexit.register(self._heartbeat_writer.deregister)
        self._heartbeat_writer.beat()
        return float(super().tick(*args, **options))


def active_requests() -> list[Any]:
    """The requests that this worker's hands are working on."""
    for _ in range(3):
        try:
            return list(state.active_requests)
        except RuntimeError:  # another thread took one up or laid one down just then
            continue
    return []


def _running_jobs(requests: Iterable[Any]) -> RunningJobs:
    return [
        {
            "work": str(request.name).rpartition(".")[2],
            "since": datetime.fromtimestamp(request.time_start, UTC).isoformat(timespec="seconds"),
        }
        for request in requests
        if request.time_start
    ]
