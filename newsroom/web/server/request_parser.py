"""Reads requests, and refuses what is malformed, ambiguous or too large as soon as that shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver

MAX_HEAD_BYTES = 32 * 1024
_MAX_URL_BYTES = 4096
_MAX_HEADER_BYTES = 8190
_MAX_HEADERS = 100
_MAX_CHUNK_HEAD_BYTES = 4096
_MAX_FORM_BYTES = 1024 * 1024  # of an upload, besides its file


@dataclass(frozen=True)
class Refusal:
    """Why a request is not read further: the status of its response."""

    code: int


class RequestParser(HTTPRequestParser):
    """One request while it arrives. With `error` set it is complete, and its connection will be closed."""

    error: Any
    completed: bool
    headers_finished: bool
    expect_continue: bool

    def received(self, data: bytes) -> int:
        """Take what belongs to this request; return the number of bytes."""
        if not self.headers_finished and self._url_is_too_long(data):
            self.error = Refusal(414)
            self.headers_finished = self.completed = True
            return len(data)
        consumed = int(super().received(data))
        if self.headers_finished and self.error is None and not self.empty:
            self.error = self._refusal()
        if self.error is not None:
            self.completed = True
            self.expect_continue = False  # a refused client is not asked for its body
        return consumed

    def time_out(self) -> None:
        """Refuse it because its client is too slow."""
        self.error = Refusal(408)
        self.completed = True

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head. Folded and oversized headers are refused."""
        lines = header_plus.split(b"\r\n")
        super().parse_header(header_plus)
        if any(line.startswith((b" ", b"\t")) for line in lines):
            raise ParsingError("folded header")
        if len(lines) > _MAX_HEADERS + 2 or max(map(len, lines)) > _MAX_HEADER_BYTES:
            self.error = Refusal(431)

    def _url_is_too_long(self, data: bytes) -> bool:
        start = (self.header_plus + data[: _MAX_URL_BYTES + 100]).lstrip()
        return len(start) > _MAX_URL_BYTES and b"\r\n" not in start[:_MAX_URL_BYTES]

    def _refusal(self) -> Refusal | None:
        body = self.body_rcv
        if self.version not in ("1.0", "1.1"):
            return Refusal(400)
        # A body of two lengths would be read differently by a proxy (request smuggling).
        if "TRANSFER_ENCODING" in self.headers or (
            self.chunked and "CONTENT_LENGTH" in self.headers and not self.completed
        ):
            return Refusal(400)
        if self.headers.get("EXPECT", "100-continue").lower() != "100-continue":
            return Refusal(417)
        if max(self.content_length, self.body_bytes_received) > self._max_body_bytes():
            return Refusal(413)
        if isinstance(body, ChunkedReceiver):
            head = len(body.control_line) + len(body.chunk_end) + len(body.trailer)
            return Refusal(400) if head > _MAX_CHUNK_HEAD_BYTES else None
        return None

    def _max_body_bytes(self) -> int:
        """The size of the largest body that any view accepts from somebody who may be signed in, or from others.

        A view checks who it really is, once the body has been read and before it is parsed.
        """
        may_be_signed_in = "AUTHORIZATION" in self.headers or f"{settings.SESSION_COOKIE_NAME}=" in self.headers.get(
            "COOKIE", ""
        )
        return max_upload_bytes() if may_be_signed_in else settings.ANONYMOUS_MAX_BYTES


def max_upload_bytes() -> int:
    """The size of the largest body that any view accepts."""
    return int(max(settings.EXHIBIT_MAX_BYTES + _MAX_FORM_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
