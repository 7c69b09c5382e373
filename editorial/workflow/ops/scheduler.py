"""What falls due: found by due columns, each item brought about by its own verb in its own transaction.

Two beats, or a beat that was down, make no difference: a verb looks again under its lock whether the time has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import models

from editorial.models import (
    Correction,
    KeptAnswer,
    MessageState,
    OutboxMessage,
    ReplyRequest,
    ReviewTask,
    Statement,
    Story,
    WebhookEndpoint,
)
from editorial.models.review.tasks import LIVE
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import TaskState
from editorial.workflow.core import idempotency
from editorial.workflow.evidence import statements
from editorial.workflow.ops import dead_letters, webhooks
from editorial.workflow.review import replies, tasks
from editorial.workflow.stories import publication

log = structlog.get_logger(__name__)

_SCHEDULED = StoryStatus.SCHEDULED.value
_AT_ONCE = 200  # of one kind in one sweep; the rest is found by the next


def sweep(*, now: datetime) -> int:
    """Bring about everything that has fallen due. Returns how many things were. One that fails stops no other."""
    done = sum(_each(verb, named, keys, now) for verb, named, _, keys in due(now))
    _, expired = _rows(KeptAnswer, "expires_at", now)
    return done + _each(idempotency.forget, "answer_ids", [expired] if expired else [], now)


def due(now: datetime) -> Iterator[tuple[Callable[..., object], str, type[models.Model], list[UUID]]]:
    """Everything whose time has come: the verb that brings it about, the keyword it takes a row by, and the rows."""
    live = {"overdue_at": None, "state__in": LIVE}
    dead = {"state": MessageState.DEAD.value}
    yield replies.expire, "request_id", *_rows(ReplyRequest, "deadline_at", now, deadline_passed_at=None)
    yield statements.lift_embargo, "statement_id", *_rows(Statement, "embargo_until", now, embargo_lifted_at=None)
    yield publication.publish_due, "story_id", *_rows(Story, "publish_at", now, status=_SCHEDULED)
    yield tasks.expire, "task_id", *_rows(ReviewTask, "lease_until", now, state=TaskState.TAKEN.value)
    yield tasks.note_overdue, "task_id", *_rows(ReviewTask, "due_at", now, **live)
    unprinted = _rows(Correction, "due_at", now, overdue_at=None, closed_at=None)
    yield publication.note_correction_overdue, "correction_id", *unprinted
    yield webhooks.end_overlap, "endpoint_id", *_rows(WebhookEndpoint, "former_until", now)
    yield dead_letters.note, "message_id", *_rows(OutboxMessage, "died_at", now, alarm_at=None, **dead)
    yield dead_letters.alarm, "message_id", *_rows(OutboxMessage, "alarm_at", now, **dead)


def _rows(model: type[models.Model], column: str, now: datetime, **still: Any) -> tuple[type[models.Model], list[UUID]]:
    rows = model._default_manager.filter(**{f"{column}__lte": now}, **still)
    return model, list(rows.order_by(column).values_list("pk", flat=True)[:_AT_ONCE])


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
