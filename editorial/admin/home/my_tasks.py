"""Tasks that the user has taken, or that are assigned to them."""

from __future__ import annotations

from django.db.models import F, Q

from editorial.admin.framework.tags import user_name
from editorial.admin.home.panel import Line, Panel, Viewer, first_rows, lines_of
from editorial.admin.review import task_subjects
from editorial.models import ReviewTask


def panel(viewer: Viewer) -> Panel:
    """The taken ones by the end of their lease, then the assigned ones; snoozed ones are left out."""
    own = Q(taken_by=viewer.user) | Q(assigned_to=viewer.user)
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=viewer.now)
    rows = ReviewTask.objects.all().visible_to(viewer.facts).filter(own, awake).select_related("claim", "assigned_by")
    found, count = first_rows(rows.order_by(F("lease_until").asc(nulls_last=True), "-urgency", "due_at", "id"))
    tasks = task_subjects.with_subject_names(found, viewer.facts)
    return Panel(key="my-tasks", title="Your tasks", lines=lines_of(tasks, task_line), count=count)


def task_line(task: ReviewTask) -> Line:
    """A task: its question, and the time left for it."""
    return Line(
        row=task,
        title=task.question,
        about=getattr(task, "about", ""),
        detail=str(task.claim),
        badges=(task.claim.risk,),
        lease_until=task.lease_until,
        due_at=None if task.lease_until else task.due_at,
        note=f"from {user_name(task.assigned_by)}" if task.assigned_by_id and not task.lease_until else "",
    )
