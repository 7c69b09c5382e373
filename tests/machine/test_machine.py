"""The newsroom stays inside its model, whatever people do and whoever does it at the same moment.

STEPS and SEED ask for a longer run (`make machine STEPS=20000 SEED=1`); only how threads take turns is left to chance.
"""

from __future__ import annotations

import os

import pytest

from tests.machine.running import Run

STEPS, SEED = int(os.environ.get("STEPS", "0")), int(os.environ.get("SEED", "1"))


@pytest.fixture
def run(transactional_db):
    run = Run()
    yield run
    run.close()


def test_two_hundred_steps_stay_inside_the_model(run):
    run.go(steps=200, seed=1)


@pytest.mark.slow
def test_as_many_steps_as_are_asked_for_do_every_verb_and_visit_every_state(run):
    tally = run.go(steps=STEPS or 3000, seed=SEED)
    print(tally.told())  # noqa: T201
    assert tally.unseen() == []
