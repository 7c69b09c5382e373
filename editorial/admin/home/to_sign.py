"""What waits for the user's signature: findings to propose or approve, legal and standards reviews."""

from __future__ import annotations

from editorial.admin.home.my_tasks import task_line
from editorial.admin.home.panel import Panel, Viewer, panel_of
from editorial.admin.review import tasks
from editorial.models.review.tasks import OVERDUE_FIRST
from editorial.policy import access
from editorial.policy.vocabulary import TaskKind, TaskQueue
from editorial.workflow.review import task_offers

_KINDS = frozenset({TaskKind.SECOND_REVIEW, TaskKind.STANDARDS_READ, TaskKind.LEGAL_READ})


def panel(viewer: Viewer) -> Panel | None:
    """Overdue ones first, then by urgency. None for those who sign nothing."""
    if not any(kinds & _KINDS for kinds in access.takeable_task_kinds(viewer.facts).values()):
        return None
    rows = task_offers.offered_to(viewer.user, viewer.now).filter(kind__in=[kind.value for kind in _KINDS])
    return panel_of(
        rows.select_related("claim", "assigned_by").order_by(*OVERDUE_FIRST),
        task_line,
        key="to-sign",
        title="To sign",
        url=tasks.queue_url(TaskQueue.CORROBORATE),
    )
