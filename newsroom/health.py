"""Is this process alive, and can it serve? Asked by load balancers and container engines."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def live(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


def ready(_request: HttpRequest) -> JsonResponse:
    """The process reaches PostgreSQL. Redis is not asked: writes work without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "detail": "PostgreSQL does not answer."}, status=503)
    return JsonResponse({"status": "ready"})
