"""The record and the clock: chains of events hold, sealed identities are recognised, and what falls due happens."""

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

_TOLERANCE = timedelta(seconds=20)  # the clock ticks every two


def _hash_mismatches(context: CheckContext) -> Iterable[UUID]:
    return [event.pk for event in Event.objects.filter(pk__in=context.keys) if event.hash != event.compute_hash()]


def _broken_links(context: CheckContext) -> Iterable[UUID]:
    before = Event.objects.filter(stream=OuterRef("stream"), number=OuterRef("number") - 1, hash=OuterRef("previous"))
    later = Event.objects.filter(pk__in=context.keys, number__gt=1).exclude(Exists(before))
    first = Event.objects.filter(pk__in=context.keys, number=1).exclude(previous="")
    return [*later.values_list("pk", flat=True), *first.values_list("pk", flat=True)]


def _identity_token_mismatches(context: CheckContext) -> Iterable[UUID]:
    return IdentityRecord.objects.exclude(source__key=F("token")).values_list("source_id", flat=True)


def _overdue(for_model: type[models.Model]) -> Callable[[CheckContext], Iterable[UUID]]:
    def left(seen: CheckContext) -> Iterable[UUID]:
        return [key for _, _, model, keys in seen.cached(_due) if model is for_model for key in keys]

    return left


def _due(_keys: object, now: datetime) -> list[tuple[object, str, type[models.Model], list[UUID]]]:
    return list(scheduler.due_work(now - _TOLERANCE))


CHECKS = (
    IntegrityCheck(
        name="events.sealed",
        model=Event,
        message="No event has been changed since it was recorded.",
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
        message="Every source whose identity is sealed is recognised by the token of that seal.",
        find_violations=_identity_token_mismatches,
    ),
    *(
        IntegrityCheck(
            name=f"due.{noun._meta.model_name}",
            model=noun,
            message=f"What falls due happens: {what}.",
            find_violations=_overdue(noun),
        )
        for noun, what in {
            ReplyRequest: "the deadline of a reply",
            Statement: "the end of an embargo",
            Story: "a scheduled story runs, or goes back to its desk",
            ReviewTask: "a task goes back to its queue, or is noted as overdue",
            Correction: "a correction is noted as overdue",
            OutboxMessage: "a dead letter is told of",
        }.items()
    ),
)
