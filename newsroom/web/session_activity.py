"""A user's requests extend their session; a page that refreshes itself does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponseBase

from newsroom.web.sessions import SessionStore

View = Callable[[HttpRequest], HttpResponseBase]

BACKGROUND_HEADER = "X-Background-Refresh"
"""Sent by a page that refreshes itself (editorial/auto_refresh.js)."""


def session_activity_middleware(view: View) -> View:
    """Extend the session at each request that reads it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        if request.session.accessed and BACKGROUND_HEADER not in request.headers:
            cast(SessionStore, request.session).touch()
        return response

    return middleware
