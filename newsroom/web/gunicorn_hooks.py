"""gunicorn hooks: heartbeats, error responses and graceful shutdown of web processes."""

from __future__ import annotations

from typing import Any

from newsroom.observability.heartbeats import HeartbeatWriter
from newsroom.web import bad_requests

_heartbeat_writers: list[HeartbeatWriter] = []


def post_worker_init(worker: Any) -> None:
    bad_requests.install()
    _heartbeat_writers.append(HeartbeatWriter("web", slots=worker.cfg.threads))
    _heartbeat_writers[0].start()


def worker_exit(_server: Any, _worker: Any) -> None:
    for writer in _heartbeat_writers:
        writer.stop()
