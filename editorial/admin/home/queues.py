"""The two review queues, limited to the tasks that the user may do now."""

from __future__ import annotations

from dataclasses import dataclass

from editorial.admin.framework.action_buttons import BoundButton, bind_buttons
from editorial.admin.home.my_tasks import task_line
from editorial.admin.home.panel import Panel, Viewer, first_rows, lines_of
from editorial.admin.review import task_buttons, task_subjects, tasks
from editorial.models import ReviewTask
from editorial.models.review.tasks import OVERDUE_FIRST
from editorial.policy import access
from editorial.policy.vocabulary import TaskQueue
from editorial.workflow.review import task_offers


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and the button that takes its most urgent task."""

    panel: Panel
    take_next: BoundButton


def queues(viewer: Viewer) -> list[Queue]:
    """Both queues; none for those whose roles do no tasks."""
    if not access.takeable_task_kinds(viewer.facts):
        return []
    return [_queue(queue, viewer) for queue in TaskQueue]


def _queue(queue: TaskQueue, viewer: Viewer) -> Queue:
    """Overdue tasks first, the longest overdue at the top; then by urgency and due time."""
    rows = task_offers.offered_to(viewer.user, viewer.now).filter(queue=queue.value)
    found, count = first_rows(rows.select_related("claim", "assigned_by").order_by(*OVERDUE_FIRST))
    lines = lines_of(task_subjects.with_subject_names(found, viewer.facts), task_line)
    panel = Panel(key=queue.value, title=queue.label, lines=lines, count=count, url=tasks.queue_url(queue))
    (button,) = bind_buttons([task_buttons.TAKE_NEXT[queue]], None, viewer.facts, page=ReviewTask)
    return Queue(panel, button)
