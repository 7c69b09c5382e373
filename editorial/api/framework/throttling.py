"""Pace: how much is taken in a minute from one address, and by one token or session.

Counted in Redis, which may be away: then everybody passes, and it is left in peace for some seconds, so that nobody
waits for it. Attempts to sign in are counted elsewhere, in PostgreSQL (`workflow.attempts`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module, to know its throttles

log = structlog.get_logger(__name__)

_WINDOW = 60  # seconds
_SEARCH = 5  # what a search by words counts for
_REST = 10.0  # seconds for which Redis is not asked once it did not answer


@dataclass(frozen=True, slots=True)
class Pace:
    """How far somebody is through what is taken in this minute."""

    of: str
    most: int
    used: int
    ends_in: int

    @property
    def too_fast(self) -> bool:
        """Whether this was too much."""
        return self.used > self.most


class _Doorkeeper:
    """Counts in Redis; None for whoever is not counted."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def count(self, of: str, who: str, most: int, cost: int) -> Pace | None:
        """Where somebody stands with this request, which counts for `cost`."""
        if not most or time.monotonic() < self._rests_until:
            return None
        minute, passed = divmod(int(time.time()), _WINDOW)
        key = f"newsroom:pace:{of}:{who}:{minute}"
        try:
            cache: Any = caches["default"]
            counting = cache._cache.get_client(None, write=True).pipeline(transaction=False)
            counting.incrby(key, cost).expire(key, 2 * _WINDOW)
            used, _ = counting.execute()
        except RedisError:
            self._rests_until = time.monotonic() + _REST
            log.warning("requests are not counted for some seconds, because Redis does not answer")
            return None
        return Pace(of, most, used, _WINDOW - passed)


_doorkeeper = _Doorkeeper()


def arrives(request: Request) -> None:
    """Count a request for its address, before it is looked up who comes. Raises Throttled."""
    _count(request, "address", str(request.META.get("REMOTE_ADDR", "")), settings.RATE_PER_ADDRESS)


class PerCaller(BaseThrottle):
    """Counts a request for the token, or the session, that it comes by."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Always, or it raises Throttled, in words of its own."""
        if request.auth is not None:
            _count(request, "token", str(request.auth.pk), settings.RATE_PER_TOKEN)
        elif request.user and request.user.pk:
            _count(request, "session", str(request.user.pk), settings.RATE_PER_TOKEN)
        return True


def tell(request: Request, response: Response) -> None:
    """Tell how much is left, in the headers of the IETF draft "RateLimit header fields for HTTP"."""
    paces: list[Pace] = getattr(request, "paces", [])
    if paces:
        response.headers["RateLimit-Policy"] = ", ".join(f'"{pace.of}";q={pace.most};w={_WINDOW}' for pace in paces)
        response.headers["RateLimit"] = ", ".join(
            f'"{pace.of}";r={max(pace.most - pace.used, 0)};t={pace.ends_in}' for pace in paces
        )


def _count(request: Request, of: str, who: str, most: int) -> None:
    pace = _doorkeeper.count(of, who, most, _SEARCH if request.query_params.get("q") else 1)
    if pace is None:
        return
    request.paces = [*getattr(request, "paces", []), pace]  # type: ignore[attr-defined]
    if pace.too_fast:
        raise Throttled(
            wait=pace.ends_in, detail=f"That is too much at once: one {of} is good for {most} requests a minute."
        )
