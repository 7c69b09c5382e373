"""The start page: own and available tasks, stories held by the gate, reply deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.admin.framework.action_buttons import BoundButton, bind_buttons
from editorial.admin.framework.counts import CappedCount, count_up_to
from editorial.admin.review import task_buttons, task_subjects, tasks
from editorial.admin.stories import story_page
from editorial.models import (
    AccountChange,
    Correction,
    IntegrityFinding,
    MessageState,
    Notification,
    OutboxMessage,
    ReplyRequest,
    ReviewTask,
    Story,
    User,
)
from editorial.models.stories.stories import NEAR_PUBLICATION
from editorial.policy.access import ActorFacts
from editorial.policy.people.account_changes import AccountChangeState
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Gate, ReplyOutcome, TaskQueue
from editorial.workflow.review import tasks as review_tasks

_MAX_ROWS = 5
_EXPIRES_SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class QueueCard:
    """One of the two review queues, limited to tasks that this user may take."""

    label: str
    url: str
    task_count: CappedCount
    tasks: list[ReviewTask]
    take_next_button: BoundButton


def dashboard_callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the start page. The number of queries is constant."""
    actor, user, now = request_user.actor_facts(request), request_user.current_user(request), timezone.now()
    stories: QuerySet[Any] = _visible(Story, actor).select_related("desk")
    blocked = stories.filter(status__in=NEAR_PUBLICATION, gate__in=[Gate.BLOCK.value, Gate.HOLD.value]).exclude(
        corrections__closed_at=None, corrections__isnull=False
    )
    unread = Notification.objects.unread().filter(user=user)
    return context | {
        "now": now,
        "queues": [_queue_card(queue, request) for queue in TaskQueue],
        "my_tasks": task_subjects.with_subject_names(
            ReviewTask.objects.filter(taken_by=user).select_related("claim").order_by("lease_until"), actor
        ),
        "corrections": _visible(Correction, actor).filter(closed_at=None).select_related("story").order_by("due_at"),
        "blocked_stories": [
            (story, story_page.evaluate_gate(story, now=now)) for story in blocked.order_by("-gate", "-id")[:_MAX_ROWS]
        ],
        "blocked_story_count": count_up_to(blocked),
        "reply_requests": _visible(ReplyRequest, actor)
        .filter(outcome=ReplyOutcome.PENDING.value, deadline_at__lte=now + _EXPIRES_SOON)
        .select_related("to")
        .order_by("deadline_at")[: 2 * _MAX_ROWS],
        "scheduled": stories.filter(status=StoryStatus.SCHEDULED.value).order_by("publish_at")[: 2 * _MAX_ROWS],
        "notifications": unread[:_MAX_ROWS],
        "unread_count": count_up_to(unread),
        **(_operational_alerts(user) if request_user.is_organization_admin(request) else {}),
    }


def _queue_card(queue: TaskQueue, request: HttpRequest) -> QueueCard:
    user = request_user.current_user(request)
    open_tasks = review_tasks.open_to(user).filter(queue=queue.value)
    return QueueCard(
        label=queue.label,
        url=tasks.queue_url(queue),
        task_count=count_up_to(open_tasks),
        tasks=task_subjects.with_subject_names(
            open_tasks.select_related("claim").order_by("-urgency", "due_at", "id")[:_MAX_ROWS],
            request_user.actor_facts(request),
        ),
        take_next_button=bind_buttons(
            [task_buttons.TAKE_NEXT[queue]], None, request_user.actor_facts(request), page=ReviewTask
        )[0],
    )


def _visible(model: type[Model], actor: ActorFacts) -> QuerySet[Any]:
    rows: Any = model._default_manager.all()
    visible: QuerySet[Any] = rows.visible_to(actor)
    return visible


def _operational_alerts(user: User) -> dict[str, Any]:
    """Alerts for administrators: account changes to approve, dead letters (their own first), integrity findings."""
    dead = OutboxMessage.objects.filter(state=MessageState.DEAD.value)
    requested = AccountChange.objects.filter(state=AccountChangeState.REQUESTED.value)
    to_approve = requested.exclude(requested_by=user).exclude(user=user)
    return {
        "account_changes": to_approve.select_related("user")[:_MAX_ROWS],
        "account_change_count": count_up_to(to_approve),
        "dead_letter_count": count_up_to(dead),
        "my_dead_letters": dead.filter(owner=user).order_by("dead_at")[:_MAX_ROWS],
        "integrity_finding_count": count_up_to(
            IntegrityFinding.objects.filter(resolved_at=None, alerted_at__isnull=False)
        ),
    }
