"""Fetching what an import is to bring in. No transaction is open, nothing is locked while the world answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from editorial import http_client, outbox
from editorial.formats import feeds, web_page
from editorial.formats.errors import Unreadable
from editorial.formats.news_item import Item
from editorial.http_client import Barred, NoAnswer, Unwanted
from editorial.models import Import, MessageState
from editorial.policy.imports import ImportKind, ImportState
from editorial.workflow.imports import imports

_TRIES = 3

_READ: dict[str, tuple[str, Callable[..., list[Item]]]] = {
    ImportKind.FEED.value: (feeds.ACCEPT, feeds.read),
    ImportKind.PAGE.value: (web_page.ACCEPT, lambda body, **told: [web_page.read(body, **told)]),
}


def fetch(*, message_id: UUID, clock: Callable[[], datetime]) -> MessageState | None:
    """Call the address of an import, and hand over what is to be read there; after some tries, give up.

    Returns where the message stands now; None if it was not for this worker.
    """
    run = outbox.start(message_id, now=clock())
    if run is None:
        return None
    begun = Import.objects.get(pk=run.reference)
    try:
        items = _items(begun) if begun.state == ImportState.FETCHING else []
    except NoAnswer as problem:
        if run.attempt < _TRIES:
            return outbox.fail(run, problem, now=clock())
        why = f"Nothing came from this address in {_TRIES} tries ({problem.kind}). Look whether it is right."
    except (Barred, Unwanted, Unreadable) as problem:
        why = str(problem)
    except Exception as problem:
        outbox.fail(run, problem, now=clock())
        raise
    else:
        why = ""
    with transaction.atomic():
        if why:
            imports.give_up(import_id=begun.pk, why=why, now=clock())
        else:
            imports.receive(import_id=begun.pk, items=items, now=clock())
        outbox.finish(run, now=clock())
    return MessageState.DONE


def _items(begun: Import) -> list[Item]:
    accept, read = _READ[begun.kind]
    private = settings.IMPORTS_MAY_REACH_PRIVATE_ADDRESSES
    found = http_client.fetch(begun.url, accept=accept, most_bytes=settings.IMPORT_MAX_BYTES, private=private)
    return read(found.body, url=found.url, content_type=found.content_type)
