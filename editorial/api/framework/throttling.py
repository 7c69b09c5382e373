"""Throttling: how many requests a minute are accepted from one address, and from one token or session.

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
_SEARCH_COST = 5  # what a search by words counts for
_REDIS_RETRY_SECONDS = 10.0  # seconds for which Redis is not asked once it did not answer


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How far somebody is through what is taken in this minute."""

    policy: str
    limit: int
    used: int
    resets_in: int

    @property
    def exceeded(self) -> bool:
        """Whether this was too much."""
        return self.used > self.limit


class RedisCounter:
    """Counts in Redis; None for whoever is not counted."""

    def __init__(self) -> None:
        self._retry_at = 0.0

    def increment(self, policy: str, identity: str, limit: int, cost: int) -> RateLimit | None:
        """Where somebody stands with this request, which counts for `cost`."""
        if not limit or time.monotonic() < self._retry_at:
            return None
        minute, passed = divmod(int(time.time()), _WINDOW)
        key = f"newsroom:ratelimit:{policy}:{identity}:{minute}"
        try:
            cache: Any = caches["default"]
            counting = cache._cache.get_client(None, write=True).pipeline(transaction=False)
            counting.incrby(key, cost).expire(key, 2 * _WINDOW)
            used, _ = counting.execute()
        except RedisError:
            self._retry_at = time.monotonic() + _REDIS_RETRY_SECONDS
            log.warning("requests are not counted for some seconds, because Redis does not answer")
            return None
        return RateLimit(policy, limit, used, _WINDOW - passed)


_counter = RedisCounter()


def throttle_address(request: Request) -> None:
    """Count a request for its address, before it is looked up who comes. Raises Throttled."""
    _throttle(request, "address", str(request.META.get("REMOTE_ADDR", "")), settings.RATE_LIMIT_PER_IP)


class CallerThrottle(BaseThrottle):
    """Counts a request for the token, or the session, that it comes by."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Always, or it raises Throttled, in words of its own."""
        if request.auth is not None:
            _throttle(request, "token", str(request.auth.pk), settings.RATE_LIMIT_PER_TOKEN)
        elif request.user and request.user.pk:
            _throttle(request, "session", str(request.user.pk), settings.RATE_LIMIT_PER_TOKEN)
        return True


def set_rate_limit_headers(request: Request, response: Response) -> None:
    """Tell how much is left, in the headers of the IETF draft "RateLimit header fields for HTTP"."""
    rate_limits: list[RateLimit] = getattr(request, "rate_limits", [])
    if rate_limits:
        response.headers["RateLimit-Policy"] = ", ".join(
            f'"{rate.policy}";q={rate.limit};w={_WINDOW}' for rate in rate_limits
        )
        response.headers["RateLimit"] = ", ".join(
            f'"{rate.policy}";r={max(rate.limit - rate.used, 0)};t={rate.resets_in}' for rate in rate_limits
        )


def _throttle(request: Request, policy: str, identity: str, limit: int) -> None:
    rate = _counter.increment(policy, identity, limit, _SEARCH_COST if request.query_params.get("q") else 1)
    if rate is None:
        return
    request.rate_limits = [*getattr(request, "rate_limits", []), rate]  # type: ignore[attr-defined]
    if rate.exceeded:
        raise Throttled(
            wait=rate.resets_in, detail=f"That is too much at once: one {policy} is good for {limit} requests a minute."
        )
