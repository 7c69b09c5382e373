"""Total deadlines: shut down the sockets of a conversation that takes too long in all.

The timeouts of sockets apply to each read. A server that sends a byte now and then never exceeds them.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Deadline:
    """A moment at which all watched sockets are shut down, so that their reader gets an end of file or an error."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._expired = False

    @property
    def expired(self) -> bool:
        """Whether it has passed."""
        return self._expired or self.remaining() <= 0

    def remaining(self) -> float:
        """Seconds until then; negative afterwards."""
        return self._at - time.monotonic()

    def watch(self, opened: socket.socket) -> None:
        """Shut this socket down, too."""
        with self._lock:
            self._sockets.append(opened)
            if self._expired:
                _shut_down(opened)

    def expire(self) -> None:
        """Shut all sockets down."""
        with self._lock:
            self._expired = True
            for each in self._sockets:
                _shut_down(each)


@contextmanager
def within(seconds: float) -> Iterator[Deadline]:
    """Watch the sockets that the block registers, until it ends."""
    deadline = Deadline(seconds)
    timer = threading.Timer(seconds, deadline.expire)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


def _shut_down(opened: socket.socket) -> None:
    with suppress(OSError):  # closed already, or replaced by its TLS socket
        # Not its own method: that of a TLS socket would discard the state that its reader is using.
        socket.socket.shutdown(opened, socket.SHUT_RDWR)
