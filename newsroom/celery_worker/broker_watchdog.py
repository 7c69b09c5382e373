"""Reconnects a worker that is alive and connected but receives no more jobs (celery #8030 and similar).

A worker prefetches as many messages as it has pool processes, and gets a new one only after acknowledging an old one.
If Redis dies at that moment, Celery logs "Couldn't ack" and carries on with one slot fewer; with no slot left, it does
not even notice that the connection is lost. The symptom: messages that are unacknowledged and belong to no running job.
"""

from functools import partial
from typing import Any

import celery.worker.consumer
import structlog
from celery import bootsteps
from celery.worker import state

log = structlog.get_logger(__name__)

_CHECK_INTERVAL = 5.0  # seconds
_RECONNECT_INTERVAL = 2.0  # seconds; Celery's own delays grow to half a minute, in which a worker receives nothing


class ReconnectingConsumer(celery.worker.consumer.Consumer):
    """Celery's consumer with short reconnection delays."""

    def ensure_connected(self, conn: Any) -> Any:
        """Connect; retry for as long as it takes."""
        conn.ensure_connection = partial(conn.ensure_connection, interval_max=_RECONNECT_INTERVAL)
        return super().ensure_connected(conn)


class BrokerWatchdog(bootsteps.StartStopStep):
    """Reconnects when the worker holds unacknowledged messages that belong to none of its jobs.

    Safe: jobs are in PostgreSQL, and a message that is delivered twice has no effect.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        self._timer = consumer.timer.call_repeatedly(_CHECK_INTERVAL, _check, (consumer,))

    def stop(self, consumer: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _check(consumer: Any) -> None:
    """Raise ConnectionResetError, which makes Celery reconnect, if an acknowledgement was lost."""
    unacknowledged, reserved = _unacknowledged_count(consumer), len(state.reserved_requests)
    if unacknowledged > reserved:
        log.warning("the broker lost acknowledgements; reconnecting", jobs=unacknowledged - reserved)
        raise ConnectionResetError("The broker lost acknowledgements.")


def _unacknowledged_count(consumer: Any) -> int:
    """The number of messages this worker received and has not acknowledged."""
    qos = consumer.task_consumer.channel.qos if consumer.task_consumer else None
    return len(qos._delivered) - len(qos._dirty) if qos is not None else 0
