"""Process heartbeats: written from a thread in web and worker, and from the main loop in dispatcher and beat.

Each heartbeat is one small write to PostgreSQL every five seconds (`editorial.operations.heartbeats`).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

RunningJobs = list[dict[str, str]]


def _no_jobs() -> RunningJobs:
    return []


class HeartbeatWriter:
    """Writes the heartbeat of one process. While PostgreSQL is unavailable, the process goes on without one."""

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
        """Write a heartbeat, unless the last one is recent."""
        from editorial.models import db_clock
        from editorial.operations import heartbeats

        if time.monotonic() < self._next_beat_at:
            return
        self._next_beat_at = time.monotonic() + heartbeats.INTERVAL.total_seconds()
        self._heartbeat.running_jobs = self._running_jobs()
        self._write(lambda: heartbeats.beat(self._heartbeat, now=db_clock.now()))

    def deregister(self) -> None:
        """Delete the heartbeat: a process that shut down cleanly is not missing."""
        from editorial.operations import heartbeats

        self._write(lambda: heartbeats.deregister(self._heartbeat))

    def start(self) -> None:
        """Write heartbeats from a separate thread until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; it deregisters the process."""
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
            log.debug("heartbeat not written", error=type(problem).__name__)
            if not connection.in_atomic_block:
                connection.close()
