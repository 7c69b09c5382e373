"""The background door: thin Celery tasks. Each takes the id of an outbox message and makes one call.

A task may ring twice, late or never: what counts is the message's row (decision 0003).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings

from editorial import outbox
from editorial.models import MessageKind, MessageState, db_clock
from editorial.notifications import deliveries, notices
from editorial.operations import job_logging
from editorial.workflow.imports import fetch as workflow_fetch
from editorial.workflow.imports import imports
from editorial.workflow.ops import integrity, scheduler, webhooks
from editorial.workflow.review import assessments
from editorial.workflow.stories import publication


@shared_task
def assess_claim(*, message_id: str) -> None:
    """Reassess a claim."""
    _run_message(MessageKind.ASSESS_CLAIM, message_id, lambda claim, now: assessments.reassess(claim_id=claim, now=now))


@shared_task
def reevaluate_story(*, message_id: str) -> None:
    """Recompute a story's gate and, once it ran, its remedy."""
    _run_message(
        MessageKind.REEVALUATE_STORY, message_id, lambda story, now: publication.reevaluate(story_id=story, now=now)
    )


@shared_task
def notify(*, message_id: str) -> None:
    """Tell everyone whom an event concerns."""
    _run_message(MessageKind.NOTIFY, message_id, lambda event, now: notices.notify(event_id=event, now=now))


@shared_task
def deliver(*, message_id: str) -> None:
    """Send one notice out of the house."""
    _run_job(MessageKind.DELIVER, lambda: _deliver(UUID(message_id)))


def _deliver(message: UUID) -> MessageState | None:
    """Should the process die between the two, the next delivery says again that the endpoint is gone."""
    outcome = deliveries.deliver(message_id=message, clock=db_clock.now)
    if outcome.endpoint_gone:
        webhooks.disable_gone(endpoint_id=outcome.endpoint_gone, now=db_clock.now())
    return outcome.state


@shared_task
def fetch(*, message_id: str) -> None:
    """Fetch what an import is to bring in."""
    _run_job(MessageKind.FETCH, lambda: workflow_fetch.fetch(message_id=UUID(message_id), clock=db_clock.now))


@shared_task
def file_import(*, message_id: str) -> None:
    """File the next rows of an import."""
    _run_message(MessageKind.IMPORT, message_id, lambda begun, now: imports.file_next(import_id=begun, now=now))


def _run_message(kind: MessageKind, message_id: str, handler: Callable[..., object]) -> None:
    _run_job(kind, lambda: outbox.run_message(UUID(message_id), handler, clock=db_clock.now))


def _run_job(kind: MessageKind, run: Callable[[], bool | MessageState | None]) -> None:
    try:
        job_logging.run(kind, run)
    except MemoryError:
        # Celery ends a whole worker, with all of its hands, over a MemoryError. This one was the job's: it is noted
        # with its message, and the process that did the job has its memory back.
        raise JobOutOfMemory from None


class JobOutOfMemory(Exception):
    """A job wanted more memory than its process may have (WORKER_MEMORY_MB)."""


@shared_task
def run_due() -> None:
    """Bring about what has fallen due."""
    scheduler.run_due(now=db_clock.now())


@shared_task(soft_time_limit=50, time_limit=55)
def check_integrity() -> None:
    """Look whether what is recorded fits together, and repair what does not."""
    integrity.run(now=db_clock.now())


@shared_task
def dispatch() -> None:
    """Put waiting messages before the workers."""
    publish_batch()


_BROKER_TIMEOUT = 5  # seconds
_FIRST_ATTEMPT_LIMITS = {
    "soft_time_limit": min(settings.OUTBOX_FIRST_ATTEMPT_TIMEOUT, settings.CELERY_TASK_SOFT_TIME_LIMIT),
    "time_limit": min(settings.OUTBOX_FIRST_ATTEMPT_TIMEOUT + 1, settings.CELERY_TASK_TIME_LIMIT),
}

_EXTERNAL_KINDS = (MessageKind.DELIVER, MessageKind.FETCH)
_TASKS = {
    MessageKind.ASSESS_CLAIM: assess_claim,
    MessageKind.REEVALUATE_STORY: reevaluate_story,
    MessageKind.NOTIFY: notify,
    MessageKind.DELIVER: deliver,
    MessageKind.FETCH: fetch,
    MessageKind.IMPORT: file_import,
}


def reach_broker() -> None:
    """Raise kombu's OperationalError, within seconds, if the broker does not answer."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=_BROKER_TIMEOUT)


def publish_batch() -> int:
    """Publish the ids of what is due. Returns how many; what the broker does not take is due as before."""
    rung = outbox.claim_batch(now=db_clock.now())
    for position, one in enumerate(rung):
        try:
            _publish(one)
        except Exception:
            outbox.return_to_queue(rung[position:])
            raise
    return len(rung)


def _publish(one: outbox.Dispatched) -> None:
    _TASKS[one.kind].apply_async(kwargs={"message_id": str(one.message)}, **_routing(one))


def _routing(one: outbox.Dispatched) -> dict[str, Any]:
    """Where it is worked on, and for how long: whatever may hang holds a hand of everybody's for moments only."""
    if one.failed_before:
        return {"queue": settings.OUTBOX_QUARANTINE}
    if one.kind in _EXTERNAL_KINDS:  # those there are slow, and are given their time
        return {}
    return _FIRST_ATTEMPT_LIMITS
