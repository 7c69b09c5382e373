"""Audit log: every action appends an event, chained to the previous one, and enqueues its notifications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models

from editorial import outbox
from editorial.models import Event, MessageKind, NotificationFanout, User
from editorial.policy.events import BATCHED_EVENTS, RETIREMENTS, recipients_for


def stream_of(row: models.Model) -> str:
    """The name of an object's event chain: its model and id."""
    return f"{row._meta.model_name}:{row.pk}"


class Entry(NamedTuple):
    """An action on a row, to be logged. `data`: ids, codes and reasons only."""

    row: models.Model
    action: str
    desk_id: UUID | None
    data: dict[str, Any]


def log(
    row: models.Model, action: str, *, actor: User | None, now: datetime, desk_id: UUID | None = None, **data: Any
) -> Event:
    """Append an event to the row's chain. The caller holds the row's lock. `data`: ids, codes and reasons only."""
    last = Event.objects.filter(stream=stream_of(row)).order_by("-number").only("number", "hash").first()
    event = _build_event(Entry(row, action, desk_id, data), last, actor=actor, now=now)
    event.save(force_insert=True)
    _retire_notifications([event], now)
    _enqueue_notifications([event], now)
    return event


def log_all(
    entries: Iterable[Entry], *, now: datetime, actor: User | None = None, created: Iterable[models.Model] = ()
) -> None:
    """Log these actions, of a person or the system, in their order. The caller holds the locks of the rows.

    `created`: rows that are new and have no event yet.
    """
    entries = list(entries)
    continued = {stream_of(entry.row) for entry in entries} - {stream_of(row) for row in created}
    newest = Event.objects.filter(stream__in=continued).order_by("stream", "-number").distinct("stream")
    last = {event.stream: event for event in newest.only("stream", "number", "hash")} if continued else {}
    events = []
    for entry in entries:
        event = _build_event(entry, last.get(stream_of(entry.row)), actor=actor, now=now)
        last[event.stream] = event
        events.append(event)
    Event.objects.bulk_create(events)
    _retire_notifications(events, now)
    _enqueue_notifications(_without_batched(events, now), now)


def _build_event(entry: Entry, last: Event | None, *, actor: User | None, now: datetime) -> Event:
    event = Event(
        stream=stream_of(entry.row),
        number=last.number + 1 if last else 1,
        action=str(entry.action),
        actor=actor,
        desk_id=entry.desk_id or getattr(entry.row, "desk_id", None),
        at=now,
        data=entry.data,
        previous=last.hash if last else "",
    )
    event.hash = event.compute_hash()
    return event


# Notifications bundled under a retired one are still unread.
_RETIRE = """
    WITH retired AS (
        UPDATE editorial_notification SET retired_at = %(now)s
        WHERE retired_at IS NULL AND event_id IN (
            SELECT id FROM editorial_event WHERE stream = ANY(%(streams)s) AND action = ANY(%(actions)s))
        RETURNING id)
    UPDATE editorial_notification SET bundle_id = NULL
    WHERE bundle_id IN (SELECT id FROM retired) AND id NOT IN (SELECT id FROM retired)
"""


def _retire_notifications(events: Iterable[Event], now: datetime) -> None:
    """Retire notifications that ask for what has now been done."""
    streams: dict[str, list[str]] = {}
    for event in events:
        if event.action in RETIREMENTS:
            streams.setdefault(event.action, []).append(event.stream)
    with connection.cursor() as cursor:
        for action, done in streams.items():
            asking = {"streams": done, "actions": [str(name) for name in RETIREMENTS[action]]}
            cursor.execute(_RETIRE, {**asking, "now": now})


def _without_batched(events: list[Event], now: datetime) -> list[Event]:
    """The events without those whose recipients are notified by the first of their batch."""
    first: dict[str, Event] = {}  # of each claim: a job may reassess several
    batch = [event for event in events if event.action in BATCHED_EVENTS]
    covered = [event for event in batch if first.setdefault(event.data["claim"], event) is not event]
    NotificationFanout.objects.bulk_create(
        NotificationFanout(event=event, notification_count=0, delivery_count=0, fanned_out_at=now) for event in covered
    )
    return [event for event in events if event not in covered]


def _enqueue_notifications(events: Iterable[Event], now: datetime) -> None:
    event_ids = [event.pk for event in events if recipients_for(event.action)]
    if event_ids:
        outbox.send_each(MessageKind.NOTIFY, event_ids, now=now)  # new events: no message can refer to them yet
