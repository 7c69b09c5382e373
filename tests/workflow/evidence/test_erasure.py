"""Erasure: after `protect`, no page of the table or its indexes holds the name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction

from editorial import outbox
from editorial.models import Desk, MessageKind, OutboxMessage, Source
from editorial.workflow.evidence import erasure, sources
from tests.support.cast import Room, create_people

NAME = "Zephyrine Quillfeather"
NOW = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def protected(transactional_db):
    """A source that was first registered by name."""
    politics, city = (Desk.objects.create(name=name, slug=name.lower()) for name in ("Politics", "City"))
    room = Room(politics, create_people(politics, city))
    source = room.person(NAME)
    sources.protect(
        source_id=source.pk, name="a keeper", identity_name=NAME, identity_known_by="1970",
        actor=room.people["rosa"], now=NOW,
    )  # fmt: skip
    return source


def run_job():
    """Run the job of the source, as a worker would. Returns whether another one waits."""
    for message, kind, _ in outbox.claim_batch(now=NOW):
        if kind is MessageKind.ERASE_OLD_ROWS:
            erasure.erase_old_rows(message_id=message, clock=lambda: NOW)
    return OutboxMessage.objects.filter(kind=MessageKind.ERASE_OLD_ROWS.value, state="ready").exists()


def pages_with(text):
    """Whether the files of the table hold the text, visible or not."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT position(%s::bytea IN pg_read_binary_file(pg_relation_filepath('editorial_source'))) > 0",
            [text.encode()],
        )
        (found,) = cursor.fetchone()
    return found


def test_an_old_row_version_holds_the_name_until_the_job_has_run(protected):
    assert pages_with(NAME)
    assert not run_job()
    assert not pages_with(NAME)
    assert Source.objects.get(pk=protected.pk).name == "a keeper"


def test_the_job_waits_for_a_transaction_that_can_still_see_the_old_row(protected):
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM editorial_desk")
            with transaction.atomic():
                Source.objects.filter(pk=protected.pk).update(camp="north")
            assert run_job(), "it will be tried again"
            assert pages_with(NAME)
            cursor.execute("COMMIT")
    finally:
        reader.close()
    OutboxMessage.objects.filter(state="ready").update(available_at=NOW)
    assert not run_job()
    assert not pages_with(NAME)
    assert connections["default"].in_atomic_block is False
