"""What a claim costs on the disk, measured in real tables."""

from __future__ import annotations

from statistics import mean
from typing import Any

import pytest
from django.db import connection

from editorial.models import Claim
from editorial.workflow.evidence import claims
from editorial.workflow.review import assessments, replies
from tests.support.cast import HOUR, Room

pytestmark = pytest.mark.slow  # files hundreds of claims

CLAIMS, ASSESSED = 200, 50
MAX_BYTES = 28_000
"""In tables and indexes, for a serious claim filed by actions with three sources, two statements and a request."""
MAX_WAL = 8_000
"""Of the write-ahead log, for an assessment that changes something; on average, because a full index page is split now
and then, which alone takes 3 kB."""


@pytest.mark.django_db(transaction=True)
def test_a_claim_and_its_assessment_take_few_bytes(room: Room) -> None:
    for number in range(20):  # the first pages
        file_claim(room, number)
    before = sizes()
    filed = [file_claim(room, 100 + number) for number in range(CLAIMS)]
    growth = {table: (size - before[table]) / CLAIMS for table, size in sizes().items()}
    largest = sorted(((size, table) for table, size in growth.items() if size), reverse=True)
    assert sum(growth.values()) < MAX_BYTES, largest
    logged = [assessment_bytes(room, claim) for claim in filed[:ASSESSED]]
    assert min(logged) > 0
    assert mean(logged) < MAX_WAL, sorted(logged)


def file_claim(room: Room, number: int) -> Claim:
    """A serious claim, as people file it and workers assess it."""
    rosa, party = room.people["rosa"], room.person(f"Party {number}")
    claim = claims.file(
        desk_id=room.desk.pk, text=f"The gate {number} was left open by the party in question on that night.",
        risk="serious", adverse_to=[party.pk], actor=rosa, now=room.now,
    )  # fmt: skip
    for witness in range(2):
        room.says(room.person(f"Witness {number} {witness}"), claim)
    deadline = room.now + 24 * HOUR
    replies.send(to_id=party.pk, covers=[claim.pk], question="?", deadline_at=deadline, actor=rosa, now=room.now)
    room.settle()
    return claim


def assessment_bytes(room: Room, claim: Claim) -> int:
    """The bytes that the server logs for an assessment that counts another voice."""
    room.says(room.person(f"A third witness of {claim.text}"), claim)
    start = wal_position()
    assessments.reassess(claim_id=claim.pk, now=room.now)
    return wal_position() - start


def sizes() -> dict[str, int]:
    """The bytes of every table with its indexes. Pending entries of search indexes are merged first."""
    tables = {table for table, _ in query("SELECT relname, oid FROM pg_class WHERE relkind = 'r' AND oid > 16384")}
    query(
        "SELECT gin_clean_pending_list(c.oid), 0 FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'gin'"
    )
    found = query("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND oid > 16384")
    return {table: size for table, size in found if table in tables}


def wal_position() -> int:
    """How many bytes the server has logged."""
    ((position, _),) = query("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint, 0")
    return int(position)


def query(sql: str) -> list[tuple[Any, Any]]:
    """The rows of a query with two columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
