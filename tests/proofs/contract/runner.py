"""One run: start a newsroom, fill it, run Schemathesis against it, and stop it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.proofs.contract import seed_data
from tests.support.live import clean_environment, free_port, start_newsroom
from tests.support.servers import ROOT

_FOLDER = Path(__file__).parent
# Operations that revoke a token run in a separate pass, with tokens for nothing else.
_REVOKING = ("tokens_revoke_current", "tokens_revoke")
_PASSES: tuple[list[str], ...] = (
    [f"--exclude-operation-id={name}" for name in _REVOKING],
    *([f"--include-operation-id={name}", "--max-time=10", "--phases=coverage,fuzzing"] for name in _REVOKING),
)

PHASES = ("examples", "coverage", "fuzzing", "stateful")


@dataclass(frozen=True, slots=True)
class ContractPlan:
    """The limits of a run: seconds, examples per operation, and the seed."""

    seconds: float
    examples: int
    seed: int
    phases: tuple[str, ...] = PHASES


@dataclass(frozen=True, slots=True)
class ContractResult:
    """The result: Schemathesis's exit code, its report, and every response, as (operation, status)."""

    code: int
    output: str
    answers: list[tuple[str, int]]

    @property
    def passed(self) -> set[str]:
        """The operations that succeeded at least once."""
        return {operation for operation, status in self.answers if status < 300}

    @property
    def tally(self) -> str:
        """A line on how much of the API the run has reached."""
        kinds = Counter(status for _, status in self.answers)
        tried = {operation for operation, _ in self.answers}
        counts = ", ".join(f"{count} × {status}" for status, count in sorted(kinds.items()))
        never = ", ".join(sorted(tried - self.passed)) or "none"
        return (
            f"{len(self.answers)} answers: {counts}. Carried out: {len(self.passed)} of {len(tried)}; never: {never}."
        )


def run(folder: Path, plan: ContractPlan, *arguments: str) -> ContractResult:
    """Test the OpenAPI file against a new newsroom with real servers, as fast as it responds."""
    port = free_port()
    data = folder / "data"
    with start_newsroom(data, port=port, LOG_LEVEL="WARNING"):
        address = f"http://localhost:{port}"
        seed = seed_data.seed(address, clean_environment(NEWSROOM_DATA=str(data), PORT=str(port)))
        seed.write(folder / "seed.json")
        turns = _PASSES if not arguments else (list(arguments),)
        ended = [
            _schemathesis(folder, address, token, plan, *chosen)
            for token, chosen in zip(seed.tokens, turns, strict=False)
        ]
    responses = [line.split() for line in (folder / "tally").read_text().splitlines()]
    return ContractResult(
        code=max(code for code, _ in ended),
        output="\n".join(output for _, output in ended),
        answers=[(operation, int(status)) for operation, status in responses],
    )


def _schemathesis(folder: Path, address: str, token: str, plan: ContractPlan, *arguments: str) -> tuple[int, str]:
    """Its exit code and output."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "--no-color", f"--config-file={_FOLDER / 'schemathesis.toml'}", "run",
        str(ROOT / "docs" / "reference" / "openapi.yaml"), f"--url={address}",
        "--checks=all", f"--phases={','.join(plan.phases)}", f"--max-time={max(round(plan.seconds), 1)}",
        f"--max-examples={plan.examples}", f"--seed={plan.seed}", "--continue-on-failure", *arguments,
    ]  # fmt: skip
    environment = clean_environment(
        SCHEMATHESIS_HOOKS="tests.proofs.contract.hooks",
        CONTRACT_SEED=str(folder / "seed.json"),
        CONTRACT_TALLY=str(folder / "tally"),
        CONTRACT_TOKEN=token,
        PYTHONPATH=str(ROOT),
        HOME=os.environ.get("HOME", str(folder)),
    )
    # In the temporary folder, because Schemathesis leaves files where it runs.
    ended = subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return ended.returncode, ended.stdout
