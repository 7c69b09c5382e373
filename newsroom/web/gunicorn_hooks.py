"""gunicorn hooks: what the parent shares with its processes, and how each of them starts and ends."""

from __future__ import annotations

import gc
from typing import Any

from newsroom.local import readiness
from newsroom.observability.heartbeats import HeartbeatWriter
from newsroom.web import graceful_shutdown

_heartbeat_writers: list[HeartbeatWriter] = []


def when_ready(_server: Any) -> None:
    """Keep garbage collections of the processes away from what they share: each would copy it."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Start in the process itself: handlers of signals, threads and the ready file are not inherited."""
    graceful_shutdown.install()
    _heartbeat_writers.append(HeartbeatWriter("web", slots=worker.cfg.threads))
    _heartbeat_writers[0].start()
    readiness.mark_ready()


def worker_exit(_server: Any, _worker: Any) -> None:
    for writer in _heartbeat_writers:
        writer.stop()
