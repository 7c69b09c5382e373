"""The newsroom stays inside its model, whatever users do, alone and concurrently.

STEPS and SEED ask for a longer run (`make model-test STEPS=20000 SEED=1`); only the scheduling of threads is random.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from editorial.policy.actions import ACTIONS
from tests.proofs.model.coverage import NOT_MODELLED
from tests.proofs.model.driver import calls
from tests.proofs.model.runner import ModelRun

STEPS, SEED = int(os.environ.get("STEPS", "0")) or 3000, int(os.environ.get("SEED", "0")) or 1
LONG = 20_000  # steps, from which on every state has to be visited
PARTS = int(os.environ.get("PARTS", "1"))  # newsrooms in parallel, one per process; each does every action


@pytest.fixture
def run(transactional_db):
    run = ModelRun()
    yield run
    run.close()


def test_every_action_is_modelled_or_left_out_for_a_reason():
    modelled = {act.name for act in calls.ACTIONS}
    assert modelled | set(NOT_MODELLED) == set(ACTIONS)
    assert not modelled & set(NOT_MODELLED)
    assert all(NOT_MODELLED.values())


@pytest.mark.slow
def test_two_hundred_steps_stay_inside_the_model(run):
    run.run(steps=200, seed=1)
    assert run.tally.concurrent_steps, "nobody met"
    assert len(run.tally.done) > 25, run.tally.report()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_as_many_steps_as_requested_do_every_action_and_a_long_run_visits_every_state(run, part, record_property):
    try:
        run.run(steps=STEPS // PARTS, seed=SEED + 1000 * part)
    finally:
        record_property("tally", f"seed {SEED + 1000 * part}: {run.tally.report()}")
    assert run.tally.actions_not_done() == []
    # Some states are so rare that ten thousand steps may miss them: the parts of a long run together have to visit all.
    parts = Path(os.environ["NEWSROOM_DATA"])
    (parts / f"unvisited-{part}").write_text("\n".join(run.tally.states_not_visited()))
    unvisited = [set(file.read_text().splitlines()) for file in parts.glob("unvisited-*")]
    if STEPS >= LONG and len(unvisited) == PARTS:
        assert set.intersection(*unvisited) == set()
