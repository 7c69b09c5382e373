"""The record: each act leaves an event, bound to the one before it, and wakes whoever must hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from editorial import outbox
from editorial.models import Desk, Event, MessageKind, User
from editorial.policy import audience


def stream_of(row: models.Model) -> str:
    """The name of the chain of events of one object: its noun and id."""
    return f"{row._meta.model_name}:{row.pk}"


def event(
    row: models.Model,
    verb: str,
    *,
    actor: User | None,
    now: datetime,
    desk: Desk | None = None,
    **data: Any,
) -> Event:
    """Record that this happened to the row, which the caller has locked. `data`: ids, codes and reasons only."""
    stream = stream_of(row)
    last = Event.objects.filter(stream=stream).order_by("-number").only("number", "hash").first()
    happened = Event(
        stream=stream,
        number=last.number + 1 if last else 1,
        verb=str(verb),
        actor=actor,
        desk_id=desk.pk if desk else getattr(row, "desk_id", None),
        at=now,
        data=data,
        previous=last.hash if last else "",
    )
    happened.hash = happened.seal()
    happened.save(force_insert=True)
    if audience.concerned(happened.verb):
        outbox.send(MessageKind.TELL, happened.pk, now=now)
    return happened
