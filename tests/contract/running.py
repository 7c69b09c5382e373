"""One run: open a newsroom, fill it, let Schemathesis at it, and close it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.contract import seeding
from tests.live import clean_environment, free_port, newsroom_up
from tests.servers import ROOT

_HERE = Path(__file__).parent
PHASES = ("examples", "coverage", "fuzzing", "stateful")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is asked: for so many seconds at most, so many examples an operation, drawn by a seed."""

    seconds: float
    examples: int
    seed: int
    phases: tuple[str, ...] = PHASES


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: Schemathesis's exit code, and its report."""

    code: int
    told: str


def run(folder: Path, plan: Plan, *arguments: str) -> Outcome:
    """Hold the description in docs/ against a newsroom of its own, with real servers and as fast as it answers."""
    port = free_port()
    data = folder / "data"
    with newsroom_up(data, port=port, LOG_LEVEL="WARNING"):
        address = f"http://localhost:{port}"
        seed = seeding.seed(address, clean_environment(NEWSROOM_DATA=str(data), PORT=str(port)))
        seed.write(folder / "seed.json")
        return _schemathesis(folder, address, plan, *arguments)


def _schemathesis(folder: Path, address: str, plan: Plan, *arguments: str) -> Outcome:
    command = [
        sys.executable, "-m", "schemathesis.cli", "--no-color", f"--config-file={_HERE / 'schemathesis.toml'}", "run",
        str(ROOT / "docs" / "openapi.yaml"), f"--url={address}",
        "--checks=all", f"--phases={','.join(plan.phases)}", f"--max-time={max(round(plan.seconds), 1)}",
        f"--max-examples={plan.examples}", f"--seed={plan.seed}", "--continue-on-failure", *arguments,
    ]  # fmt: skip
    environment = clean_environment(
        SCHEMATHESIS_HOOKS="tests.contract.hooks", CONTRACT_SEED=str(folder / "seed.json"), PYTHONPATH=str(ROOT),
        HOME=os.environ.get("HOME", str(folder)),
    )  # fmt: skip
    # In the folder that goes afterwards, since Schemathesis leaves its findings where it runs.
    ended = subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Outcome(ended.returncode, ended.stdout)
