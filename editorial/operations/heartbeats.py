"""Presences: a process says every few seconds that it is there. Kept in PostgreSQL, so that Redis may be emptied.

A presence proves that a process runs, not that it works: whether work is being done, `draining` says.
"""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

from django.db.models import QuerySet

from editorial.models import Presence, ProcessKind

EVERY = timedelta(seconds=5)
SILENT_AFTER = timedelta(seconds=20)  # three that failed to come, and some patience
FORGOTTEN_AFTER = timedelta(hours=1)  # until then people can see that a process died, and where


def host() -> str:
    """The name of this machine, or container."""
    return socket.gethostname()[:120]


def say(presence: Presence, *, now: datetime) -> None:
    """Note that this process is there and what it does now, and forget those that have been silent for long."""
    presence.seen_at = now
    presence.started_at = presence.started_at or now
    Presence.objects.bulk_create(
        [presence], update_conflicts=True, unique_fields=["id"], update_fields=["seen_at", "doing", "hands"]
    )
    Presence.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


def leave(presence: Presence) -> None:
    """Take away the presence of a process that ends in order: it is not missed."""
    Presence.objects.filter(pk=presence.pk).delete()


def alive(*, now: datetime, process: ProcessKind | None = None) -> QuerySet[Presence]:
    """The processes that have said lately that they are there; all, or those of one kind."""
    found = Presence.objects.filter(seen_at__gt=now - SILENT_AFTER)
    return found.filter(process=process.value) if process else found


def silent(*, now: datetime) -> QuerySet[Presence]:
    """The processes that stopped saying so without having ended in order: killed, frozen or cut off."""
    return Presence.objects.filter(seen_at__lte=now - SILENT_AFTER)
