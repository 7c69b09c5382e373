"""Fetches scheduled imports: asks only for what has changed. No transaction is open during the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from editorial import outbox, receivers
from editorial.formats.errors import FeedElsewhere, ParseError
from editorial.http_client import DestinationNotAllowed, RequestFailed, UnusableResponse, Validators
from editorial.models import MessageState, ScheduledImport
from editorial.workflow.core.errors import ActionError
from editorial.workflow.imports import fetch, scheduled_imports
from editorial.workflow.imports.scheduled_imports import Fetched

_GONE = 410


def poll(*, message_id: UUID, clock: Callable[[], datetime]) -> MessageState | None:
    """Fetch a scheduled import and import what is new. A failure is noted; the next fetch is the next attempt.

    Returns the message's new state; None if another worker has it.
    """
    run = outbox.start(message_id, now=clock())
    if run is None:
        return None
    scheduled = ScheduledImport.objects.get(pk=run.reference)
    try:
        outcome = _outcome(scheduled, run, clock)
        with transaction.atomic():
            _record(outcome, scheduled, clock)
            outbox.finish(run, now=clock())
    except Exception as error:
        outbox.fail(run, error, now=clock())
        raise
    return MessageState.DONE


def _record(outcome: Callable[..., None], scheduled: ScheduledImport, clock: Callable[[], datetime]) -> None:
    """Deal with the result. `url`: what was asked for, which may have been revised meanwhile."""
    request = {"scheduled_import_id": scheduled.pk, "url": scheduled.url}
    try:
        outcome(**request, now=clock())
    except ActionError as error:
        scheduled_imports.record_failure(**request, reason=str(error), now=clock())


def _outcome(scheduled: ScheduledImport, run: outbox.Run, clock: Callable[[], datetime]) -> Callable[..., None]:
    """Fetch it; returns the action that deals with the result."""
    if scheduled.is_paused:
        return partial(scheduled_imports.record_success, fetched=Fetched(None))
    try:
        fetched = _fetch(scheduled)
    except RequestFailed as error:
        receivers.record_failure(run.receiver, now=clock())
        reason = f"The URL did not respond ({error.kind}). It will be tried again."
        return partial(scheduled_imports.record_failure, reason=reason, retry_after=error.retry_after)
    except DestinationNotAllowed as error:  # nobody was reached
        return partial(scheduled_imports.record_failure, reason=str(error))
    except FeedElsewhere as page:
        receivers.record_success(run.receiver)
        return partial(scheduled_imports.follow_feed_link, page=page)
    except (UnusableResponse, ParseError) as error:
        receivers.record_success(run.receiver)
        is_gone = isinstance(error, UnusableResponse) and error.status == _GONE
        return partial(scheduled_imports.record_failure, reason=str(error), is_gone=is_gone)
    receivers.record_success(run.receiver)
    return partial(scheduled_imports.record_success, fetched=fetched)


def _fetch(scheduled: ScheduledImport) -> Fetched:
    known = Validators(scheduled.etag, scheduled.last_modified)
    response = fetch.get(scheduled.kind, scheduled.url, known=known)
    items = fetch.parse(scheduled.kind, scheduled.url, response)
    return Fetched(items, response.validators, response.moved_to)
