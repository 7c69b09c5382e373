"""Pages that refresh themselves: the browser polls, and gets a page only if something has changed.

What a page shows changes with the change log, the reader's rights, and the minutes left. The answer "nothing has
changed" takes one query. A transaction that was overtaken by a later one may be missed, for a minute at most.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.models import CHANGE_TRIGGERS
from editorial.models.ops import change_log

BACKGROUND_HEADER = "X-Background-Refresh"
"""Sent by auto_refresh.js. Such a request does not extend the session."""


def respond(request: HttpRequest, render: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The page, or 304 if it is a refresh and the browser's copy is current."""
    if BACKGROUND_HEADER not in request.headers:
        return render()
    tag = _entity_tag(request)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    response = render()
    response.headers["ETag"] = tag
    return response


def _entity_tag(request: HttpRequest) -> str:
    """Of what the page shows now; read before the page, so that it can only be too old."""
    newest = change_log.newest_position(str(model._meta.model_name) for model in CHANGE_TRIGGERS)
    facts, minute = request_user.actor_facts(request), f"{timezone.now():%Y-%m-%dT%H:%M}"
    parts = (request.get_full_path(), facts.id, sorted(map(str, facts.memberships)), newest, minute)
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
