"""`manage.py relay`: put waiting outbox messages before the workers, within moments of their commit."""

from __future__ import annotations

import signal
import time
from typing import Any

import psycopg
import structlog
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connection
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from editorial import tasks
from editorial.outbox import CHANNEL
from newsroom.local.supervisor import readiness
from newsroom.observability.heartbeats import Attendance

log = structlog.get_logger(__name__)

_POLL = 1.0  # seconds; a notification may be missed, a poll may not
_BREATH = 0.05  # seconds between two rounds: what is written meanwhile is rung for at once, in one round
_PAUSE = 2.0  # seconds to wait after PostgreSQL or Redis did not answer


class Command(BaseCommand):
    """Run until stopped. Any number of relays may run at once; none is needed for correctness, only for speed."""

    help = "Put waiting outbox messages before the workers. Runs until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Wake on a notification or once a second, and ring."""
        self.stopping = False
        for sent in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sent, self._stop)
        self._attendance = Attendance("relay")
        while not self.stopping:
            try:
                self._listen()
            except (BrokerError, RedisError, OSError) as problem:
                log.warning("the broker does not answer; messages wait in PostgreSQL", kind=type(problem).__name__)
                time.sleep(_PAUSE)
            except (Error, psycopg.Error) as problem:
                log.warning("PostgreSQL does not answer", kind=type(problem).__name__)
                close_old_connections()
                connection.close()
                time.sleep(_PAUSE)
        self._attendance.leave()

    def _listen(self) -> None:
        self._attendance.say()
        tasks.reach_broker()  # while it is away, nothing is chosen in vain
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        readiness.announce()
        while not self.stopping:
            while tasks.ring():
                self._attendance.say()
            self._attendance.say()
            time.sleep(_BREATH)
            listening: psycopg.Connection[Any] = connection.connection
            for _ in listening.notifies(timeout=_POLL, stop_after=1):
                pass

    def _stop(self, *_: Any) -> None:
        self.stopping = True
