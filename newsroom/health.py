"""Health endpoints for machines: is the process alive, can it serve, and is the job queue moving?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from editorial.models import db_clock
from editorial.operations import queue_health

_NO_DATABASE = {"status": "unavailable", "detail": "PostgreSQL does not answer."}


def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


def ready(_request: HttpRequest) -> JsonResponse:
    """Check PostgreSQL. Redis is not checked: writes work without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse(_NO_DATABASE, status=503)
    return JsonResponse({"status": "ready"})


def queue(_request: HttpRequest) -> JsonResponse:
    """Report whether due jobs wait too long, i.e. whether dispatchers and workers on any machine do their work.

    This says nothing about the web process that answers; do not take it out of service on this result.
    """
    try:
        health = queue_health.check(now=db_clock.now())
    except DatabaseError:
        return JsonResponse(_NO_DATABASE, status=503)
    payload = {
        "status": "ok" if health.ok else "stalled",
        "detail": health.message,
        "waiting": health.waiting,
        "oldest_seconds": round(health.oldest_wait.total_seconds(), 1),
        "longest_seconds": health.max_wait.total_seconds(),
        "last_completed_at": health.last_completed_at,
        "workers": health.workers,
        "dispatchers": health.dispatchers,
    }
    return JsonResponse(payload, status=200 if health.ok else 503)
