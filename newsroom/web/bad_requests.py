"""Problem responses for requests that are malformed or too large and therefore never reach a view."""

from __future__ import annotations

import json
import socket
from http import HTTPStatus

from gunicorn import util

_PROBLEMS = {
    403: ("FORBIDDEN", "Requests from this address are not allowed."),
    414: ("ADDRESS_TOO_LONG", "The URL is too long. Send long values in the body."),
    417: ("EXPECTATION_FAILED", "The only supported expectation is 100-continue."),
    431: ("HEADERS_TOO_LARGE", "Too many headers, or a header is too long."),
    501: ("NOT_IMPLEMENTED", "The transfer encoding of the body is not supported."),
}
_DEFAULT_PROBLEM = ("MALFORMED_REQUEST", "The request is not valid HTTP.")


def install() -> None:
    """Replace gunicorn's error responses, which are HTML and quote the request. gunicorn has no hook for this."""
    util.write_error = write_error


def write_error(sock: socket.socket, status: int, reason: str, message: str) -> None:
    """Respond with a problem (RFC 9457) that quotes nothing, and close the connection."""
    from editorial.api.framework import errors  # requires Django, which is set up after gunicorn reads its settings

    code, detail = _PROBLEMS.get(status, _DEFAULT_PROBLEM)
    body = json.dumps(errors.problem_body(status, [{"code": code, "detail": detail}])).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\n"
        f"Content-Type: {errors.MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + body)
