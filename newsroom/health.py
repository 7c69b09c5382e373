"""Is this process alive, can it serve, and is the newsroom's work being done? For machines, in figures."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from editorial.models import db_clock
from editorial.operations import queue_health

_NO_DATABASE = {"status": "unavailable", "detail": "PostgreSQL does not answer."}


def live(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


def ready(_request: HttpRequest) -> JsonResponse:
    """The process reaches PostgreSQL. Redis is not asked: writes work without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse(_NO_DATABASE, status=503)
    return JsonResponse({"status": "ready"})


def queue(_request: HttpRequest) -> JsonResponse:
    """No work has been waiting for too long: relays and workers, wherever they are, do what they are for.

    It says nothing of the process that answers: do not take a web process out of service for it.
    """
    try:
        drain = queue_health.check(now=db_clock.now())
    except DatabaseError:
        return JsonResponse(_NO_DATABASE, status=503)
    told = {
        "status": "ok" if drain.ok else "waiting",
        "detail": drain.message,
        "waiting": drain.waiting,
        "oldest_seconds": round(drain.oldest_wait.total_seconds(), 1),
        "longest_seconds": drain.max_wait.total_seconds(),
        "last_completed_at": drain.last_completed_at,
        "workers": drain.workers,
        "dispatchers": drain.dispatchers,
    }
    return JsonResponse(told, status=200 if drain.ok else 503)
