"""Broker check: whether Redis answers, and how fast."""

from __future__ import annotations

import time

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

_TIMEOUT = 1.0  # seconds


def ping() -> float | None:
    """Redis round-trip time in seconds; None if it does not answer."""
    started = time.monotonic()
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT) as client:
            client.ping()
    except (RedisError, OSError):
        return None
    return time.monotonic() - started
