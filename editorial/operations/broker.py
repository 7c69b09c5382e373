"""Servers: does Redis answer, and how fast? PostgreSQL answers whoever can read this at all."""

from __future__ import annotations

import time

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

_PATIENCE = 1.0  # seconds


def broker() -> float | None:
    """In how many seconds the doorbell answered; None if it did not."""
    began = time.monotonic()
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE) as asked:
            asked.ping()
    except (RedisError, OSError):
        return None
    return time.monotonic() - began
