"""Every scenario, entered by actions, has the same findings in the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from editorial.management.scenarios import reader, results
from editorial.workflow.review import assessments
from editorial.workflow.stories import gates
from tests.support.cast import rolled_back
from tests.support.scenario_replay import POLICY, ReplayedScenario, in_order

pytestmark = pytest.mark.exhaustive

FILES = [path for path in sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml")) if path.stem != "invalid"]

# Which of these holds follows from the review tasks, and reassessing opens those that are needed.
IN_WORK = {"unverified", "under_investigation", "unverifiable"}

ENTERED_IN_CI = {"compound", "corroboration", "denials", "journal-report", "replies"}
REASSESSED_IN_CI = {"compound", "journal-report"}
"""The other files take minutes, and are tried by `make test-slow`."""


def files(*, in_ci):
    """All files; those that continuous integration does not try are marked."""
    return [pytest.param(path, marks=() if path.stem in in_ci else pytest.mark.slow, id=path.stem) for path in FILES]


# What a scenario can state and the newsroom prevents.
REFUSED = {
    "a-paper-that-repeats-itself": "a statement does not relay itself",
    "no-read-for-a-routine-half": "no routine claim is asked to be read",
}


def replayable(path):
    """The scenarios of a file that the newsroom does not prevent."""
    return [each for each in reader.read(path) if each.id not in REFUSED]


@pytest.mark.parametrize("path", files(in_ci=ENTERED_IN_CI))
def test_every_scenario_has_the_same_findings_in_the_database(path, room, subtests):
    for scenario in replayable(path):
        with subtests.test(scenario=scenario.id), rolled_back():
            retold = ReplayedScenario(room, scenario)
            expected = results.evaluate(scenario, POLICY)
            assert retold.findings() == in_order(expected["claims"])

            story = retold.create_story()
            assert retold.gate_result(story) == {name: expected[name] for name in ("gate", "codes", "uses")}
            if scenario.published is not None:
                assert gates.remedy_for(story, now=retold.now).remedy == expected["remedy"]


@pytest.mark.parametrize("path", files(in_ci=REASSESSED_IN_CI))
def test_reassessing_stores_the_findings(path, room, subtests):
    for scenario in replayable(path):
        with subtests.test(scenario=scenario.id), rolled_back():
            retold = ReplayedScenario(room, scenario)
            for claim in retold.claims.values():
                assessments.reassess(claim_id=claim.pk, now=retold.now)
            expected = results.evaluate(scenario, POLICY)
            assert settled(retold.stored_findings()) == settled(in_order(expected["claims"]))


def settled(claims):
    return {
        name: plain | {"finding": "in work" if plain["finding"] in IN_WORK else plain["finding"]}
        for name, plain in claims.items()
    }
