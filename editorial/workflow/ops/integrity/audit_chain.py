"""Checks of the audit log, of identity tokens, and of due work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef

from editorial.models import (
    Correction,
    Event,
    IdentityRecord,
    OutboxMessage,
    ReplyRequest,
    ReviewTask,
    Source,
    Statement,
    Story,
)
from editorial.workflow.ops import scheduler
from editorial.workflow.ops.integrity.checks import CheckContext, IntegrityCheck, integrity_check
from editorial.workflow.ops.integrity.table_scan import EVENTS

_TOLERANCE = timedelta(seconds=20)  # the scheduler runs every two


@integrity_check("events.unchanged", Event, scan=EVENTS)
def _hash_mismatches(context: CheckContext) -> Iterable[UUID]:
    """No event was changed after it was recorded."""
    return [event.pk for event in Event.objects.filter(pk__in=context.keys) if event.hash != event.compute_hash()]


@integrity_check("events.chained", Event, scan=EVENTS)
def _broken_links(context: CheckContext) -> Iterable[UUID]:
    """Every event follows from the one before it."""
    predecessor = Event.objects.filter(
        stream=OuterRef("stream"), number=OuterRef("number") - 1, hash=OuterRef("previous")
    )
    later = Event.objects.filter(pk__in=context.keys, number__gt=1).exclude(Exists(predecessor))
    first = Event.objects.filter(pk__in=context.keys, number=1).exclude(previous="")
    return [*later.values_list("pk", flat=True), *first.values_list("pk", flat=True)]


@integrity_check("sources.identity_matched", Source)
def _identity_token_mismatches(context: CheckContext) -> Iterable[UUID]:
    """Every source with an identity in the vault has the token of that identity."""
    return (
        IdentityRecord.objects.filter(replaced_at=None)
        .exclude(source__key=F("token"))
        .values_list("source_id", flat=True)
    )


def _due(_keys: object, now: datetime) -> list[tuple[object, str, type[models.Model], list[UUID]]]:
    return list(scheduler.due_work(now - _TOLERANCE))


def _overdue(for_model: type[models.Model], description: str) -> IntegrityCheck:
    def overdue(context: CheckContext) -> Iterable[UUID]:
        return [key for _, _, model, keys in context.cached(_due) if model is for_model for key in keys]

    name = f"due.{for_model._meta.model_name}"
    return IntegrityCheck(name, for_model, f"Due work is done: {description}.", overdue)


CHECKS = (
    _hash_mismatches,
    _broken_links,
    _identity_token_mismatches,
    _overdue(ReplyRequest, "reply deadlines pass"),
    _overdue(Statement, "embargoes end"),
    _overdue(Story, "scheduled stories run or return to their desk"),
    _overdue(ReviewTask, "tasks return to their queue or are marked as overdue"),
    _overdue(Correction, "corrections are marked as overdue"),
    _overdue(OutboxMessage, "dead letters are assigned and escalated"),
)
