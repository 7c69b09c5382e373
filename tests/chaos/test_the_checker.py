"""A checker that cannot fail proves nothing: each fault that is planted here must be found by a short run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.live import clean_environment
from tests.servers import ROOT

pytestmark = pytest.mark.slow


def _run(plant: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.chaos", "--seed=7", "--minutes=0.4", "--claims=30", f"--plant={plant}"]
    return subprocess.run(  # noqa: S603
        [*command, *options], cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=600
    )


def _found(outcome: subprocess.CompletedProcess[str], what: str) -> bool:
    return outcome.returncode == 1 and what in outcome.stdout


def test_the_checker_catches_a_lease_that_begins_when_the_message_is_published() -> None:
    outcome = _run("lease_at_publish")
    assert _found(outcome, "never assessed"), outcome.stdout + outcome.stderr


def test_the_checker_catches_waiting_work_that_is_not_locked() -> None:
    outcome = _run("no_coalescing_lock")
    assert _found(outcome, "does not know all there is to know") or _found(outcome, "its gate is noted as"), (
        outcome.stdout + outcome.stderr
    )


def test_the_checker_catches_work_that_is_done_before_its_effect() -> None:
    outcome = _run("done_before_the_effect")
    assert _found(outcome, "lost: "), outcome.stdout + outcome.stderr
    assert "lost: 0" not in outcome.stdout, outcome.stdout


def test_the_checker_catches_work_that_is_published_and_not_written_down() -> None:
    outcome = _run("no_outbox")
    assert _found(outcome, "never assessed"), outcome.stdout + outcome.stderr


def test_the_checker_catches_letters_whose_repeats_cannot_be_told() -> None:
    outcome = _run("letters_without_an_id", "--calm")
    assert _found(outcome, "which is no delivery's"), outcome.stdout + outcome.stderr


def test_the_checker_finds_nothing_where_nothing_is_killed() -> None:
    outcome = _run("", "--calm")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
