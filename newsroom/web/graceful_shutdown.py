"""A web process that is told to stop goes on answering for a while, and says meanwhile that it takes no new callers.

A proxy asks `/health/open` every second and sends them elsewhere; who is on the way still finds somebody there.
Without it, callers would stand in the queue of a door that is being closed, and be turned away.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from django.http import HttpRequest, JsonResponse

_SECONDS = float(os.environ.get("DRAIN_SECONDS", "0"))
_told = threading.Event()


def arrange() -> None:
    """Have this process leave in this way. To be called by the server's main thread, once it listens to signals."""
    at_once = signal.getsignal(signal.SIGTERM)
    if not _SECONDS or not callable(at_once):
        return

    def leave(number: int, _: FrameType | None) -> None:
        if not _told.is_set():
            _told.set()
            timer = threading.Timer(_SECONDS, at_once, (number, None))
            timer.daemon = True
            timer.start()

    signal.signal(signal.SIGTERM, leave)
    signal.siginterrupt(signal.SIGTERM, False)


def open(_request: HttpRequest) -> JsonResponse:
    """Whether this process takes new callers. It says nothing of PostgreSQL: the others have the same one."""
    if _told.is_set():
        return JsonResponse({"status": "leaving", "detail": "This process is about to end."}, status=503)
    return JsonResponse({"status": "open"})
