"""The present moment, by the one clock that all hosts share: PostgreSQL's (decision 0016).

Hosts disagree about the time, by seconds or minutes. A lease that one grants and another judges, work that one writes
and another finds due, the order in which things are noted – all that is told by one clock, or it is not told.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The time now, in UTC, as PostgreSQL has it. It goes on during a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment
