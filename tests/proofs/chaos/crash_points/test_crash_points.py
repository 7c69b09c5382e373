"""A web process killed at any point of any write loses nothing, and a retry creates no duplicate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.proofs.chaos.crash_points.runner import TEMPLATE, CrashPointRunner
from tests.proofs.chaos.crash_points.writes import EXEMPT, WRITE_CASES, operations
from tests.proofs.chaos.system import fault_environment
from tests.support import schema
from tests.support.servers import WORKER, database_url

# In every run: a write with follow-up jobs, one that locks rows others wait for, and a PATCH.
_SAMPLE = ("claims_create", "reviews_take_next", "stories_update")
_EVERY = 13  # crash points; every scenario at each point takes some minutes, and is slow
_NEVER = 1_000_000  # beyond the last crash point


@pytest.fixture(scope="module")
def template(data_folder: Path, pytestconfig: pytest.Config) -> str:
    """The empty newsroom."""
    schema.make_template(data_folder, pytestconfig.cache.mkdir("newsroom"))
    return schema.TEMPLATE


@pytest.fixture(scope="module")
def bench(data_folder: Path, template: str) -> Iterator[CrashPointRunner]:
    """The runner of the crash points."""
    bench = CrashPointRunner(data_folder, template, name=WORKER)
    yield bench
    bench.close()


def test_every_write_of_the_api_has_a_case_or_an_exemption() -> None:
    assert operations() == set(WRITE_CASES) | set(EXEMPT)
    assert all(EXEMPT.values())


@pytest.mark.servers
def test_the_sample_leaves_no_job_to_be_dispatched_again_later(bench: CrashPointRunner, data_folder: Path) -> None:
    assert bench is not None
    with psycopg.connect(database_url(data_folder, TEMPLATE + WORKER)) as connection:
        query = "SELECT kind, state FROM editorial_outboxmessage WHERE state NOT IN ('done', 'dead')"
        assert connection.execute(query).fetchall() == []


@pytest.mark.servers
@pytest.mark.parametrize("operation", _SAMPLE)
def test_a_web_process_killed_at_some_points_loses_and_duplicates_nothing(
    bench: CrashPointRunner, operation: str
) -> None:
    outcome = bench.run(WRITE_CASES[operation], every=_EVERY)
    assert outcome.points >= 2
    assert outcome.problems == []


@pytest.mark.slow
@pytest.mark.parametrize("operation", WRITE_CASES)
def test_every_write_is_carried_out_and_has_the_same_effects_again(bench: CrashPointRunner, operation: str) -> None:
    outcome = bench.run(WRITE_CASES[operation], first=_NEVER)
    assert outcome.problems == []


@pytest.mark.slow
@pytest.mark.parametrize("operation", WRITE_CASES)
def test_a_web_process_killed_at_any_point_loses_and_duplicates_nothing(
    bench: CrashPointRunner, operation: str
) -> None:
    outcome = bench.run(WRITE_CASES[operation])
    assert outcome.points > 10
    assert outcome.problems == []


@pytest.mark.slow
def test_duplicates_are_detected_if_idempotency_keys_are_ignored(data_folder: Path, template: str) -> None:
    bench = CrashPointRunner(
        data_folder, template, name=f"{WORKER}_faulty", environment=fault_environment("idempotency_ignored")
    )
    try:
        outcome = bench.run(WRITE_CASES["claims_create"])
    finally:
        bench.close()
    assert any("after COMMIT" in problem and "editorial_claim:" in problem for problem in outcome.problems), outcome
