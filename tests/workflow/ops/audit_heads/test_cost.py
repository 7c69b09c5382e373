"""What heads cost: `ENTRIES=1000000 pytest -s` this file prints the figures in docs/results/benchmarks.md."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from editorial.workflow.ops.audit_heads import head_files, signer, verifier
from editorial.workflow.ops.audit_heads.head_files import HeadFolder
from tests.support.cast import Room

ENTRIES = int(os.environ.get("ENTRIES", "100000"))

# Each event of a claim comes with about three history entries; the rest of the row is what these have.
_FILL = (
    "INSERT INTO editorial_event (id, stream, number, action, at, data, previous, hash) "
    "SELECT gen_random_uuid(), 'claim:' || gen_random_uuid(), 1, 'claim.file', now(), '{\"a\": \"b\"}', '', "
    "encode(sha256(n::text::bytea), 'hex') FROM generate_series(1, %s) n",
    "INSERT INTO editorial_statementevent SELECT row.* "
    "FROM (SELECT * FROM editorial_statementevent ORDER BY pgh_id LIMIT 1) entry, generate_series(100, 99 + %s) n, "
    "LATERAL jsonb_populate_record(NULL::editorial_statementevent, "
    "to_jsonb(entry) || jsonb_build_object('pgh_id', entry.pgh_id + n, 'pgh_position', sync_position())) row",
)


@contextmanager
def _timed(name: str) -> Iterator[list[float]]:
    seconds: list[float] = []
    began = time.monotonic()
    yield seconds
    seconds.append(time.monotonic() - began)
    print(f"{name}: {seconds[0]:.2f} s")  # noqa: T201


@pytest.mark.slow
def test_the_next_head_costs_a_fraction_of_the_first(parallel: Room, heads: HeadFolder, superuser: None) -> None:
    parallel.says(parallel.person(), parallel.claim())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        for statement in _FILL:
            cursor.execute(statement, [ENTRIES // 2])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    with _timed(f"first head over {ENTRIES} entries") as first:
        signer.sign(now=parallel.now)
    parallel.claim("It rained.")
    with _timed("next head") as following:
        signer.sign(now=parallel.later(hours=1))
    key = head_files.load_private_key(settings.AUDIT_SIGNING_KEY).public_key()
    with _timed("verification against the heads"):
        verifier.verify(heads, [key])
    assert following[0] < first[0] / 5
