"""Listeners: accept connections from a socket that the process inherited, and bound their number."""

from __future__ import annotations

import time

from waitress.server import TcpWSGIServer

from newsroom.web.server.connections import Connection

MAX_CONNECTIONS = 1000  # in one process
MAX_LARGE_BODIES = 64  # that one process receives at the same time
_CROWD = 100  # connections
_ACCEPTS_IN_A_CROWD = 50  # in one turn of the loop


class Listener(TcpWSGIServer):
    """Accepts connections of one process."""

    channel_class = Connection
    draining = False
    """Whether the process is shutting down."""

    active_channels: dict[int, Connection]

    def readable(self) -> bool:
        """Whether to accept: not while requests wait for a thread, since another process may have one."""
        accepts = super().readable()
        return bool(accepts and not self.draining and not self.task_dispatcher.queue)

    def handle_accept(self) -> None:
        """Accept a connection; make room by closing the one that has been incomplete for longest."""
        # The more connections, the longer a turn of the loop takes; a few are best shared with other processes.
        for _ in range(_ACCEPTS_IN_A_CROWD if len(self.active_channels) > _CROWD else 1):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                return
            if len(self.active_channels) > MAX_CONNECTIONS:
                waiting = [each for each in self.active_channels.values() if not each.requests and not each.will_close]
                self._close_oldest(waiting).handle_close()

    def maintenance(self, now: float) -> None:
        """Apply all time limits. Called every second."""
        for connection in list(self.active_channels.values()):
            connection.check_timeouts(time.monotonic())
        large = [each for each in self.active_channels.values() if each.receives_large_body]
        for _ in range(len(large) - MAX_LARGE_BODIES):
            large.remove(self._close_oldest(large))

    @property
    def is_busy(self) -> bool:
        """Whether a connection sends a request or is owed a response."""
        return any(not each.is_idle for each in self.active_channels.values())

    @staticmethod
    def _close_oldest(candidates: list[Connection]) -> Connection:
        oldest = min(candidates, key=lambda each: each.request_began)
        oldest.will_close = True
        return oldest
