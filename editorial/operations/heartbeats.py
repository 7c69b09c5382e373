"""Heartbeats: every process records a sign of life. Kept in PostgreSQL, so that Redis may be emptied.

A heartbeat proves that a process runs, not that it works: that is what `queue_health` checks.
"""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

from django.db.models import QuerySet

from editorial.models import Heartbeat, ProcessKind

INTERVAL = timedelta(seconds=5)
MISSING_AFTER = timedelta(seconds=20)  # three missed beats and some slack
DELETE_AFTER = timedelta(hours=1)  # until then operators can see which process died, and where


def host() -> str:
    """The name of this machine or container."""
    return socket.gethostname()[:120]


def beat(heartbeat: Heartbeat, *, now: datetime) -> None:
    """Record this process's heartbeat and running jobs, and delete heartbeats that are long out of date."""
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
    """Delete the heartbeat of a process that shuts down cleanly, so that it does not count as missing."""
    Heartbeat.objects.filter(pk=heartbeat.pk).delete()


def alive(*, now: datetime, process: ProcessKind | None = None) -> QuerySet[Heartbeat]:
    """Processes with a recent heartbeat, of one kind if given."""
    recent = Heartbeat.objects.filter(last_seen_at__gt=now - MISSING_AFTER)
    return recent.filter(process=process.value) if process else recent


def missing(*, now: datetime) -> QuerySet[Heartbeat]:
    """Processes that stopped beating without deregistering: killed, frozen or cut off."""
    return Heartbeat.objects.filter(last_seen_at__lte=now - MISSING_AFTER)
