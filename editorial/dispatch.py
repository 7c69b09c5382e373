"""Publishes due messages of the outbox to the broker.

It knows tasks by their names, so that the dispatcher does not load what only workers run.
"""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.conf import settings

from editorial import outbox
from editorial.models import MessageKind, db_clock

_BROKER_TIMEOUT = 5  # seconds
_FIRST_ATTEMPT_LIMITS = {
    "soft_time_limit": min(settings.OUTBOX_FIRST_ATTEMPT_TIMEOUT, settings.CELERY_TASK_SOFT_TIME_LIMIT),
    "time_limit": min(settings.OUTBOX_FIRST_ATTEMPT_TIMEOUT + 1, settings.CELERY_TASK_TIME_LIMIT),
}
_EXTERNAL_KINDS = (MessageKind.DELIVER, MessageKind.FETCH)


def reach_broker() -> None:
    """Raise kombu's `OperationalError` within seconds if the broker does not answer."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=_BROKER_TIMEOUT)


def publish_batch() -> int:
    """Publish the ids of due messages. Returns their number; those the broker does not take stay due."""
    dispatched = outbox.claim_batch(now=db_clock.now())
    for position, message in enumerate(dispatched):
        try:
            publish(message.kind, str(message.message), **_routing(message))
        except Exception:
            outbox.return_to_queue(dispatched[position:])
            raise
    return len(dispatched)


def publish(kind: MessageKind, message_id: str, **routing: Any) -> None:
    """Send the task of this kind."""
    current_app.send_task(task_name(kind), kwargs={"message_id": message_id}, **routing)


def task_name(kind: MessageKind) -> str:
    """The task that does jobs of this kind."""
    return f"editorial.tasks.{'file_import' if kind is MessageKind.IMPORT else kind.value}"


def _routing(message: outbox.Dispatched) -> dict[str, Any]:
    """Queue and time limits of a message: one that may hang occupies a shared worker slot only briefly."""
    if message.kind in _EXTERNAL_KINDS:  # the HTTP and mail clients limit the time
        return {"queue": settings.OUTBOX_EXTERNAL}
    if message.failed_before:
        return {"queue": settings.OUTBOX_QUARANTINE}
    return _FIRST_ATTEMPT_LIMITS
