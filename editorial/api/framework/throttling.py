"""Rate limits per minute, for each IP address and for each token or session.

Counted in Redis. If Redis is down, requests pass uncounted, and it is not queried again for some seconds so that no
request waits for it. Sign-in attempts are limited separately, in PostgreSQL (`workflow.people.login_throttle`).
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
    from rest_framework.views import APIView  # imports this module for its throttles

log = structlog.get_logger(__name__)

_WINDOW = 60  # seconds
_SEARCH_COST = 5  # requests that a text search counts as
_SEARCHES = ("q", "text")  # the parameters that search
_REDIS_RETRY_SECONDS = 10.0  # seconds without queries after Redis failed to answer


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The state of a caller's limit in the current minute."""

    policy: str
    limit: int
    used: int
    resets_in: int

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit


class RedisCounter:
    """Counters in Redis; None for callers that are not counted."""

    def __init__(self) -> None:
        self._retry_at = 0.0

    def increment(self, policy: str, identity: str, limit: int, cost: int) -> RateLimit | None:
        """Count this request with its `cost`, and return the state of the limit."""
        if not limit or time.monotonic() < self._retry_at:
            return None
        minute, elapsed = divmod(int(time.time()), _WINDOW)
        key = f"newsroom:ratelimit:{policy}:{identity}:{minute}"
        try:
            cache: Any = caches["default"]
            counting = cache._cache.get_client(None, write=True).pipeline(transaction=False)
            counting.incrby(key, cost).expire(key, 2 * _WINDOW)
            used, _ = counting.execute()
        except RedisError:
            self._retry_at = time.monotonic() + _REDIS_RETRY_SECONDS
            log.warning("Redis does not answer; requests are not counted for some seconds")
            return None
        return RateLimit(policy, limit, used, _WINDOW - elapsed)


_counter = RedisCounter()


def throttle_address(request: Request) -> None:
    """Count a request for its IP address, before authentication. Raises Throttled."""
    _throttle(request, "address", str(request.META.get("REMOTE_ADDR", "")), settings.RATE_LIMIT_PER_IP)


class CallerThrottle(BaseThrottle):
    """Counts a request for its token or session."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Always true, or raises Throttled with its own message."""
        if request.auth is not None:
            _throttle(request, "token", str(request.auth.pk), settings.RATE_LIMIT_PER_TOKEN)
        elif request.user and request.user.pk:
            _throttle(request, "session", str(request.user.pk), settings.RATE_LIMIT_PER_TOKEN)
        return True


def set_rate_limit_headers(request: Request, response: Response) -> None:
    """Set the headers of the IETF draft "RateLimit header fields for HTTP"."""
    rate_limits: list[RateLimit] = getattr(request, "rate_limits", [])
    if rate_limits:
        response.headers["RateLimit-Policy"] = ", ".join(
            f'"{rate.policy}";q={rate.limit};w={_WINDOW}' for rate in rate_limits
        )
        response.headers["RateLimit"] = ", ".join(
            f'"{rate.policy}";r={max(rate.limit - rate.used, 0)};t={rate.resets_in}' for rate in rate_limits
        )


def _throttle(request: Request, policy: str, identity: str, limit: int) -> None:
    cost = _SEARCH_COST if any(request.query_params.get(name) for name in _SEARCHES) else 1
    rate = _counter.increment(policy, identity, limit, cost)
    if rate is None:
        return
    request.rate_limits = [*getattr(request, "rate_limits", []), rate]  # type: ignore[attr-defined]
    if rate.exceeded:
        raise Throttled(wait=rate.resets_in, detail=f"Too many requests. The limit is {limit} a minute per {policy}.")
