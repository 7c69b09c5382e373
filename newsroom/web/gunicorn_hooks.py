"""gunicorn hooks: heartbeats of web processes."""

from __future__ import annotations

from typing import Any

from newsroom.observability.heartbeats import HeartbeatWriter

_heartbeat_writers: list[HeartbeatWriter] = []


def post_worker_init(worker: Any) -> None:
    _heartbeat_writers.append(HeartbeatWriter("web", slots=worker.cfg.threads))
    _heartbeat_writers[0].start()


def worker_exit(_server: Any, _worker: Any) -> None:
    for writer in _heartbeat_writers:
        writer.stop()
