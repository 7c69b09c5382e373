"""Problem responses for requests that are malformed, too large or too slow and therefore never reach a view."""

from __future__ import annotations

import json
from http import HTTPStatus

from editorial.api.framework import errors

_PROBLEMS = {
    408: ("TOO_SLOW", "The request did not arrive in time. Send it again over a faster connection."),
    413: ("TOO_LARGE", "The body is too large. Before sign-in it may have at most 64 KiB."),
    414: ("ADDRESS_TOO_LONG", "The URL is too long. Send long values in the body."),
    417: ("EXPECTATION_FAILED", "The only supported expectation is 100-continue."),
    431: ("HEADERS_TOO_LARGE", "Too many headers, or a header is too long."),
    500: ("INTERNAL", "An internal error was logged. Try again, and notify your administrator if it happens again."),
    501: ("NOT_IMPLEMENTED", "The transfer encoding of the body is not supported."),
}
# As on every other response; these bypass the middleware.
SECURITY_HEADERS = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)
_DEFAULT_PROBLEM = ("MALFORMED_REQUEST", "The request is not valid HTTP.")


def problem(status: int) -> tuple[str, str, bytes]:
    """Status line, media type and body of a problem (RFC 9457) that quotes nothing."""
    code, detail = _PROBLEMS.get(status, _DEFAULT_PROBLEM)
    body = json.dumps(errors.problem_body(status, [{"code": code, "detail": detail}])).encode()
    return f"{status} {HTTPStatus(status).phrase}", errors.MEDIA_TYPE, body
