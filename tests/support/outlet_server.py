"""A real and small web server of an outlet, with prepared responses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class PreparedResponse:
    """The response at a path."""

    body: bytes = b""
    content_type: str = "text/html"
    status: int = 200
    location: str = ""
    pause: float = 0.0  # seconds before each byte
    headers: dict[str, str] = field(default_factory=dict)


class _RequestHandler(BaseHTTPRequestHandler):
    server: OutletServer

    def do_GET(self) -> None:
        """Note who came, and give what there is."""
        self.server.visits.append((self.path, dict(self.headers.items())))
        response = self.server.gives.get(self.path, PreparedResponse(status=404))
        etag = response.headers.get("ETag")
        if etag and self.headers.get("if-none-match") == etag:
            response = PreparedResponse(status=304, headers=response.headers)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.location:
            self.send_header("location", response.location)
        self.send_header("content-type", response.content_type)
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        try:
            for byte in response.body if response.pause else [response.body]:
                time.sleep(response.pause)
                self.wfile.write(bytes([byte]) if isinstance(byte, int) else byte)
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class OutletServer(ThreadingHTTPServer):
    """A web server whose pages can be changed, and that remembers who came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self.gives: dict[str, PreparedResponse] = {}
        self.visits: list[tuple[str, dict[str, str]]] = []

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.server_address[1]}{path}"
