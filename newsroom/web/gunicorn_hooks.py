"""What gunicorn does besides serving: each of its processes says that it is there, and speaks as the API does."""

from __future__ import annotations

from typing import Any

from newsroom.observability.heartbeats import Attendance
from newsroom.web import bad_requests

_here: list[Attendance] = []


def post_worker_init(worker: Any) -> None:
    """A process that serves is there, and refuses in our words what it cannot read."""
    bad_requests.arrange()
    _here.append(Attendance("web", hands=worker.cfg.threads))
    _here[0].keep()


def worker_exit(_server: Any, _worker: Any) -> None:
    """It ends in order."""
    for attendance in _here:
        attendance.end()
