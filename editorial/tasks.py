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
def review_claim(*, message_id: str) -> None:
    """Reassess a claim."""
    _work(MessageKind.REVIEW_CLAIM, message_id, lambda claim, now: assessments.reassess(claim_id=claim, now=now))


@shared_task
def review_story(*, message_id: str) -> None:
    """Recompute a story's gate and, once it ran, its remedy."""
    _work(MessageKind.REVIEW_STORY, message_id, lambda story, now: publication.review(story_id=story, now=now))


@shared_task
def tell(*, message_id: str) -> None:
    """Tell everyone whom an event concerns."""
    _work(MessageKind.TELL, message_id, lambda event, now: notices.tell(event_id=event, now=now))


@shared_task
def deliver(*, message_id: str) -> None:
    """Send one notice out of the house."""
    _do(MessageKind.DELIVER, lambda: _deliver(UUID(message_id)))


def _deliver(message: UUID) -> MessageState | None:
    """Should the process die between the two, the next delivery says again that the endpoint is gone."""
    outcome = deliveries.deliver(message_id=message, clock=db_clock.present)
    if outcome.gone:
        webhooks.give_up(endpoint_id=outcome.gone, now=db_clock.present())
    return outcome.state


@shared_task
def fetch(*, message_id: str) -> None:
    """Fetch what an import is to bring in."""
    _do(MessageKind.FETCH, lambda: workflow_fetch.fetch(message_id=UUID(message_id), clock=db_clock.present))


@shared_task
def file_import(*, message_id: str) -> None:
    """File the next rows of an import."""
    _work(MessageKind.IMPORT, message_id, lambda begun, now: imports.file_next(import_id=begun, now=now))


def _work(kind: MessageKind, message_id: str, effect: Callable[..., object]) -> None:
    _do(kind, lambda: outbox.work(UUID(message_id), effect, clock=db_clock.present))


def _do(kind: MessageKind, work: Callable[[], bool | MessageState | None]) -> None:
    try:
        job_logging.do(kind, work)
    except MemoryError:
        # Celery ends a whole worker, with all of its hands, over a MemoryError. This one was the job's: it is noted
        # with its message, and the process that did the job has its memory back.
        raise TooMuchMemory from None


class TooMuchMemory(Exception):
    """A job wanted more memory than its process may have (WORKER_MEMORY_MB)."""


@shared_task
def sweep() -> None:
    """Bring about what has fallen due."""
    scheduler.sweep(now=db_clock.present())


@shared_task(soft_time_limit=50, time_limit=55)
def reconcile() -> None:
    """Look whether what is recorded fits together, and repair what does not."""
    integrity.reconcile(now=db_clock.present())


@shared_task
def relay() -> None:
    """Put waiting messages before the workers."""
    ring()


_LONGEST_REACH = 5  # seconds
_FIRST_ATTEMPT = {
    "soft_time_limit": min(settings.OUTBOX_FIRST_ATTEMPT_SECONDS, settings.CELERY_TASK_SOFT_TIME_LIMIT),
    "time_limit": min(settings.OUTBOX_FIRST_ATTEMPT_SECONDS + 1, settings.CELERY_TASK_TIME_LIMIT),
}

_OUTSIDE = (MessageKind.DELIVER, MessageKind.FETCH)
_TASKS = {
    MessageKind.REVIEW_CLAIM: review_claim,
    MessageKind.REVIEW_STORY: review_story,
    MessageKind.TELL: tell,
    MessageKind.DELIVER: deliver,
    MessageKind.FETCH: fetch,
    MessageKind.IMPORT: file_import,
}


def reach_broker() -> None:
    """Raise kombu's OperationalError, within seconds, if the broker does not answer."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=_LONGEST_REACH)


def ring() -> int:
    """Publish the ids of what is due. Returns how many; what the broker does not take is due as before."""
    rung = outbox.ring(now=db_clock.present())
    for position, one in enumerate(rung):
        try:
            _publish(one)
        except Exception:
            outbox.take_back(rung[position:])
            raise
    return len(rung)


def _publish(one: outbox.Rung) -> None:
    _TASKS[one.kind].apply_async(kwargs={"message_id": str(one.message)}, **_lane(one))


def _lane(one: outbox.Rung) -> dict[str, Any]:
    """Where it is worked on, and for how long: whatever may hang holds a hand of everybody's for moments only."""
    if one.suspect:
        return {"queue": settings.OUTBOX_QUARANTINE}
    if one.kind in _OUTSIDE:  # those there are slow, and are given their time
        return {}
    return _FIRST_ATTEMPT
