"""Compression of API responses, for tokens only.

The length of a compressed response tells whether two of its parts are alike (BREACH). That helps somebody who can make
a victim's browser send requests with a guess in them and who sees the encrypted traffic. A browser sends a session's
cookie by itself; a token it does not. So responses to a session are never compressed, nor are those to writes, which
may hold a new token or secret beside what the request said.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from editorial.api.framework.errors import is_api_request

_TYPES = ("application/json", "application/ld+json", "application/x-ndjson", "text/csv")


class CompressionMiddleware(GZipMiddleware):
    """Compresses what a token reads: objects, lists and exports, but no archived file."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, compressed if it may be and the caller accepts it."""
        if not _is_compressible(request, response):
            return response
        etag = response.headers.get("ETag")
        response = super().process_response(request, response)
        if etag and response.has_header("Content-Encoding"):
            # Django makes the tag weak, which If-Match never accepts. This representation has a strong one of its own.
            response.headers["ETag"] = f'{etag.removesuffix(chr(34))}-gzip"'
        return response


def _is_compressible(request: HttpRequest, response: HttpResponseBase) -> bool:
    is_read = request.method == "GET" and response.status_code == 200 and is_api_request(request)
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    return is_read and "Authorization" in request.headers and media_type in _TYPES
