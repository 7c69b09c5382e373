"""On shutdown, a web process keeps answering for a while and reports that it is draining.

A proxy polls `/health/accepting` every second and then sends new requests elsewhere; those on their way are still
answered. Otherwise they would wait in the queue of a closing socket and be rejected.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from django.http import HttpRequest, JsonResponse

_DRAIN_SECONDS = float(os.environ.get("DRAIN_SECONDS", "0"))
_stopping = threading.Event()


def install() -> None:
    """Install the shutdown handler: in the main thread, after gunicorn installed its signal handlers."""
    stop_now = signal.getsignal(signal.SIGTERM)
    if not _DRAIN_SECONDS or not callable(stop_now):
        return

    def start_draining(number: int, _: FrameType | None) -> None:
        if not _stopping.is_set():
            _stopping.set()
            timer = threading.Timer(_DRAIN_SECONDS, stop_now, (number, None))
            timer.daemon = True
            timer.start()

    signal.signal(signal.SIGTERM, start_draining)
    signal.siginterrupt(signal.SIGTERM, False)


def accepting(_request: HttpRequest) -> JsonResponse:
    """Whether this process accepts new requests. PostgreSQL is not checked: all processes share it."""
    if _stopping.is_set():
        return JsonResponse({"status": "draining", "detail": "This process is shutting down."}, status=503)
    return JsonResponse({"status": "accepting"})
