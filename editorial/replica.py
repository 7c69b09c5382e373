"""Reads lists from a replica, if `DATABASE_REPLICA_URL` names one (decision 0060).

A list is read there only once the replica shows everything that was committed when it was asked for. So nobody misses
what they have just written, and nobody sees a row after they have lost access to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.models import Model

log = structlog.get_logger(__name__)

ALIAS = "replica"
MAX_DELAY = 0.05  # seconds to wait for the replica; then the primary answers
PAUSE_AFTER_FAILURE = 10.0  # seconds without another attempt
_POLL_INTERVAL = 0.005

Result = TypeVar("Result")
_is_reading: ContextVar[bool] = ContextVar("reading from the replica", default=False)
_retry_at = 0.0


class Router:
    """The replica inside of `read`, the primary everywhere else."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return ALIAS if _is_reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True  # both are the same database


def read(query: Callable[[], Result]) -> Result:
    """The result of a function that only reads, from the replica if there is one that has caught up."""
    if not settings.DATABASE_REPLICA_URL or connection.in_atomic_block or time.monotonic() < _retry_at:
        return query()
    try:
        if _has_caught_up():
            return _read_from_replica(query)
    except Error as error:
        if connection.connection is not None and not connection.is_usable():
            raise  # it is the primary that fails
        if _is_of_query(error):
            raise
        _pause(error)
    return query()


def _is_of_query(error: Error) -> bool:
    """Whether the query is too slow or its values are invalid, as they would be on the primary."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return state == "57014" or state.startswith("22")


def _has_caught_up() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()")
        (committed,) = cursor.fetchone()
    limit = time.monotonic() + MAX_DELAY
    with connections[ALIAS].cursor() as cursor:
        while time.monotonic() < limit:
            cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [committed])
            if cursor.fetchone()[0]:
                return True
            time.sleep(_POLL_INTERVAL)
    return False


def _read_from_replica(query: Callable[[], Result]) -> Result:
    token = _is_reading.set(True)
    try:
        return query()
    finally:
        _is_reading.reset(token)


def _pause(error: Error) -> None:
    """A replica that is down, or that cancelled a query to catch up, must not delay every list."""
    global _retry_at
    _retry_at = time.monotonic() + PAUSE_AFTER_FAILURE
    connections[ALIAS].close()
    log.warning("the replica does not answer; the primary does", kind=type(error).__name__)
