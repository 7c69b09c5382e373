"""Deadlines that are near and not announced, and steps of escalation that are due.

Each query reads a range of an index by due time, at most an hour long, or the steps that wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from editorial.models import Correction, Escalation, ReplyRequest, ReviewTask, Story
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.publication.remedy import DUE
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.review.escalation import LONG_ENOUGH, NOTICE, SHORT_NOTICE, EscalationStep, notice
from editorial.policy.vocabulary import ReplyOutcome, TaskState
from editorial.workflow.review import escalations as review_escalations
from editorial.workflow.review.tasks import LEASE
from editorial.workflow.stories import escalations as story_escalations

_BATCH_SIZE = 200  # rows of one kind in one run; the next run finds the rest


def work(now: datetime) -> Iterator[tuple[Callable[..., object], str, list[UUID]]]:
    """Yield the due work: the action, its keyword for the row, and the row ids."""
    yield review_escalations.remind_of_task, "task_id", _first(tasks(now), "due_at")
    yield review_escalations.remind_of_reply, "request_id", _first(requests(now), "deadline_at")
    yield story_escalations.warn_of_schedule, "story_id", _first(stories(now), "publish_at")
    yield (
        story_escalations.warn_of_scheduled_correction,
        "story_id",
        _first(scheduled_corrections(now), "correction_at"),
    )
    yield story_escalations.remind_of_correction, "correction_id", _first(corrections(now), "due_at")
    yield review_escalations.escalate, "escalation_id", _first(steps(now), "run_at")


def tasks(now: datetime) -> QuerySet[ReviewTask]:
    """Tasks of a person that are due soon, except those that somebody has taken since the reminder was due."""
    held = Q(taken_by__isnull=False) | Q(assigned_to__isnull=False, state=TaskState.OPEN.value)
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    live = ReviewTask.objects.filter(held, awake, overdue_at=None, state__in=LIVE_STATES)
    near = _near(live, "due_at", now).filter(_noticed("due_at", "opened_at", now))
    return near.exclude(state=TaskState.TAKEN.value, lease_until__gt=F("due_at") - NOTICE + LEASE)


def requests(now: datetime) -> QuerySet[ReplyRequest]:
    """Requests without a reply whose deadline is near."""
    waiting = ReplyRequest.objects.filter(deadline_passed_at=None, outcome=ReplyOutcome.PENDING.value)
    return _near(waiting, "deadline_at", now).filter(_noticed("deadline_at", "sent_at", now))


def stories(now: datetime) -> QuerySet[Story]:
    """Stories that are to run soon and that the gate does not pass."""
    return _near(Story.objects.filter(status=StoryStatus.SCHEDULED.value).exclude(open_codes=[]), "publish_at", now)


def scheduled_corrections(now: datetime) -> QuerySet[Story]:
    """Stories whose scheduled correction is to run soon and that the gate does not pass."""
    return _near(Story.objects.filter(status=StoryStatus.PUBLISHED.value).exclude(open_codes=[]), "correction_at", now)


def corrections(now: datetime) -> QuerySet[Correction]:
    """Corrections that are due soon and not scheduled to be published in time."""
    of_remedies = Q()
    for remedy, allowed in DUE.items():
        of_remedies |= Q(remedy=remedy.value, due_at__lte=now + notice(allowed))
    unplanned = Correction.objects.filter(of_remedies, closed_at=None).exclude(story__correction_at__lte=F("due_at"))
    return _near(unplanned, "due_at", now)


def steps(now: datetime) -> QuerySet[Escalation]:
    """Steps of escalation that are due."""
    return Escalation.objects.filter(settled_at=None, run_at__lte=now)


def _near(rows: QuerySet[Any], column: str, now: datetime) -> QuerySet[Any]:
    """Rows that are due within the longest notice and not announced for this due time."""
    stream = Concat(Value(f"{rows.model._meta.model_name}:"), Cast(OuterRef("pk"), CharField()))
    announced = Escalation.objects.filter(stream=stream, step=EscalationStep.REMIND.value, due_at=OuterRef(column))
    return rows.filter(~Exists(announced), **{f"{column}__gt": now, f"{column}__lte": now + NOTICE})


def _noticed(column: str, begins: str, now: datetime) -> Q:
    """Rows to announce now: with little notice, or with more if enough time was allowed since `begins`."""
    return Q(**{f"{column}__lte": now + SHORT_NOTICE}) | Q(**{f"{column}__gte": F(begins) + LONG_ENOUGH})


def _first(rows: QuerySet[Any, Model], column: str) -> list[UUID]:
    return list(rows.order_by(column).values_list("pk", flat=True)[:_BATCH_SIZE])
