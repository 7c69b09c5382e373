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
from editorial.workflow.ops.integrity.checks import Invariant, Seen
from editorial.workflow.ops.integrity.table_scan import EVENTS

_PATIENCE = timedelta(seconds=20)  # the clock ticks every two


def _rewritten(seen: Seen) -> Iterable[UUID]:
    return [event.pk for event in Event.objects.filter(pk__in=seen.keys) if event.hash != event.seal()]


def _loose(seen: Seen) -> Iterable[UUID]:
    before = Event.objects.filter(stream=OuterRef("stream"), number=OuterRef("number") - 1, hash=OuterRef("previous"))
    later = Event.objects.filter(pk__in=seen.keys, number__gt=1).exclude(Exists(before))
    first = Event.objects.filter(pk__in=seen.keys, number=1).exclude(previous="")
    return [*later.values_list("pk", flat=True), *first.values_list("pk", flat=True)]


def _unrecognised(seen: Seen) -> Iterable[UUID]:
    return IdentityRecord.objects.exclude(source__key=F("token")).values_list("source_id", flat=True)


def _left(noun: type[models.Model]) -> Callable[[Seen], Iterable[UUID]]:
    def left(seen: Seen) -> Iterable[UUID]:
        return [key for _, _, model, keys in seen.once(_due) if model is noun for key in keys]

    return left


def _due(_keys: object, now: datetime) -> list[tuple[object, str, type[models.Model], list[UUID]]]:
    return list(scheduler.due(now - _PATIENCE))


INVARIANTS = (
    Invariant(
        name="events.sealed",
        noun=Event,
        says="No event has been changed since it was recorded.",
        broken=_rewritten,
        turn=EVENTS,
    ),
    Invariant(
        name="events.chained",
        noun=Event,
        says="Every event follows from the one before it.",
        broken=_loose,
        turn=EVENTS,
    ),
    Invariant(
        name="sources.recognised",
        noun=Source,
        says="Every source whose identity is sealed is recognised by the token of that seal.",
        broken=_unrecognised,
    ),
    *(
        Invariant(
            name=f"due.{noun._meta.model_name}",
            noun=noun,
            says=f"What falls due happens: {what}.",
            broken=_left(noun),
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
