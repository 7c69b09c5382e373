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

SHORT, IN_CI = {"compound"}, {"journal-report"}
"""Files that `make test` tries; and one that is not only entered but also reassessed by `make test-exhaustive`."""


def files(*, reassessed):
    """All files; those that `make test` does not try are marked."""
    slow = {path.stem for path in FILES} - SHORT - IN_CI if reassessed else set()
    return [
        pytest.param(
            path,
            marks=pytest.mark.slow if path.stem in slow else () if path.stem in SHORT else pytest.mark.exhaustive,
            id=path.stem,
        )
        for path in FILES
    ]


# What a scenario can state and the newsroom prevents.
REFUSED = {
    "a-paper-that-repeats-itself": "a statement does not relay itself",
    "no-read-for-a-routine-half": "no routine claim is asked to be read",
}


def replayable(path):
    """The scenarios of a file that the newsroom does not prevent."""
    return [each for each in reader.read(path) if each.id not in REFUSED]


@pytest.mark.parametrize("path", files(reassessed=False))
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


@pytest.mark.parametrize("path", files(reassessed=True))
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
