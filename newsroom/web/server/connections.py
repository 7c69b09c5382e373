"""Connections: how long they may take, and how they end."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

import structlog
from django.conf import settings
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ErrorTask, WSGITask

from newsroom.web import bad_requests
from newsroom.web.server.request_parser import RequestParser

log = structlog.get_logger(__name__)

# Seconds.
KEEP_ALIVE = 75.0  # without a request; longer than clients keep idle connections, so that they close them
STALL_TIMEOUT = 30.0  # without progress in sending a response
LINGER = 2.0  # to let a refused client read the response before the connection is reset
MIN_BYTES_PER_SECOND = 16 * 1024
LARGE_BODY_BYTES = 64 * 1024


class ResponseTask(WSGITask):
    """Runs the application for one request."""

    def execute(self) -> None:
        """Log failures without the URL, which waitress would quote. Ask clients to reconnect on shutdown."""
        if self.channel.server.draining:
            self.set_close_on_finish()
        try:
            super().execute()
        except (ClientDisconnected, OSError):
            raise
        except Exception:
            log.error("response failed", exc_info=True)
            raise


class ProblemTask(ErrorTask):
    """Responds with a problem that quotes nothing, and closes the connection."""

    def execute(self) -> None:
        """Send the problem."""
        code = int(self.request.error.code)
        self.channel.refused = True
        self.status, content_type, body = bad_requests.problem(code)
        self.response_headers += [("Content-Type", content_type), *bad_requests.SECURITY_HEADERS]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Connection(HTTPChannel):
    """A client's connection. Only a complete request occupies a thread."""

    parser_class = RequestParser
    task_class = ResponseTask
    error_task_class = ProblemTask

    request: RequestParser | None
    requests: list[RequestParser]
    will_close: bool

    refused = False
    """Whether the client may still be sending what was refused."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.request_began = self.opened = time.monotonic()
        self.served = False
        self._linger_until = 0.0
        super().__init__(*arguments, **options)

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a request and owes no response."""
        return self.request is None and not self.requests and not self.total_outbufs_len

    @property
    def receives_large_body(self) -> bool:
        """Whether an incomplete request has already sent a large body."""
        return self.request is not None and self.request.body_bytes_received > LARGE_BODY_BYTES

    def received(self, data: bytes) -> bool:
        """Note when a request began."""
        if self.request is None:
            self.request_began = time.monotonic()
        self.served = True
        return bool(super().received(data))

    def check_timeouts(self, now: float) -> None:
        """Close it, or refuse its request, if it takes too long. `now` is monotonic."""
        idle_since = time.time() - self.last_activity
        if self._linger_until:
            if now > self._linger_until:
                self.handle_close()
        elif self.total_outbufs_len:
            if idle_since > STALL_TIMEOUT:
                self.handle_close()  # not `will_close`: that waits until the client reads
        elif self.requests:
            return
        elif self.request is None:
            self.will_close = self.will_close or idle_since > (
                KEEP_ALIVE if self.served else settings.REQUEST_HEAD_SECONDS
            )
        elif now - self.request_began > self._seconds_allowed(self.request):
            self._refuse_slow_request()

    def readable(self) -> bool:
        """Also read what a refused client still sends."""
        return bool(self._linger_until or super().readable())

    def writable(self) -> bool:
        """Whether there is something to send."""
        return bool(not self._linger_until and super().writable())

    def handle_read(self) -> None:
        """Read a part of a request; discard it if the response is already on its way."""
        if not self._linger_until:
            super().handle_read()
            return
        with suppress(OSError):
            self.recv(self.adj.recv_bytes)

    def handle_close(self) -> None:
        """Close it. A refused client first gets time to read why: closing with unread input would reset."""
        if self.refused and self.will_close and self.connected and not self._linger_until:
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                super().handle_close()
                return
            self.will_close = False
            self._linger_until = time.monotonic() + LINGER
            return
        super().handle_close()

    def _refuse_slow_request(self) -> None:
        with self.requests_lock:
            request, self.request = self.request, None
            if request is not None:
                request.time_out()
                self.requests.append(request)
                self.server.add_task(self)

    @staticmethod
    def _seconds_allowed(request: RequestParser) -> float:
        if not request.headers_finished:
            return float(settings.REQUEST_HEAD_SECONDS)
        return float(settings.REQUEST_BODY_SECONDS) + float(request.body_bytes_received) / MIN_BYTES_PER_SECOND
