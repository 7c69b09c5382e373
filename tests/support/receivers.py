"""A mail server and a web server, both real and small."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _SmtpHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """Speak as much SMTP as one email takes."""
        self._send("220 mailbox")
        while line := self.rfile.readline().decode().strip():
            command = line.split(":")[0].split(" ")[0].upper()
            if command == "DATA":
                self._send("354 go ahead")
                if not self._receive():
                    return
            elif command == "RCPT" and any(name in line for name in self.server.refused):
                self._send("550 no such mailbox")
            elif command == "QUIT":
                self._send("221 bye")
                return
            else:
                self._send("250 ok")

    def _receive(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # the sender is gone, and no email was received
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        email = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(email, EmailMessage)
        self.server.emails.append(email)
        self.server.arrived.set()
        if self.server.never_acknowledges:
            self.server.released.wait(timeout=120)
            return False
        self._send("250 taken")
        return True

    def _send(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it receives. With `never_acknowledges` it accepts an email and does not respond."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0, address: str = "127.0.0.1") -> None:
        super().__init__((address, port), _SmtpHandler)
        self.emails: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.never_acknowledges = False
        self.arrived, self.released = threading.Event(), threading.Event()

    @property
    def port(self) -> int:
        """Its address on this machine."""
        return int(self.server_address[1])

    def use_tls(self, certificate: str, key: str) -> None:
        """Speak TLS from now on."""
        self.socket = _wrap(self.socket, certificate, key)

    def messages_to(self, name: str) -> list[EmailMessage]:
        """The emails to a user."""
        return [email for email in self.emails if name in str(email["to"])]


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A request that a webhook receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


class _WebhookHandler(BaseHTTPRequestHandler):
    server: WebhookReceiver

    def do_POST(self) -> None:
        """Record the request and respond as configured."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append(
            WebhookRequest(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        )
        self.send_response(self.server.status)
        if self.server.retry_after:
            self.send_header("retry-after", self.server.retry_after)
        if self.server.status // 100 == 3:
            self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class WebhookReceiver(ThreadingHTTPServer):
    """A web server that records what is posted to it and responds with `status` and, if it is set, `retry_after`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _WebhookHandler)
        self.requests: list[WebhookRequest] = []
        self.status = 200
        self.retry_after = ""

    def use_tls(self, certificate: str, key: str) -> None:
        """Speak TLS from now on."""
        self.socket = _wrap(self.socket, certificate, key)


def _wrap(listener: socket.socket, certificate: str, key: str) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context.wrap_socket(listener, server_side=True)


@contextmanager
def serve_in_background(server: socketserver.BaseServer) -> Iterator[None]:
    """Let it serve until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
