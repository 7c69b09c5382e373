"""What gunicorn does besides serving: each of its processes says that it is there, and speaks as the API does."""

from __future__ import annotations

from typing import Any

from newsroom.observability.heartbeats import HeartbeatWriter
from newsroom.web import bad_requests

_heartbeat_writers: list[HeartbeatWriter] = []


def post_worker_init(worker: Any) -> None:
    """A process that serves is there, and refuses in our words what it cannot read."""
    bad_requests.install()
    _heartbeat_writers.append(HeartbeatWriter("web", slots=worker.cfg.threads))
    _heartbeat_writers[0].start()


def worker_exit(_server: Any, _worker: Any) -> None:
    """It ends in order."""
    for attendance in _heartbeat_writers:
        attendance.stop()
