"""The record: each act leaves an event, bound to the one before it, and wakes whoever must hear of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from editorial import outbox
from editorial.models import Desk, Event, MessageKind, User
from editorial.policy import audience

Row = TypeVar("Row", bound=models.Model)


def stream_of(row: models.Model) -> str:
    """The name of the chain of events of one object: its noun and id."""
    return f"{row._meta.model_name}:{row.pk}"


def log(
    row: models.Model,
    action: str,
    *,
    actor: User | None,
    now: datetime,
    desk: Desk | None = None,
    **data: Any,
) -> Event:
    """Record that this happened to the row, which the caller has locked. `data`: ids, codes and reasons only."""
    last = Event.objects.filter(stream=stream_of(row)).order_by("-number").only("number", "hash").first()
    happened = _build_event(row, action, last, actor=actor, now=now, desk=desk, data=data)
    happened.save(force_insert=True)
    _enqueue_notifications([happened], now)
    return happened


def log_created(
    rows: Iterable[Row],
    action: str,
    *,
    actor: User | None,
    now: datetime,
    desk: Desk | None = None,
    data: Callable[[Row], dict[str, Any]],
) -> None:
    """Record the first event of each of these rows, which the caller has just made."""
    began = [_build_event(row, action, None, actor=actor, now=now, desk=desk, data=data(row)) for row in rows]
    Event.objects.bulk_create(began)
    _enqueue_notifications(began, now)


def _build_event(
    row: models.Model,
    action: str,
    last: Event | None,
    *,
    actor: User | None,
    now: datetime,
    desk: Desk | None,
    data: dict[str, Any],
) -> Event:
    happened = Event(
        stream=stream_of(row),
        number=last.number + 1 if last else 1,
        action=str(action),
        actor=actor,
        desk_id=desk.pk if desk else getattr(row, "desk_id", None),
        at=now,
        data=data,
        previous=last.hash if last else "",
    )
    happened.hash = happened.compute_hash()
    return happened


def _enqueue_notifications(events: Iterable[Event], now: datetime) -> None:
    concerning = [each.pk for each in events if audience.recipients_for(each.action)]
    if concerning:
        outbox.send_each(MessageKind.NOTIFY, concerning, now=now)  # an event is new: no message can be about it yet
