"""`manage.py dispatch_outbox`: publish waiting outbox messages to the workers as soon as they are committed."""

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

from editorial import dispatch
from editorial.outbox import NOTIFY_CHANNEL
from newsroom import celery_app
from newsroom.local import readiness
from newsroom.observability.heartbeats import HeartbeatWriter

log = structlog.get_logger(__name__)

_POLL_INTERVAL = 1.0  # seconds; a notification may be missed, a poll may not
_MIN_INTERVAL = 0.05  # seconds between two rounds: messages written meanwhile are dispatched together
_RETRY_DELAY = 2.0  # seconds to wait after PostgreSQL or Redis did not answer


class Command(BaseCommand):
    """Run until stopped. Several dispatchers may run; they only add speed, since beat dispatches as a fallback."""

    help = "Publish waiting outbox messages to the workers. Runs until stopped."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Wake on a notification or once a second, and dispatch."""
        self.stopping = False
        celery_app.create()  # `dispatch` sends by it
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request_stop)
        self._heartbeat_writer = HeartbeatWriter("dispatcher")
        while not self.stopping:
            try:
                self._dispatch_loop()
            except (BrokerError, RedisError, OSError) as problem:
                log.warning("the broker does not answer; messages wait in PostgreSQL", kind=type(problem).__name__)
                time.sleep(_RETRY_DELAY)
            except (Error, psycopg.Error) as problem:
                log.warning("PostgreSQL does not answer", kind=type(problem).__name__)
                close_old_connections()
                connection.close()
                time.sleep(_RETRY_DELAY)
        self._heartbeat_writer.deregister()

    def _dispatch_loop(self) -> None:
        self._heartbeat_writer.beat()
        dispatch.check_broker()  # while it is unavailable, no message is claimed
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {NOTIFY_CHANNEL}")
        readiness.mark_ready()
        while not self.stopping:
            while dispatch.publish_batch():
                self._heartbeat_writer.beat()
            self._heartbeat_writer.beat()
            time.sleep(_MIN_INTERVAL)
            listening: psycopg.Connection[Any] = connection.connection
            for _ in listening.notifies(timeout=_POLL_INTERVAL, stop_after=1):
                pass

    def _request_stop(self, *_: Any) -> None:
        self.stopping = True
