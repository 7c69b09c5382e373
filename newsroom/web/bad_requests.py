"""What is no HTTP, or too much of it, never reaches a view: it is refused here, as the API refuses everything."""

from __future__ import annotations

import json
import socket
from http import HTTPStatus

from gunicorn import util

_PROBLEMS = {
    403: ("FORBIDDEN", "This cannot be asked for from there."),
    414: ("ADDRESS_TOO_LONG", "The address is too long. What is long to say belongs into the body."),
    417: ("EXPECTATION_FAILED", "Nothing can be expected here but 100-continue."),
    431: ("HEADERS_TOO_LARGE", "There are too many headers, or one of them is too long."),
    501: ("NOT_IMPLEMENTED", "The body is sent in a way that is not understood here."),
}
_DEFAULT_PROBLEM = ("MALFORMED_REQUEST", "The request is not valid HTTP.")


def install() -> None:
    """Have gunicorn refuse in our words, for which it offers no place: its own are HTML, and quote what was sent."""
    util.write_error = write_error


def write_error(sock: socket.socket, status: int, reason: str, message: str) -> None:
    """Answer with a problem (RFC 9457) that quotes nothing, and hang up."""
    from editorial.api.framework import errors  # not before Django is set up, which gunicorn's settings are read before

    code, detail = _PROBLEMS.get(status, _DEFAULT_PROBLEM)
    body = json.dumps(errors.problem_body(status, [{"code": code, "detail": detail}])).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\n"
        f"Content-Type: {errors.MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + body)
