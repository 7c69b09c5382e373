"""Request ids link a response, its log lines and the jobs that it caused.

A request's log line has the user, the view, the status and the duration, but not the URL, which may contain a search
for a name.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars

from editorial.operations import metrics
from newsroom.observability import log_format

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Digits and dashes only, so that a client-supplied id cannot write words into the log.
_ID = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{14,62}[0-9a-fA-F]")


def request_id_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """The outermost middleware: reads or creates the id, returns it, logs one line and records the duration."""

    def middleware(request: Any) -> HttpResponseBase:
        started = time.monotonic()
        request.id = _id(request.headers.get(HEADER, ""))
        clear_contextvars()
        bind_contextvars(request_id=request.id)
        log_format.current_request.set(request)
        try:
            response = get_response(request)
            response.headers.setdefault(HEADER, request.id)
            _log_request(request, response.status_code, time.monotonic() - started)
            return response
        finally:
            log_format.current_request.set(None)
            clear_contextvars()

    return middleware


def _id(value: str) -> str:
    return value if _ID.fullmatch(value) else str(uuid4())


def _log_request(request: HttpRequest, status: int, seconds: float) -> None:
    view, method = _view(request), request.method if request.method in _METHODS else "OTHER"
    metrics.REQUESTS.labels(view, method, status).observe(seconds)
    slow = seconds >= settings.SLOW_REQUEST_SECONDS
    write = log.error if status >= 500 else log.warning if slow else log.debug if method in _SAFE_METHODS else log.info
    write("slow request" if slow else "request", view=view, method=method, status=status, seconds=round(seconds, 3))


def _view(request: HttpRequest) -> str:
    """The name of the view. It comes from the code, whereas a URL may contain anything."""
    match = request.resolver_match
    return (match.view_name or match.route or "unnamed") if match else "none"


def _log_failure(request: HttpRequest | None = None, **_: Any) -> None:
    log.error("request failed", view=_view(request) if request else "none", exc_info=True)


got_request_exception.connect(_log_failure, dispatch_uid="newsroom.web.request_ids")
