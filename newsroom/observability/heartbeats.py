"""How each process says that it is there: web and worker by a thread of their own, relay and beat in their very loop.

It is said in PostgreSQL (`editorial.operations.heartbeats`), one small write every five seconds.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import structlog
from celery import bootsteps
from celery.beat import PersistentScheduler
from celery.worker import state

log = structlog.get_logger(__name__)

Doing = list[dict[str, str]]


def _nothing() -> Doing:
    return []


class Attendance:
    """One process's word that it is there. While PostgreSQL is away nobody hears it, and the process goes on."""

    def __init__(self, process: str, *, hands: int = 1, doing: Callable[[], Doing] = _nothing) -> None:
        from editorial.models import Presence, ProcessKind
        from editorial.operations import heartbeats
        from newsroom import VERSION

        self._presence = Presence(
            process=ProcessKind(process).value,
            host=heartbeats.host(),
            pid=os.getpid(),
            version=VERSION,
            hands=hands,
        )
        self._doing = doing
        self._next = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="presence", daemon=True)

    def say(self) -> None:
        """Say so, unless it was said just now."""
        from editorial.models import db_clock
        from editorial.operations import heartbeats

        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + heartbeats.EVERY.total_seconds()
        self._presence.doing = self._doing()
        self._try(lambda: heartbeats.say(self._presence, now=db_clock.present()))

    def leave(self) -> None:
        """Take leave: whoever ends in order is not missed."""
        from editorial.operations import heartbeats

        self._try(lambda: heartbeats.leave(self._presence))

    def keep(self) -> None:
        """Say so again and again, in a thread of its own, until `end`."""
        self._thread.start()

    def end(self) -> None:
        """Stop saying so, and take leave."""
        self._over.set()
        if self._thread.ident:
            self._thread.join(timeout=5)

    def _keep(self) -> None:
        from django.db import connection

        from editorial.operations import heartbeats

        self.say()
        while not self._over.wait(heartbeats.EVERY.total_seconds()):
            self._next = 0.0
            self.say()
        self.leave()
        connection.close()

    def _try(self, write: Callable[[], None]) -> None:
        from django.db import Error, connection

        try:
            write()
        except Error as problem:
            log.debug("nobody can be told that this process is there", error=type(problem).__name__)
            if not connection.in_atomic_block:
                connection.close()


class AtWork(bootsteps.StartStopStep):
    """A worker is there from the moment its hands are, and says what each of them does."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """Begin to say so."""
        from django.conf import settings

        from newsroom.observability import endpoint

        endpoint.serve()
        quarantined = settings.OUTBOX_QUARANTINE in worker.app.amqp.queues.consume_from
        self._attendance = Attendance(
            "quarantine" if quarantined else "worker", hands=worker.concurrency, doing=lambda: _doing(active())
        )
        self._attendance.keep()

    def stop(self, worker: Any) -> None:
        """The jobs in hand are done, or given back."""
        self._attendance.end()

    def terminate(self, worker: Any) -> None:
        """The same in a hurry."""
        self._attendance.end()


class Scheduler(PersistentScheduler):
    """Celery's own; at each turn of its loop it says that it is there."""

    _attendance: Attendance | None = None

    def tick(self, *args: Any, **options: Any) -> float:
        """Ring for what is due, and return after how many seconds to look again."""
        if self._attendance is None:
            self._attendance = Attendance("beat")
            # Not in `close`: Celery calls that from its signal handler, perhaps in the middle of saying so, and two of
            # a thread's statements at once on one connection would wait for each other.
            atexit.register(self._attendance.leave)
        self._attendance.say()
        return float(super().tick(*args, **options))


def active() -> list[Any]:
    """The requests that this worker's hands are working on."""
    for _ in range(3):
        try:
            return list(state.active_requests)
        except RuntimeError:  # another thread took one up or laid one down just then
            continue
    return []


def _doing(requests: Iterable[Any]) -> Doing:
    return [
        {
            "work": str(request.name).rpartition(".")[2],
            "since": datetime.fromtimestamp(request.time_start, UTC).isoformat(timespec="seconds"),
        }
        for request in requests
        if request.time_start
    ]
