"""Checks of the audit log, of identity tokens, and of due work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from editorial.workflow.ops.integrity.checks import CheckContext, IntegrityCheck
from editorial.workflow.ops.integrity.table_scan import EVENTS

_TOLERANCE = timedelta(seconds=20)  # the scheduler runs every two


def _hash_mismatches(context: CheckContext) -> Iterable[UUID]:
    return [event.pk for event in Event.objects.filter(pk__in=context.keys) if event.hash != event.compute_hash()]


def _broken_links(context: CheckContext) -> Iterable[UUID]:
    predecessor = Event.objects.filter(
        stream=OuterRef("stream"), number=OuterRef("number") - 1, hash=OuterRef("previous")
    )
    later = Event.objects.filter(pk__in=context.keys, number__gt=1).exclude(Exists(predecessor))
    first = Event.objects.filter(pk__in=context.keys, number=1).exclude(previous="")
    return [*later.values_list("pk", flat=True), *first.values_list("pk", flat=True)]


def _identity_token_mismatches(context: CheckContext) -> Iterable[UUID]:
    return IdentityRecord.objects.exclude(source__key=F("token")).values_list("source_id", flat=True)


def _overdue(for_model: type[models.Model]) -> Callable[[CheckContext], Iterable[UUID]]:
    def overdue(context: CheckContext) -> Iterable[UUID]:
        return [key for _, _, model, keys in context.cached(_due) if model is for_model for key in keys]

    return overdue


def _due(_keys: object, now: datetime) -> list[tuple[object, str, type[models.Model], list[UUID]]]:
    return list(scheduler.due_work(now - _TOLERANCE))


CHECKS = (
    IntegrityCheck(
        name="events.unchanged",
        model=Event,
        message="No event was changed after it was recorded.",
        find_violations=_hash_mismatches,
        scan=EVENTS,
    ),
    IntegrityCheck(
        name="events.chained",
        model=Event,
        message="Every event follows from the one before it.",
        find_violations=_broken_links,
        scan=EVENTS,
    ),
    IntegrityCheck(
        name="sources.identity_matched",
        model=Source,
        message="Every source with an identity in the vault has the token of that identity.",
        find_violations=_identity_token_mismatches,
    ),
    *(
        IntegrityCheck(
            name=f"due.{model._meta.model_name}",
            model=model,
            message=f"Due work is done: {description}.",
            find_violations=_overdue(model),
        )
        for model, description in {
            ReplyRequest: "reply deadlines pass",
            Statement: "embargoes end",
            Story: "scheduled stories run or return to their desk",
            ReviewTask: "tasks return to their queue or are marked as overdue",
            Correction: "corrections are marked as overdue",
            OutboxMessage: "dead letters are assigned and escalated",
        }.items()
    ),
)
