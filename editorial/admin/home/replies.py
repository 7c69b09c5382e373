"""Requests for comment whose deadline is near or past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from editorial.admin.framework import labels
from editorial.admin.home.panel import Line, Panel, Viewer, panel_of
from editorial.models import ReplyRequest
from editorial.policy.vocabulary import ReplyOutcome

_NEAR = timedelta(hours=24)


def panel(viewer: Viewer) -> Panel:
    """Those without a response whose deadline is within a day, or past, by deadline."""
    rows: Any = ReplyRequest.objects.all().visible_to(viewer.facts)
    rows = rows.filter(outcome=ReplyOutcome.PENDING.value, deadline_at__lte=viewer.now + _NEAR)
    url = reverse("admin:editorial_replyrequest_changelist")
    return panel_of(
        rows.select_related("to").order_by("deadline_at"), _line, key="replies", title="Reply deadlines", url=url
    )


def _line(request: ReplyRequest) -> Line:
    return Line(row=request, title=labels.row_label(request.to), detail=request.question, due_at=request.deadline_at)
