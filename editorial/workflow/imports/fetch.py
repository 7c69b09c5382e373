"""Fetches the content of an import. No transaction is open and nothing is locked during the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from editorial import http_client, outbox, receivers
from editorial.formats import isolated
from editorial.formats.errors import FeedElsewhere, ParseError
from editorial.formats.news_item import Items
from editorial.http_client import (
    NONE_KNOWN,
    DestinationNotAllowed,
    FetchResult,
    RequestFailed,
    UnusableResponse,
    Validators,
)
from editorial.models import Import, MessageState
from editorial.policy.imports import ImportKind, ImportState
from editorial.workflow.core.errors import ActionError
from editorial.workflow.imports import imports

_MAX_ATTEMPTS = 3
_UNEXPECTED = "This URL could not be imported. Tell your administrators, or paste the text."

# kind → the module that reads it
_READERS = {ImportKind.FEED.value: "feeds", ImportKind.PAGE.value: "web_page"}


def fetch(*, message_id: UUID, clock: Callable[[], datetime]) -> MessageState | None:
    """Fetch and parse the URL of an import; give up after a few attempts.

    Returns the message's new state; None if another worker has it.
    """
    run = outbox.start(message_id, now=clock())
    if run is None:
        return None
    batch = Import.objects.get(pk=run.reference)
    try:
        _end(run, _fetch(batch, clock), clock)
    except RequestFailed as error:
        receivers.record_failure(run.receiver, now=clock())
        if run.attempt < _MAX_ATTEMPTS:
            return outbox.fail(run, error, now=clock())
        failure = f"This URL did not respond in {_MAX_ATTEMPTS} attempts ({error.kind}). Check the URL."
    except (DestinationNotAllowed, UnusableResponse, ParseError, ActionError) as error:
        if not isinstance(error, DestinationNotAllowed):  # then nobody was reached
            receivers.record_success(run.receiver)
        failure = str(error)
    except Exception as error:
        if outbox.fail(run, error, now=clock()) is MessageState.DEAD:
            imports.fail(import_id=batch.pk, reason=_UNEXPECTED, now=clock())
        raise
    else:
        receivers.record_success(run.receiver)
        return MessageState.DONE
    _end(run, lambda: imports.fail(import_id=batch.pk, reason=failure, now=clock()), clock)
    return MessageState.DONE


def _end(run: outbox.Run, action: Callable[[], None], clock: Callable[[], datetime]) -> None:
    """Carry out the action and finish the job, together."""
    with transaction.atomic():
        action()
        outbox.finish(run, now=clock())


def _fetch(batch: Import, clock: Callable[[], datetime]) -> Callable[[], None]:
    """Fetch and parse the URL; returns what to do with the result.

    A feed that it names is fetched by a job of its own: it may have another receiver, and takes as long again. It is
    known by its own address, as if that had been given.
    """
    try:
        fetching = batch.state == ImportState.FETCHING
        items = _read(batch.kind, batch.feed_url or batch.url) if fetching else Items()
    except FeedElsewhere as page:
        if batch.feed_url:
            raise
        feed_url = page.url
        return lambda: imports.follow(import_id=batch.pk, feed_url=feed_url, now=clock())
    return lambda: imports.receive(import_id=batch.pk, items=items, now=clock())


def _read(kind: str, url: str) -> Items:
    items = parse(kind, url, get(kind, url))
    if items is None:
        raise UnusableResponse("The server did not send the content.")
    return items


def get(kind: str, url: str, *, known: Validators = NONE_KNOWN) -> FetchResult:
    """Fetch the URL of an import of this kind; without a body if it is the version that we know."""
    return http_client.fetch(
        url,
        accept=isolated.ACCEPT[_READERS[kind]],
        max_bytes=settings.IMPORT_MAX_BYTES,
        allow_private=settings.IMPORTS_ALLOW_PRIVATE_HOSTS,
        hosts=settings.OUTGOING_HOSTS,
        known=known,
    )


def parse(kind: str, url: str, response: FetchResult) -> Items | None:
    """The items of what was fetched from the URL; None if it is the version that we know."""
    if response.body is None:
        return None
    return isolated.read(
        _READERS[kind],
        response.body,
        url=url,
        base=response.url,
        content_type=response.content_type,
        seconds=settings.IMPORT_PARSE_SECONDS,
        max_bytes=settings.IMPORT_MAX_BYTES,
    )
