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
    finding,
    gate,
    groups,
    inheritance,
    joins,
    liveness,
    replies,
    results,
    sole_routes,
    thresholds,
)

HERE = Path(__file__).parent
FILES = sorted(path for path in (HERE.parents[1] / "scenarios").glob("*.yaml") if path.name != "invalid.yaml")
SCENARIOS = [(path.stem, scenario) for path in FILES for scenario in inheritance.read(path)]
CORNERS = inheritance.read(HERE / "corners.yaml")

SEED, COUNT = int(os.environ.get("SEED", "1")), int(os.environ.get("COUNT", "400"))
ALWAYS = range(1, 401)
"""The random scenarios of every run, whatever SEED and COUNT ask for."""


@pytest.mark.parametrize("scenario", [pytest.param(one, id=f"{name}:{one['id']}") for name, one in SCENARIOS])
def test_the_reference_agrees_with_what_a_scenario_expects(scenario):
    assert list(expectations.differences(scenario["expect"], results.answer(scenario))) == []


def test_product_and_reference_agree_on_random_scenarios():
    for number in range(SEED, SEED + COUNT):
        if disagreement := disagreements.report(number):
            pytest.fail(disagreement, pytrace=False)


@pytest.mark.parametrize("scenario", [pytest.param(one, id=one["id"]) for one in CORNERS])
def test_product_and_reference_agree_in_the_corners(scenario):
    assert comparison.compare(scenario) == []


@pytest.mark.parametrize("number", range(1, 31))
def test_product_and_reference_agree_on_scenarios_with_extends(number):
    full, told = extended_scenarios.family(number)
    for scenario, document, by_product in zip(full, told, comparison.by_product(*told), strict=True):
        assert comparison.differences(results.answer(scenario), by_product) == []
        if "extends" in document:
            base = next(one for one in full if one["id"] == document["extends"])
            assert comparison.differences(results.answer(inheritance.merge(base, document)), by_product) == []


def test_random_scenarios_reach_every_answer_there_is():
    """Two implementations that are never asked agree on everything."""
    found = [results.answer(generators.scenario(number)) for number in ALWAYS]
    claims = [claim for answer in found for claim in answer["claims"].values()]
    shown = [group for claim in claims for side in claim["groups"].values() for group in side]
    assert {answer["gate"] for answer in found} == set(Gate)
    assert {answer["remedy"] for answer in found} == {*RemedyKind, None}
    assert {code for answer in found for code in answer["codes"]} == set(Code)
    assert {claim["finding"] for claim in claims} == {*FindingValue, None}
    assert {claim["basis"] for claim in claims} == {*Basis, None}
    assert {lack["requirement"] for claim in claims for lack in claim["missing"]} == set(thresholds.REQUIREMENTS)
    assert {join["by"] for group in shown for join in group["joins"]} == {"J1", "J3", "J4", "J5", "J6", "J7", "J8"}
    assert any(claim["hangs_on"] for claim in claims)


BROKEN = {
    "a document is no name": (counting, "named", lambda world, one: world.terms(one) == "on_record"),
    "an external word outlives its relayers": (liveness, "falls_with_its_relayers", lambda *_: False),
    "what is relayed need not be sound": (counting, "relayed_by", lambda world, one: set()),
    "colleagues are never heard apart": (joins, "heard_by_us", lambda world, root: False),
    "an issuer is no maker": (joins, "makers", lambda world, name: world.identities([world.of(name, "author")])),
    "a briefing outweighs a talk of one's own": (groups, "said_elsewhere", lambda *_: False),
    "a party's denial leaves its admission": (sole_routes, "denied_by_a_party", lambda world, claim: False),
    "whoever was there is no obstacle": (finding, "somebody_was_there", lambda world, claim: False),
    "everything is signed": (gate, "signed", lambda world, claim: True),
    "an hour is enough": (replies, "long_enough", lambda request, window: True),
    "nobody counts the heads": (counting, "persons", lambda world, statements: {str(n) for n in range(9)}),
}


@pytest.mark.parametrize(("module", "rule", "wrong"), [pytest.param(*how, id=name) for name, how in BROKEN.items()])
def test_a_broken_rule_is_found_by_the_random_scenarios_of_every_run(module, rule, wrong, monkeypatch):
    monkeypatch.setattr(module, rule, wrong)
    assert any(comparison.compare(generators.scenario(number)) for number in ALWAYS)


def test_a_disagreement_is_reported_as_a_minimal_scenario(monkeypatch):
    monkeypatch.setattr(counting, "named", lambda world, one: world.terms(one) == "on_record")
    told = next(filter(None, map(disagreements.report, ALWAYS)))
    text = told.split("---\n")[1]
    scenario = yaml.safe_load(text)
    assert len(scenario["statements"]) == 1
    assert list(expectations.differences(scenario["expect"], results.answer(scenario))) == []
    (by_product,) = comparison.by_product(scenario)
    assert list(expectations.differences(scenario["expect"], by_product))
    assert reader.parse_scenarios([scenario])[0].expect == scenario["expect"]


def test_the_reference_shares_nothing_with_the_product():
    """Rules that borrow from each other would be wrong together."""
    for path in (HERE / "rules").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith(("editorial", "newsroom"))], path.name
