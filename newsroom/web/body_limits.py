"""Limits on request bodies before a view or the CSRF check reads them: size before sign-in, and no compression."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from editorial.api.framework import errors

_COMPRESSED = "Send the body uncompressed, without Content-Encoding."

View = Callable[[HttpRequest], HttpResponseBase]


def body_limit_middleware(view: View) -> View:
    """Refuse compressed bodies, which could expand to any size, and large bodies before sign-in.

    The server has already bounded and buffered the body; the API's parsers bound it by endpoint.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            return errors.problem_response(415, "content_encoding_unsupported", _COMPRESSED)
        if _length(request) > settings.ANONYMOUS_MAX_BYTES and not _is_signed_in(request):
            detail = f"Before sign-in a body may have at most {settings.ANONYMOUS_MAX_BYTES // 1024} KiB."
            return errors.problem_response(413, "too_large", detail)
        return view(request)

    return answer


def _length(request: HttpRequest) -> int:
    stated = request.META.get("CONTENT_LENGTH") or "0"
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0


def _is_signed_in(request: HttpRequest) -> bool:
    """Whether a session or, below the API, a token stands for somebody. The API itself checks the token."""
    return bool(request.headers.get("Authorization")) or request.user.is_authenticated
