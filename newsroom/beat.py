"""Beat: its Celery application, which sends tasks by name and loads none of their code, and its scheduler."""

from __future__ import annotations

import atexit
from typing import Any

from celery.beat import PersistentScheduler
from celery.signals import beat_init

from newsroom import celery_app
from newsroom.local import readiness
from newsroom.observability.heartbeats import HeartbeatWriter

app = celery_app.create()
beat_init.connect(readiness.mark_ready)


class HeartbeatScheduler(PersistentScheduler):
    """Celery's scheduler, which also writes a heartbeat on every tick."""

    _heartbeat_writer: HeartbeatWriter | None = None

    def tick(self, *args: Any, **options: Any) -> float:
        """Publish due tasks and return the number of seconds until the next tick."""
        if self._heartbeat_writer is None:
            self._heartbeat_writer = HeartbeatWriter("beat")
            # Not in `close`: Celery calls that from its signal handler, possibly during a heartbeat, and two statements
            # of one thread on one connection would deadlock.
            atexit.register(self._heartbeat_writer.deregister)
        self._heartbeat_writer.beat()
        return float(super().tick(*args, **options))
