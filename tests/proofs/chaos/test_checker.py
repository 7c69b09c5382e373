"""A checker that cannot fail proves nothing: a short run must detect each injected fault."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.support.live import clean_environment
from tests.support.servers import ROOT

pytestmark = pytest.mark.slow

# fault → minutes of the run, expected violation, minimum count
_EXPECTED = {
    "lease_at_publish": (0.4, r"never assessed|Job failed permanently|had to be repaired", 5),
    "no_coalescing_lock": (0.6, r"misses facts|its gate is stored as|had to be repaired", 2),
    "done_before_effect": (
        0.6,
        r"never assessed|was not notified|has no|misses facts|never settled|had to be repaired",
        3,
    ),
    "no_outbox": (0.4, r"never assessed|was not notified|has no|misses facts|had to be repaired", 5),
    "no_dedupe": (0.6, r"exists \d+ times|are the same|are numbered|repeated \d+ times", 2),
    "idempotency_ignored": (0.8, r"and was requested once|events of \S+ for", 1),
}


def _run(fault: str, minutes: float, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "tests.proofs.chaos",
        "--seed=7",
        f"--minutes={minutes}",
        f"--fault={fault}",
        "--all",
    ]
    return subprocess.run(  # noqa: S603
        [*command, *options], cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=900
    )


@pytest.mark.parametrize("fault", _EXPECTED)
def test_the_checker_finds_every_injected_fault(fault: str) -> None:
    minutes, what, least = _EXPECTED[fault]
    outcome = _run(fault, minutes)
    output = outcome.stdout + outcome.stderr
    assert outcome.returncode == 1, output
    assert len(re.findall(what, outcome.stdout)) >= least, output


def test_the_checker_finds_emails_without_a_stable_message_id() -> None:
    outcome = _run("unstable_message_id", 0.3, "--calm")
    assert outcome.returncode == 1
    assert "which belongs to no delivery" in outcome.stdout, outcome.stdout + outcome.stderr


def test_the_checker_finds_leases_that_local_clocks_expire_early() -> None:
    outcome = _run("local_clocks", 0.6, "--calm")  # with kills there would be legitimate reasons for repeats
    assert outcome.returncode == 1
    expected = r"Job failed permanently|never settled|arrived \d+ times|repeated \d+ times"
    assert re.search(expected, outcome.stdout), outcome.stdout + outcome.stderr


def test_the_checker_finds_nothing_without_faults() -> None:
    outcome = _run("", 0.3, "--calm")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
