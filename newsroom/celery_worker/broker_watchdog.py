"""A worker must not go deaf: connected, alive, and never again taking a job (celery #8030 and others like it).

A worker takes as many jobs as it has hands, and a new one only once the broker has heard that an old one is done.
When Redis dies just then, Celery logs "Couldn't ack" and goes on – with one hand fewer for ever, and with none left
it does not even notice that its connection is gone. What it holds and does not work on tells it.
"""

from functools import partial
from typing import Any

import celery.worker.consumer
import structlog
from celery import bootsteps
from celery.worker import state

log = structlog.get_logger(__name__)

_CHECK_INTERVAL = 5.0  # seconds
_RECONNECT_INTERVAL = 2.0  # seconds; Celery's own pauses grow to half a minute, in which a worker hears nothing


class ReconnectingConsumer(celery.worker.consumer.Consumer):
    """Celery's own, but soon back when the broker is."""

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, trying as long as it takes."""
        conn.ensure_connection = partial(conn.ensure_connection, interval_max=_RECONNECT_INTERVAL)
        return super().ensure_connected(conn)


class BrokerWatchdog(bootsteps.StartStopStep):
    """Looks again and again whether the worker holds messages that none of its jobs is about; then it connects anew.

    Nothing is lost by that: the jobs are in PostgreSQL, and a message that comes twice does nothing.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        """Begin to look, once there is a connection."""
        self._timer = consumer.timer.call_repeatedly(_CHECK_INTERVAL, _check, (consumer,))

    def stop(self, consumer: Any) -> None:
        """Look no more; the next connection begins anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _check(consumer: Any) -> None:
    """Raise ConnectionResetError, from which Celery recovers by connecting anew, if a message is held for nothing."""
    held, worked_on = _unacknowledged_count(consumer), len(state.reserved_requests)
    if held > worked_on:
        log.warning("the broker never heard that jobs were done; connecting anew", jobs=held - worked_on)
        raise ConnectionResetError("The broker never heard that jobs were done.")


def _unacknowledged_count(consumer: Any) -> int:
    """How many messages this worker was handed and has not acknowledged."""
    qos = consumer.task_consumer.channel.qos if consumer.task_consumer else None
    return len(qos._delivered) - len(qos._dirty) if qos is not None else 0
