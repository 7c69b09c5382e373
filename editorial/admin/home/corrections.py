"""What published stories owe their readers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from editorial.admin.home.panel import Line, Panel, Viewer, panel_of
from editorial.models import Correction


def panel(viewer: Viewer) -> Panel:
    """Open corrections of visible stories, by deadline."""
    rows: Any = Correction.objects.all().visible_to(viewer.facts)
    rows = rows.filter(closed_at=None).select_related("story").order_by("due_at", "id")
    url = f"{reverse('admin:editorial_correction_changelist')}?pending=open"
    return panel_of(rows, _line, key="corrections", title="Corrections due", url=url, urgent=True)


def _line(correction: Correction) -> Line:
    story = correction.story
    return Line(
        row=story,
        title=story.headline,
        detail=correction.because,
        badges=(correction.remedy, story.status),
        due_at=correction.due_at,
        anchor="#pending-remedy",
    )
