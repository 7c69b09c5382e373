"""The home page: what this user has to do now, the queues, and how the desk stands."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.admin.home import (
    alerts,
    charts,
    corrections,
    my_tasks,
    notifications,
    queues,
    replies,
    stories,
    to_sign,
)
from editorial.admin.home.panel import Panel, Viewer


def home_callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the home page. The number of queries does not depend on the number of rows."""
    viewer = Viewer(request_user.current_user(request), request_user.actor_facts(request), timezone.now())
    to_do = [panel for panel in _to_do(viewer) if panel is not None]
    aside = [stories.scheduled(viewer), notifications.panel(viewer)]
    is_admin = request_user.is_organization_admin(request)
    admin = [*alerts.panels(viewer)] if is_admin else []
    return context | {
        "now": viewer.now,
        "refresh_seconds": 15,
        "to_do": to_do,
        "panels": [panel for panel in to_do if panel.lines],
        "queues": queues.queues(viewer),
        "held": stories.held(viewer),
        "aside": [panel for panel in (*admin, *aside) if panel.lines],
        "charts": charts.charts(viewer),
        "development_pages": is_admin and settings.DEVELOPMENT_PAGES,
    }


def _to_do(viewer: Viewer) -> list[Panel | None]:
    """The user's own duties, in the order in which they cannot wait."""
    return [
        corrections.panel(viewer),
        my_tasks.panel(viewer),
        to_sign.panel(viewer),
        stories.to_clear(viewer),
        stories.to_confirm(viewer),
        replies.to_confirm(viewer),
        replies.received(viewer),
        replies.panel(viewer),
        stories.mine(viewer),
    ]
