"""What needs me now: tasks in hand and to be taken, stories in trouble, replies running out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.admin.framework.action_buttons import Offer, offers
from editorial.admin.review import task_subjects, tasks
from editorial.admin.stories import story_page
from editorial.models import (
    Correction,
    Discrepancy,
    MessageState,
    Notification,
    OutboxMessage,
    ReplyRequest,
    ReviewTask,
    Story,
    User,
)
from editorial.policy.access import Role
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Gate, Outcome, TaskQueue
from editorial.workflow.review import tasks as reviewing

_SHOWN = 5
_RUNNING_OUT = timedelta(hours=24)
# A draft that does not pass yet is work, not trouble.
_NEAR_PRINT = (StoryStatus.SUBMITTED, StoryStatus.CLEARED, StoryStatus.SCHEDULED, StoryStatus.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Queue:
    """One of the two queues, as far as this person may take from it."""

    label: str
    address: str
    waiting: int
    tasks: list[ReviewTask]
    offer: Offer


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Everything on the first page. A fixed number of queries, however much there is."""
    actor, user, now = request_user.facts(request), request_user.person(request), timezone.now()
    stories: Any = Story.objects.all()
    seen: QuerySet[Any] = stories.visible_to(actor).select_related("desk")
    stuck = seen.filter(status__in=_NEAR_PRINT, gate__in=[Gate.BLOCK, Gate.HOLD]).exclude(
        corrections__closed_at=None, corrections__isnull=False
    )
    corrections: Any = Correction.objects.all()
    requests: Any = ReplyRequest.objects.all()
    unread = Notification.objects.filter(user=user, read_at=None)
    return context | {
        "now": now,
        "queues": [_queue(queue, request) for queue in TaskQueue],
        "mine": task_subjects.named(
            ReviewTask.objects.filter(taken_by=user).select_related("claim").order_by("lease_until")
        ),
        "corrections": corrections.visible_to(actor).filter(closed_at=None).select_related("story").order_by("due_at"),
        "troubled": [(story, story_page.judged(story, now=now)) for story in stuck.order_by("-gate", "-id")[:_SHOWN]],
        "troubled_count": stuck.count(),
        "replies": requests.visible_to(actor)
        .filter(outcome=Outcome.PENDING.value, deadline_at__lte=now + _RUNNING_OUT)
        .select_related("to")
        .order_by("deadline_at")[: 2 * _SHOWN],
        "scheduled": seen.filter(status=StoryStatus.SCHEDULED.value).order_by("publish_at")[: 2 * _SHOWN],
        "notices": unread[:_SHOWN],
        "unread": unread.count(),
        **(_of_the_house(user) if (Role.ADMIN, None) in actor.memberships else {}),
    }


def _queue(queue: TaskQueue, request: HttpRequest) -> Queue:
    user = request_user.person(request)
    mine = reviewing.open_to(user).filter(queue=queue.value)
    return Queue(
        label=queue.label,
        address=tasks.queue_address(queue),
        waiting=mine.count(),
        tasks=task_subjects.named(mine.select_related("claim").order_by("-urgency", "due_at", "id")[:_SHOWN]),
        offer=offers([tasks.TAKE_NEXT[queue]], None, request_user.facts(request), page=ReviewTask)[0],
    )


def _of_the_house(user: User) -> dict[str, Any]:
    """What waits for administrators: dead letters, their own first, and what does not fit together."""
    dead = OutboxMessage.objects.filter(state=MessageState.DEAD.value)
    return {
        "dead_letters": dead.count(),
        "my_letters": dead.filter(owner=user).order_by("died_at")[:_SHOWN],
        "discrepancies": Discrepancy.objects.filter(gone_at=None, told_at__isnull=False).count(),
    }
