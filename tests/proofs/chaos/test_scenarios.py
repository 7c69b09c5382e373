"""The scenarios in short: each runs, and reaches the goals that do not depend on the load of the machine."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.proofs.chaos.scenarios import network
from tests.support.live import clean_environment
from tests.support.servers import ROOT

pytestmark = pytest.mark.slow


def _run(name: str, minutes: float, **variables: str) -> str:
    environment = clean_environment(SEED="7", MINUTES=str(minutes), **variables)
    command = [sys.executable, "-m", f"tests.proofs.chaos.scenarios.{name}"]
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)  # noqa: S603
    return outcome.stdout + outcome.stderr


def test_writes_succeed_during_a_redis_outage_and_the_backlog_drains_soon_after() -> None:
    output = _run("redis_outage", 0.6)
    assert "reached: no write failed" in output, output
    assert "reached: what piled up is done" in output, output


def test_a_job_of_a_dead_worker_restarts_when_its_lease_expires() -> None:
    output = _run("worker_crash", 0.3, LEASE="10")
    assert "reached: a job begins again within 10 + 5 s" in output, output


def test_only_poison_jobs_die_after_five_attempts() -> None:
    output = _run("poison", 0.5)
    assert "reached: all 4 are dead letters after 5 attempts" in output, output
    assert "reached: each dead letter has an owner" in output, output
    assert "reached: no neighbour died" in output, output


def test_receivers_that_hang_drip_flood_and_fail_delay_nobody_and_lose_nothing() -> None:
    output = _run("bad_receivers", 0.7)
    assert "reached: every webhook was acknowledged by its receiver" in output, output
    assert "reached: no delivery failed" in output, output
    assert "reached: every breaker is closed" in output, output


def test_throughput_of_several_workers_is_compared_with_one() -> None:
    output = _run("throughput", 1, CLAIMS="60")
    assert "4 workers against one" in output, output


@pytest.mark.skipif(bool(network.why_not()), reason=network.why_not())
def test_nothing_is_lost_between_partitioned_hosts() -> None:
    output = _run("multihost", 0.7)
    assert output.count("reached: ") == 9, output


def test_a_healthy_newsroom_raises_no_alert() -> None:
    output = _run("calm", 1)
    assert output.count("reached: ") == 2, output
