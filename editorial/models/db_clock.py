"""The clock that all hosts share: PostgreSQL's (decision 0016).

Hosts disagree about the time by seconds or minutes. Leases, due times and the order of events are compared across
hosts, so they all use this clock.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The current time in UTC. It advances during a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment
