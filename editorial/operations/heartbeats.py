"""Presences: a process says every few seconds that it is there. Kept in PostgreSQL, so that Redis may be emptied.

A presence proves that a process runs, not that it works: whether work is being done, `draining` says.
"""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

from django.db.models import QuerySet

from editorial.models import Heartbeat, ProcessKind

INTERVAL = timedelta(seconds=5)
MISSING_AFTER = timedelta(seconds=20)  # three that failed to come, and some patience
DELETE_AFTER = timedelta(hours=1)  # until then people can see that a process died, and where


def host() -> str:
    """The name of this machine, or container."""
    return socket.gethostname()[:120]


def beat(heartbeat: Heartbeat, *, now: datetime) -> None:
    """Note that this process is there and what it does now, and forget those that have been silent for long."""
    heartbeat.last_seen_at = now
    heartbeat.started_at = heartbeat.started_at or now
    Heartbeat.objects.bulk_create(
        [heartbeat],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["last_seen_at", "running_jobs", "slots"],
    )
    Heartbeat.objects.filter(last_seen_at__lt=now - DELETE_AFTER).delete()


def deregister(heartbeat: Heartbeat) -> None:
    """Take away the presence of a process that ends in order: it is not missed."""
    Heartbeat.objects.filter(pk=heartbeat.pk).delete()


def alive(*, now: datetime, process: ProcessKind | None = None) -> QuerySet[Heartbeat]:
    """The processes that have said lately that they are there; all, or those of one kind."""
    found = Heartbeat.objects.filter(last_seen_at__gt=now - MISSING_AFTER)
    return found.filter(process=process.value) if process else found


def missing(*, now: datetime) -> QuerySet[Heartbeat]:
    """The processes that stopped saying so without having ended in order: killed, frozen or cut off."""
    return Heartbeat.objects.filter(last_seen_at__lte=now - MISSING_AFTER)
