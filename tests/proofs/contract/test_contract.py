"""`make contract`, in short: valid requests, invalid ones and chains of them, against a running newsroom."""

from __future__ import annotations

import pytest

from tests.proofs.contract import runner
from tests.support.servers import temporary_folder


@pytest.mark.slow
def test_responses_conform_to_the_schema() -> None:
    plan = runner.ContractPlan(seconds=50, examples=1, seed=7, phases=("examples", "fuzzing", "stateful"))
    with temporary_folder("newsroom-contract-") as folder:
        outcome = runner.run(folder, plan)
    assert outcome.code == 0, outcome.output
    assert len(outcome.passed) > 20, outcome.tally
