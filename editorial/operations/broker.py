"""Servers: does Redis answer, and how fast? PostgreSQL answers whoever can read this at all."""

from __future__ import annotations

import time

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

_TIMEOUT = 1.0  # seconds


def ping() -> float | None:
    """In how many seconds the doorbell answered; None if it did not."""
    began = time.monotonic()
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT) as asked:
            asked.ping()
    except (RedisError, OSError):
        return None
    return time.monotonic() - began
