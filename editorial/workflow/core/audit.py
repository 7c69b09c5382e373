"""Audit log: every action appends an event, chained to the previous one, and enqueues its notifications."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from editorial import outbox
from editorial.models import Event, MessageKind, Notification, NotificationFanout, User
from editorial.policy.events import BATCHED_EVENTS, RETIREMENTS, recipients_for

Row = TypeVar("Row", bound=models.Model)


def stream_of(row: models.Model) -> str:
    """The name of an object's event chain: its model and id."""
    return f"{row._meta.model_name}:{row.pk}"


def log(
    row: models.Model, action: str, *, actor: User | None, now: datetime, desk_id: UUID | None = None, **data: Any
) -> Event:
    """Append an event to the row's chain. The caller holds the row's lock. `data`: ids, codes and reasons only."""
    last = Event.objects.filter(stream=stream_of(row)).order_by("-number").only("number", "hash").first()
    event = _build_event(row, action, last, actor=actor, now=now, desk_id=desk_id, data=data)
    event.save(force_insert=True)
    _retire_notifications([event], now)
    _enqueue_notifications([event], now)
    return event


def log_all(
    actions: Iterable[tuple[Row, str]],
    *,
    actor: User | None,
    now: datetime,
    desk_id: UUID | None,
    data: Callable[[Row], dict[str, Any]],
    created: Iterable[Row] = (),
) -> None:
    """Log an action on each of these rows, of which the caller holds the lock. None occurs twice.

    `created`: those that are new and have no event yet.
    """
    by_stream = {stream_of(row): (row, action) for row, action in actions}
    continued = by_stream.keys() - {stream_of(row) for row in created}
    newest = Event.objects.filter(stream__in=continued).order_by("stream", "-number").distinct("stream")
    last = {event.stream: event for event in newest.only("stream", "number", "hash")} if continued else {}
    events = [
        _build_event(row, action, last.get(stream), actor=actor, now=now, desk_id=desk_id, data=data(row))
        for stream, (row, action) in by_stream.items()
    ]
    Event.objects.bulk_create(events)
    _retire_notifications(events, now)
    _enqueue_notifications(_without_batched(events, now), now)


def _build_event(
    row: models.Model,
    action: str,
    last: Event | None,
    *,
    actor: User | None,
    now: datetime,
    desk_id: UUID | None,
    data: dict[str, Any],
) -> Event:
    event = Event(
        stream=stream_of(row),
        number=last.number + 1 if last else 1,
        action=str(action),
        actor=actor,
        desk_id=desk_id or getattr(row, "desk_id", None),
        at=now,
        data=data,
        previous=last.hash if last else "",
    )
    event.hash = event.compute_hash()
    return event


def _retire_notifications(events: Iterable[Event], now: datetime) -> None:
    """Retire notifications that ask for what has now been done."""
    streams: dict[str, list[str]] = {}
    for event in events:
        if event.action in RETIREMENTS:
            streams.setdefault(event.action, []).append(event.stream)
    for action, done in streams.items():
        asking = Notification.objects.filter(event__stream__in=done, event__action__in=RETIREMENTS[action])
        asking.filter(retired_at=None).update(retired_at=now)


def _without_batched(events: list[Event], now: datetime) -> list[Event]:
    """The events without those whose recipients are notified by the first of their batch."""
    batch = [event for event in events if event.action in BATCHED_EVENTS]
    covered = batch[1:]
    NotificationFanout.objects.bulk_create(
        NotificationFanout(event=event, notification_count=0, delivery_count=0, fanned_out_at=now) for event in covered
    )
    return [event for event in events if event not in covered]


def _enqueue_notifications(events: Iterable[Event], now: datetime) -> None:
    event_ids = [event.pk for event in events if recipients_for(event.action)]
    if event_ids:
        outbox.send_each(MessageKind.NOTIFY, event_ids, now=now)  # new events: no message can refer to them yet
