"""Webhook receivers with bad habits, each of which can behave again."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

HABITS = ("hangs", "drips headers", "drips bodies", "floods", "refuses", "fails")
_DRIP_INTERVAL = 0.2  # seconds between two bytes


class BadReceiver:
    """A web server that answers 204 while it behaves. `acknowledged`: the ids of requests that it answered with 2xx."""

    def __init__(self, habit: str) -> None:
        self.habit, self.behaves = habit, True
        self.acknowledged: set[str] = set()
        self._server = self._start(0)
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.port}/newsroom"

    def misbehave(self) -> None:
        """Fall into its habit."""
        self.behaves = False
        if self.habit == "refuses":
            self.stop()

    def behave(self) -> None:
        """Answer from now on."""
        self.behaves = True
        if self.habit == "refuses":
            self._server = self._start(self.port)

    def stop(self) -> None:
        """Close its port."""
        self._server.shutdown()
        self._server.server_close()

    def _start(self, port: int) -> _Server:
        server = _Server(port, self)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    block_on_close = False
    request_queue_size = 50

    def __init__(self, port: int, receiver: BadReceiver) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Read one request, and answer it or not."""
        with suppress(OSError, KeyError):  # the sender gave up, also in the middle of its headers
            request_id = self._read_request()
            if self.server.receiver.behaves:
                self._acknowledge(request_id, b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
            else:
                self._misbehave(request_id)

    def _read_request(self) -> str:
        self.rfile.readline()
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        self.rfile.read(int(headers["content-length"]))
        return headers["webhook-id"]

    def _acknowledge(self, request_id: str, response: bytes) -> None:
        self.server.receiver.acknowledged.add(request_id)
        self.wfile.write(response)

    def _misbehave(self, request_id: str) -> None:
        habit = self.server.receiver.habit
        if habit == "fails":
            self.wfile.write(b"HTTP/1.1 500 Broken\r\nconnection: close\r\n\r\n")
        elif habit == "hangs":
            self.connection.recv(1)  # until the sender goes away
        elif habit == "floods":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"x-flood: water\r\n" * 1000)
        else:
            if habit == "drips bodies":
                self._acknowledge(request_id, b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
            else:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nx-drip: ")
            while True:
                self.wfile.write(b"x")
                time.sleep(_DRIP_INTERVAL)


@contextmanager
def bad_receivers() -> Iterator[list[BadReceiver]]:
    """One of each habit, until the block ends. At first, they behave."""
    with ExitStack() as stack:
        receivers = [BadReceiver(habit) for habit in HABITS]
        for receiver in receivers:
            stack.callback(receiver.stop)
        yield receivers
