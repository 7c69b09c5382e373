"""Celery tasks. Each takes the id of an outbox message and makes one call.

A task may arrive twice, late or never: only the message's row counts (decision 0003).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from celery import shared_task

from editorial import backlog, outbox
from editorial.dispatch import publish_batch
from editorial.models import MessageKind, MessageState, db_clock
from editorial.notifications import deliveries, email_batches, notices
from editorial.operations import job_logging
from editorial.workflow.evidence.confidentiality import erasure
from editorial.workflow.imports import fetch as workflow_fetch
from editorial.workflow.imports import imports, mail_polling, polling
from editorial.workflow.ops import audit_heads, integrity, scheduler, webhooks
from editorial.workflow.review import assessments
from editorial.workflow.stories import publication


@shared_task
def assess_claim(*, message_id: str) -> None:
    """Reassess a claim."""
    _run_message(MessageKind.ASSESS_CLAIM, message_id, lambda claim, now: assessments.reassess(claim_id=claim, now=now))


@shared_task
def assess_claims(*, message_ids: list[str]) -> None:
    """Reassess several claims together."""
    _run_job(
        MessageKind.ASSESS_CLAIM,
        lambda: outbox.run_batch(
            map(UUID, message_ids),
            lambda claims, now: assessments.reassess_all(claim_ids=claims, now=now),
            clock=db_clock.now,
        ),
    )


@shared_task
def reevaluate_story(*, message_id: str) -> None:
    """Recompute a story's gate and, once it has run, its remedy."""
    _run_message(
        MessageKind.REEVALUATE_STORY, message_id, lambda story, now: publication.reevaluate(story_id=story, now=now)
    )


@shared_task
def notify(*, message_id: str) -> None:
    """Notify everyone whom an event concerns."""
    _run_message(MessageKind.NOTIFY, message_id, lambda event, now: notices.notify(event_id=event, now=now))


@shared_task
def compose_emails(*, message_id: str) -> None:
    """Compose the emails that are due to one person."""
    _run_message(
        MessageKind.COMPOSE_EMAILS, message_id, lambda user, now: email_batches.compose(user_id=UUID(user), now=now)
    )


@shared_task
def deliver(*, message_id: str) -> None:
    """Send one email or webhook delivery, then for a while those that wait for the same receiver."""
    stop_at = time.monotonic() + _MAX_SECONDS_PER_RECEIVER
    message: UUID | None = UUID(message_id)
    while message:
        _run_job(MessageKind.DELIVER, partial(deliveries.deliver, message_id=message, clock=db_clock.now))
        message = backlog.send_following(message, now=db_clock.now()) if time.monotonic() < stop_at else None
    outbox.wake_dispatcher()  # the receiver has room again


@shared_task
def disable_webhook(*, message_id: str) -> None:
    """Disable a webhook whose receiver is gone, or pause one whose receiver has failed for days."""
    _run_message(
        MessageKind.DISABLE_WEBHOOK,
        message_id,
        lambda endpoint, now: webhooks.stop_failing(endpoint_id=endpoint, now=now),
    )


@shared_task
def erase_old_rows(*, message_id: str) -> None:
    """Erase the old versions of a protected source's row, which still hold its name."""
    _run_job(
        MessageKind.ERASE_OLD_ROWS, lambda: erasure.erase_old_rows(message_id=UUID(message_id), clock=db_clock.now)
    )


@shared_task
def fetch(*, message_id: str) -> None:
    """Fetch the content of an import."""
    _run_job(MessageKind.FETCH, lambda: workflow_fetch.fetch(message_id=UUID(message_id), clock=db_clock.now))


@shared_task
def fetch_scheduled(*, message_id: str) -> None:
    """Fetch a scheduled import."""
    _run_job(MessageKind.FETCH_SCHEDULED, lambda: polling.poll(message_id=UUID(message_id), clock=db_clock.now))


@shared_task
def fetch_mail(*, message_id: str) -> None:
    """Collect incoming email."""
    _run_job(MessageKind.FETCH_MAIL, lambda: mail_polling.poll(message_id=UUID(message_id), clock=db_clock.now))


@shared_task
def file_import(*, message_id: str) -> None:
    """File the next rows of an import."""
    _run_message(MessageKind.IMPORT, message_id, lambda batch, now: imports.file_next(import_id=batch, now=now))


def _run_message(kind: MessageKind, message_id: str, handler: Callable[..., object]) -> None:
    _run_job(kind, lambda: outbox.run_message(UUID(message_id), handler, clock=db_clock.now))


def _run_job(kind: MessageKind, run: Callable[[], bool | MessageState | None]) -> None:
    try:
        job_logging.run(kind, run)
    except MemoryError:
        # Celery shuts down the whole worker on a MemoryError. This one is the job's: it is recorded on its message, and
        # the pool process has released the memory.
        raise JobOutOfMemory from None


class JobOutOfMemory(Exception):
    """A job exceeded the memory limit of its process (WORKER_MEMORY_MB)."""


@shared_task
def run_due() -> None:
    """Run everything that is due."""
    scheduler.run_due(now=db_clock.now())


@shared_task(soft_time_limit=50, time_limit=55)
def check_integrity() -> None:
    """Run the integrity checks and repair confirmed violations."""
    integrity.run(now=db_clock.now())


# The first head reads the whole record: about 20 seconds for a million entries.
@shared_task(soft_time_limit=1500, time_limit=1560)
def sign_audit_head() -> None:
    """Sign the next head if it is due."""
    audit_heads.sign_due(now=db_clock.now())


@shared_task
def send_audit_heads() -> None:
    """Post the heads that the receiver does not have."""
    audit_heads.send_pending(now=db_clock.now())


@shared_task
def dispatch() -> None:
    """Publish waiting messages to the broker."""
    publish_batch()


_MAX_SECONDS_PER_RECEIVER = 5  # then other receivers have their turn, and a worker that shuts down its end
