"""What falls due: found by due columns, each item brought about by its own verb in its own transaction.

Two beats, or a beat that was down, make no difference: a verb looks again under its lock whether the time has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import models

from editorial.models import Correction, KeptAnswer, ReplyRequest, ReviewTask, Statement, Story
from editorial.models.reviews import LIVE
from editorial.policy.transitions import StoryStatus
from editorial.policy.vocabulary import TaskState
from editorial.workflow import answers, publication, replies, reviews, statements

log = structlog.get_logger(__name__)

_SCHEDULED = StoryStatus.SCHEDULED.value
_AT_ONCE = 200  # of one kind in one sweep; the rest is found by the next


def sweep(*, now: datetime) -> int:
    """Bring about everything that has fallen due. Returns how many things were. One that fails stops no other."""
    still_live = {"overdue_at": None, "state__in": LIVE}
    done = _each(replies.expire, "request_id", _due(ReplyRequest, "deadline_at", now, deadline_passed_at=None), now)
    done += _each(
        statements.lift_embargo, "statement_id", _due(Statement, "embargo_until", now, embargo_lifted_at=None), now
    )
    done += _each(publication.publish_due, "story_id", _due(Story, "publish_at", now, status=_SCHEDULED), now)
    done += _each(reviews.expire, "task_id", _due(ReviewTask, "lease_until", now, state=TaskState.TAKEN.value), now)
    done += _each(reviews.note_overdue, "task_id", _due(ReviewTask, "due_at", now, **still_live), now)
    unprinted = _due(Correction, "due_at", now, overdue_at=None, closed_at=None)
    done += _each(publication.note_correction_overdue, "correction_id", unprinted, now)
    expired = _due(KeptAnswer, "expires_at", now)
    return done + _each(answers.forget, "answer_ids", [expired] if expired else [], now)


def _due(model: type[models.Model], column: str, now: datetime, **still: Any) -> list[UUID]:
    due = model._default_manager.filter(**{f"{column}__lte": now}, **still)
    return list(due.order_by(column).values_list("pk", flat=True)[:_AT_ONCE])


def _each(verb: Callable[..., object], named: str, keys: Iterable[object], now: datetime) -> int:
    done = 0
    for key in keys:
        try:
            verb(**{named: key}, now=now)
            done += 1
        except Exception as problem:
            log.error(
                "something due could not be brought about",
                verb=verb.__name__,
                key=str(key),
                kind=type(problem).__name__,
            )
    return done
