"""Unread notifications."""

from __future__ import annotations

from django.urls import reverse

from editorial.admin.framework import labels
from editorial.admin.home.panel import Line, Panel, Viewer, panel_of
from editorial.models import Notification


def panel(viewer: Viewer) -> Panel:
    """The newest first."""
    rows = Notification.objects.unread().filter(user=viewer.user).order_by("-id")
    url = reverse("admin:editorial_notification_changelist")

    def line(notice: Notification) -> Line:
        return Line(row=notice, title=notice.subject, detail=labels.time_since(notice.created_at, viewer.now))

    return panel_of(rows, line, key="notifications", title="Unread notifications", url=url)
