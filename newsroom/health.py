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


def drains(_request: HttpRequest) -> JsonResponse:
    """No work has been waiting for too long: relays and workers, wherever they are, do what they are for.

    It says nothing of the process that answers: do not take a web process out of service for it.
    """
    try:
        drain = queue_health.judge(now=db_clock.present())
    except DatabaseError:
        return JsonResponse(_NO_DATABASE, status=503)
    told = {
        "status": "draining" if drain.drains else "waiting",
        "detail": drain.told,
        "waiting": drain.waiting,
        "oldest_seconds": round(drain.waited.total_seconds(), 1),
        "longest_seconds": drain.longest.total_seconds(),
        "last_done_at": drain.last_done_at,
        "workers": drain.workers,
        "relays": drain.relays,
    }
    return JsonResponse(told, status=200 if drain.drains else 503)
