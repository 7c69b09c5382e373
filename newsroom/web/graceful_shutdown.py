"""A web process that is told to stop goes on answering for a while, and says meanwhile that it takes no new callers.

A proxy asks `/health/accepting` every second and sends them elsewhere; who is on the way still finds somebody there.
Without it, callers would stand in the queue of a door that is being closed, and be turned away.
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
    """Have this process leave in this way. To be called by the server's main thread, once it listens to signals."""
    at_once = signal.getsignal(signal.SIGTERM)
    if not _DRAIN_SECONDS or not callable(at_once):
        return

    def leave(number: int, _: FrameType | None) -> None:
        if not _stopping.is_set():
            _stopping.set()
            timer = threading.Timer(_DRAIN_SECONDS, at_once, (number, None))
            timer.daemon = True
            timer.start()

    signal.signal(signal.SIGTERM, leave)
    signal.siginterrupt(signal.SIGTERM, False)


def accepting(_request: HttpRequest) -> JsonResponse:
    """Whether this process takes new callers. It says nothing of PostgreSQL: the others have the same one."""
    if _stopping.is_set():
        return JsonResponse({"status": "draining", "detail": "This process is about to end."}, status=503)
    return JsonResponse({"status": "accepting"})
