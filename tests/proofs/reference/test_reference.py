"""The product follows the page: a second implementation, written from the page alone, agrees with it on everything.

SEED and COUNT ask for other random scenarios and for more of them (`make fuzz SEED=… COUNT=…`).
"""

import ast
import os
from pathlib import Path

import pytest
import yaml

from editorial.management.scenarios import expectations, reader
from editorial.policy.vocabulary import Basis, Code, FindingValue, Gate, RemedyKind
from tests.proofs.reference import comparison, disagreements, generators
from tests.proofs.reference.generators import extended_scenarios
from tests.proofs.reference.rules import (
    counting,
    facts,
    finding,
    inheritance,
    interest,
    joins,
    liveness,
    moments,
    qualities,
    remedy,
    replies,
    results,
    sole_routes,
    story,
    thresholds,
)

HERE = Path(__file__).parent
FILES = sorted(path for path in (HERE.parents[1] / "scenarios").glob("*.yaml") if path.name != "invalid.yaml")
SCENARIOS = [(path.stem, scenario) for path in FILES for scenario in inheritance.read(path)]
CORNERS = inheritance.read(HERE / "corners.yaml")

SEED, COUNT = int(os.environ.get("SEED", "1")), int(os.environ.get("COUNT", "400"))
ALWAYS = range(1, 1001)
"""The random scenarios of every run, whatever SEED and COUNT are."""


@pytest.mark.parametrize("scenario", [pytest.param(param, id=f"{name}:{param['id']}") for name, param in SCENARIOS])
def test_the_reference_has_the_expected_results_of_a_scenario(scenario):
    assert list(expectations.differences(scenario["expect"], results.answer(scenario))) == []


def test_product_and_reference_agree_on_random_scenarios():
    for number in range(SEED, SEED + COUNT):
        if disagreement := disagreements.report(number):
            pytest.fail(disagreement, pytrace=False)


@pytest.mark.parametrize("scenario", [pytest.param(param, id=param["id"]) for param in CORNERS])
def test_product_and_reference_agree_on_edge_cases(scenario):
    assert comparison.compare(scenario) == []


@pytest.mark.parametrize("number", range(1, 31))
def test_product_and_reference_agree_on_scenarios_with_extends(number):
    expanded, documents = extended_scenarios.family(number)
    for scenario, document, by_product in zip(expanded, documents, comparison.by_product(*documents), strict=True):
        assert comparison.differences(results.answer(scenario), by_product) == []
        if "extends" in document:
            base = next(candidate for candidate in expanded if candidate["id"] == document["extends"])
            assert comparison.differences(results.answer(inheritance.merge(base, document)), by_product) == []


@pytest.mark.exhaustive
def test_random_scenarios_reach_every_possible_result():
    """Two implementations that are never compared agree on everything."""
    all_results = [results.answer(generators.scenario(number)) for number in ALWAYS]
    claims = [claim for result in all_results for claim in result["claims"].values()]
    groups = [group for claim in claims for side in claim["groups"].values() for group in side]
    assert {result["gate"] for result in all_results} == set(Gate)
    assert {result["remedy"] for result in all_results} == {*RemedyKind, None}
    assert {code for result in all_results for code in result["codes"]} == set(Code)
    assert {claim["finding"] for claim in claims} == {*FindingValue, None}
    assert {claim["basis"] for claim in claims} == {*Basis, None}
    assert {lack["requirement"] for claim in claims for lack in claim["missing"]} == set(thresholds.REQUIREMENTS)
    assert {join["by"] for group in groups for join in group["joins"]} == {"J1", "J3", "J4", "J5", "J6", "J7", "J8"}
    assert any(claim["hangs_on"] for claim in claims)


World = facts.World

BROKEN = {
    "a document does not count as named": (counting, "named", lambda world, one: world.terms(one) == "on_record"),
    "an external statement outlives its relayers": (liveness, "falls_with_its_relayers", lambda *_: False),
    "hearsay falls with relayers": (liveness, "heard_of", lambda world, one: {one}),
    "a relayed statement need not be sound": (counting, "relayed_by", lambda world, one: set()),
    "unsound words mend": (counting, "good_links", liveness.links),
    "a fake lives": (World, "fake", lambda world, name: False),
    "payments do not matter": (World, "paid", lambda world, one: False),
    "a party's house has one member": (interest, "house", lambda world, party: {world.identity(party)}),
    "colleagues always join": (joins, "heard_by_us", lambda world, root: False),
    "an issuer is not a maker": (interest, "makers", lambda world, name: [*filter(None, [world.of(name, "author")])]),
    "a briefing outweighs separate statements": (joins, "counts_outside_briefing", lambda *_: False),
    "ended words connect nothing": (World, "of_ghosts", lambda world: world),
    "the farthest from the origin lends its name": (qualities, "judged_on", lambda world, group: group.members),
    "who says both is not heard at all": (World, "if_nobody_said_both", lambda world: world),
    "a party's denial leaves its admission": (sole_routes, "denied_by_a_party", lambda world, claim: False),
    "an eyewitness does not prevent a refutation": (finding, "has_worthy_origin", lambda world, claim: False),
    "a rising toll is a retraction": (finding, "ended_only_as", lambda *_: False),
    "everything is signed": (story, "signed", lambda world, claim: True),
    "an utterance carries nothing": (story, "passed_on", lambda world, modes: set()),
    "restrictions are over": (moments, "restricted_now", lambda world, claim: False),
    "embargoes are over": (moments, "embargoed", lambda world: set()),
    "an hour is enough": (replies, "long_enough", lambda request, window: True),
    "persons are not counted": (counting, "persons", lambda world, statements: {str(n) for n in range(9)}),
    "tasks owe readers an update": (remedy, "same", lambda now, before: now == before),
}


@pytest.mark.parametrize(
    ("module", "rule", "replacement"), [pytest.param(*how, id=name) for name, how in BROKEN.items()]
)
@pytest.mark.exhaustive
def test_random_scenarios_detect_a_broken_rule(module, rule, replacement, monkeypatch):
    monkeypatch.setattr(module, rule, replacement)
    assert any(comparison.compare(generators.scenario(number)) for number in ALWAYS)


@pytest.mark.exhaustive
def test_a_disagreement_is_reported_as_a_minimal_scenario(monkeypatch):
    monkeypatch.setattr(counting, "named", lambda world, statement: world.terms(statement) == "on_record")
    report = next(filter(None, map(disagreements.report, ALWAYS)))
    text = report.split("---\n")[1]
    scenario = yaml.safe_load(text)
    assert len(scenario["statements"]) == 1
    assert list(expectations.differences(scenario["expect"], results.answer(scenario))) == []
    (by_product,) = comparison.by_product(scenario)
    assert list(expectations.differences(scenario["expect"], by_product))
    assert reader.parse_scenarios([scenario])[0].expect == scenario["expect"]


def test_the_reference_shares_nothing_with_the_product():
    """Rules that share code would be wrong together."""
    for path in (HERE / "rules").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith(("editorial", "newsroom"))], path.name
