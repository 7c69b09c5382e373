"""Cross-origin requests (CORS): pages of the listed origins may call the API with a token, and nobody's cookies.

The admin's session is never available to them: no response allows credentials.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from editorial.api.framework.errors import is_api_request

View = Callable[[HttpRequest], HttpResponseBase]

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "If-Range, Range",
    "Access-Control-Max-Age": "600",
}
_EXPOSED = (
    "Content-Disposition, Content-Range, Deprecation, ETag, Idempotency-Replayed, Link, Location, RateLimit, "
    "RateLimit-Policy, Retry-After, Sunset, WWW-Authenticate"
)


def cross_origin_middleware(view: View) -> View:
    """Answer preflight requests, and let listed origins read responses of the API."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        origins = settings.CORS_ALLOWED_ORIGINS
        if not origins or not is_api_request(request):
            return view(request)
        is_allowed = request.headers.get("Origin") in origins
        is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204, headers=_PREFLIGHT) if is_allowed and is_preflight else view(request)
        patch_vary_headers(response, ["Origin"])
        if is_allowed:
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        return response

    return middleware
