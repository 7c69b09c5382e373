"""Erasure: after `protect`, no page of the table or its indexes holds the name."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction

from editorial import outbox
from editorial.models import Desk, MessageKind, OutboxMessage, Source, User
from editorial.models.search_documents import DOCUMENTS
from editorial.workflow.evidence import sources
from editorial.workflow.evidence.confidentiality import erasure
from editorial.workflow.stories import search
from newsroom.local import sockets
from tests.support.cast import Room, create_people
from tests.support.live import wait_until

# Beside all other tests, some session keeps old rows alive, and the job rightly waits for it.
pytestmark = pytest.mark.servers

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
    OutboxMessage.objects.filter(state="ready").update(available_at=NOW)
    for message, kind, *_ in outbox.claim_batch(now=NOW):
        if kind is MessageKind.ERASE_OLD_ROWS:
            erasure.erase_old_rows(message_id=message, clock=lambda: NOW)
    return OutboxMessage.objects.filter(kind=MessageKind.ERASE_OLD_ROWS.value, state="ready").exists()


@pytest.fixture
def pages_with(data_folder):
    """Whether the files of these tables and indexes hold the text, visible or not."""
    url = sockets.database_url(data_folder, database=connection.settings_dict["NAME"], role="postgres")
    with psycopg.connect(url, autocommit=True) as superuser:  # sessions of earlier tests may keep old rows alive
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid NOT IN (pg_backend_pid(), %s)",
            [connection.connection.info.backend_pid],
        )

    def search(text, relations=("editorial_source", "source_name_trgm")):
        with psycopg.connect(url, autocommit=True) as superuser:
            superuser.execute("CHECKPOINT")
            query = "SELECT position(%s::bytea IN pg_read_binary_file(pg_relation_filepath(%s))) > 0"
            return any(
                superuser.execute(query, [text.encode(), relation]).fetchone() == (True,) for relation in relations
            )

    return search


def test_an_old_row_version_holds_the_name_until_the_job_has_run(protected, pages_with):
    assert pages_with(NAME)
    assert not run_job()
    assert not pages_with(NAME)
    assert Source.objects.get(pk=protected.pk).name == "a keeper"


SEARCH_TABLES = [
    [document._meta.db_table, *(index.name for index in document._meta.indexes)] for document in DOCUMENTS.values()
]
WORDS = ("zephyrin", "quillfeath")
"""What search keeps of the name: its words, in small letters and without their endings."""


def test_no_word_of_the_name_is_left_in_the_tables_of_search(protected, pages_with):
    relations = [relation for table in SEARCH_TABLES for relation in table]
    for word in WORDS:
        assert pages_with(word, relations), word
    assert not run_job()
    for word in WORDS:
        assert not pages_with(word, relations), word
    reader = User.objects.get(username="rosa").facts()
    assert search.find(NAME, reader).matches == search.find("Zephyrine", reader).matches == []
    assert [match.id for match in search.find("keeper", reader).matches] == [protected.pk]


def test_the_job_waits_for_a_transaction_that_can_still_see_the_old_row(protected, pages_with):
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
    # Also a backup of another test holds the row for a moment.
    wait_until(lambda: not run_job(), within=60)
    assert not pages_with(NAME)
