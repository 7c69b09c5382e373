"""Scheduler: finds due rows by their due columns and runs each row's action in its own transaction.

Two beats, or a beat that was down, do no harm: each action checks under its lock whether the row is still due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import models

from editorial import backlog, receivers
from editorial.models import (
    AccountChange,
    Correction,
    IdempotencyRecord,
    MatchingLock,
    MessageState,
    OutboxMessage,
    ReplyRequest,
    Restriction,
    ReviewTask,
    ScheduledImport,
    Statement,
    Story,
    WebhookEndpoint,
)
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.people.account_changes import AccountChangeState
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import TaskState
from editorial.workflow.core import idempotency
from editorial.workflow.evidence import statements
from editorial.workflow.evidence.confidentiality import matching
from editorial.workflow.imports import mailboxes, scheduled_imports
from editorial.workflow.ops import dead_letters, near_deadlines, webhooks
from editorial.workflow.people import account_changes
from editorial.workflow.review import escalations, replies, tasks
from editorial.workflow.stories import publication, restrictions, saved_searches, scheduled_corrections

log = structlog.get_logger(__name__)

_SCHEDULED_STATUS = StoryStatus.SCHEDULED.value
_BATCH_SIZE = 200  # rows of one kind in one run; the next run finds the rest


def run_due(*, now: datetime) -> int:
    """Run everything that is due. Returns how many actions succeeded. A failure does not stop the others."""
    done = sum(_run_each(action, keyword, keys, now) for action, keyword, _, keys in due_work(now))
    done += sum(_run_each(action, keyword, keys, now) for action, keyword, keys in near_deadlines.work(now))
    done += _run_each(saved_searches.evaluate, "search_id", saved_searches.behind(), now)
    done += _run_each(mailboxes.enqueue, "kind", mailboxes.due(now), now)
    _, expired = _due_rows(IdempotencyRecord, "expires_at", now)
    done += _run_each(idempotency.delete_expired, "record_ids", [expired] if expired else [], now)
    _, old = _due_rows(OutboxMessage, "done_at", now - backlog.KEEP_DONE, state=MessageState.DONE.value)
    done += _run_each(backlog.delete_done, "message_ids", [old] if old else [], now)
    return done + _run_each(receivers.forget, "receiver", receivers.stale(now=now), now)


def due_work(now: datetime) -> Iterator[tuple[Callable[..., object], str, type[models.Model], list[UUID]]]:
    """Yield the due work: the action, its keyword for the row, the model and the row ids."""
    live = {"overdue_at": None, "state__in": LIVE_STATES}
    dead = {"state": MessageState.DEAD.value}
    yield replies.expire, "request_id", *_due_rows(ReplyRequest, "deadline_at", now, deadline_passed_at=None)
    yield statements.lift_embargo, "statement_id", *_due_rows(Statement, "embargo_until", now, embargo_lifted_at=None)
    yield restrictions.expire, "restriction_id", *_due_rows(Restriction, "until", now, lifted_at=None)
    yield publication.publish_due, "story_id", *_due_rows(Story, "publish_at", now, status=_SCHEDULED_STATUS)
    corrections_due = _due_rows(Story, "correction_at", now)
    yield scheduled_corrections.publish_due_correction, "story_id", *corrections_due
    yield tasks.expire, "task_id", *_due_rows(ReviewTask, "lease_until", now, state=TaskState.TAKEN.value)
    yield escalations.mark_overdue, "task_id", *_due_rows(ReviewTask, "due_at", now, **live)
    corrections = _due_rows(Correction, "due_at", now, overdue_at=None, closed_at=None)
    yield publication.mark_correction_overdue, "correction_id", *corrections
    yield scheduled_imports.enqueue, "scheduled_import_id", *_due_rows(ScheduledImport, "next_fetch_at", now)
    yield webhooks.expire_former_secret, "endpoint_id", *_due_rows(WebhookEndpoint, "previous_secret_expires_at", now)
    yield matching.raise_alert, "lock_id", *_due_rows(MatchingLock, "alarm_due_at", now)
    approved, requested = AccountChangeState.APPROVED.value, AccountChangeState.REQUESTED.value
    yield account_changes.carry_out, "change_id", *_due_rows(AccountChange, "effective_at", now, state=approved)
    yield account_changes.expire, "change_id", *_due_rows(AccountChange, "expires_at", now, state=requested)
    yield dead_letters.triage, "message_id", *_due_rows(OutboxMessage, "dead_at", now, next_alert_at=None, **dead)
    yield dead_letters.escalate, "message_id", *_due_rows(OutboxMessage, "next_alert_at", now, **dead)


def _due_rows(
    model: type[models.Model], column: str, now: datetime, **conditions: Any
) -> tuple[type[models.Model], list[UUID]]:
    rows = model._default_manager.filter(**{f"{column}__lte": now}, **conditions)
    return model, list(rows.order_by(column).values_list("pk", flat=True)[:_BATCH_SIZE])


def _run_each(handler: Callable[..., object], keyword: str, keys: Iterable[object], now: datetime) -> int:
    done = 0
    for key in keys:
        try:
            handler(**{keyword: key}, now=now)
            done += 1
        except Exception as error:
            log.error("due action failed", action=handler.__name__, key=str(key), kind=type(error).__name__)
    return done
