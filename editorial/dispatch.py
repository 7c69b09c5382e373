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
_EXTERNAL_KINDS = (MessageKind.DELIVER, MessageKind.FETCH, MessageKind.FETCH_SCHEDULED, MessageKind.FETCH_MAIL)
_BATCH_TASKS = {MessageKind.ASSESS_CLAIM: "editorial.tasks.assess_claims"}


def _limits(seconds: int) -> dict[str, Any]:
    return {
        "soft_time_limit": min(seconds, settings.CELERY_TASK_SOFT_TIME_LIMIT),
        "time_limit": min(seconds + 1, settings.CELERY_TASK_TIME_LIMIT),
    }


_FIRST_ATTEMPT_LIMITS = _limits(settings.OUTBOX_FIRST_ATTEMPT_TIMEOUT)
_BATCH_LIMITS = _limits(3 * settings.OUTBOX_FIRST_ATTEMPT_TIMEOUT)  # fifty take as long as ten


def check_broker() -> None:
    """Raise kombu's `OperationalError` within seconds if the broker does not answer."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=_BROKER_TIMEOUT)


def publish_batch() -> int:
    """Publish the ids of due messages. Returns their number; those the broker does not take stay due."""
    dispatched = outbox.claim_batch(now=db_clock.now())
    batches = _batches(dispatched)
    for position, batch in enumerate(batches):
        try:
            publish(batch)
        except Exception:
            outbox.return_to_queue(message for rest in batches[position:] for message in rest)
            raise
    return len(dispatched)


def _batches(dispatched: list[outbox.Dispatched]) -> list[list[outbox.Dispatched]]:
    """The messages that are published together: first attempts of a kind that can run together. Others are alone."""
    batches = [[each] for each in dispatched if not _is_batched(each)]
    for kind in _BATCH_TASKS:
        together = [each for each in dispatched if _is_batched(each) and each.kind is kind]
        batches += [together[first : first + outbox.MAX_BATCH] for first in range(0, len(together), outbox.MAX_BATCH)]
    return batches


def _is_batched(message: outbox.Dispatched) -> bool:
    return message.kind in _BATCH_TASKS and not message.started_before


def publish(batch: list[outbox.Dispatched]) -> None:
    """Send the task for these messages, which are of one kind."""
    kind, keys = batch[0].kind, [str(message.message) for message in batch]
    if len(batch) > 1:
        current_app.send_task(_BATCH_TASKS[kind], kwargs={"message_ids": keys}, **_BATCH_LIMITS)
    else:
        current_app.send_task(task_name(kind), kwargs={"message_id": keys[0]}, **_routing(batch[0]))


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
