"""What to tell where product and reference disagree: a small scenario, ready for tests/scenarios."""

import json
from typing import Any

from tests.proofs.reference import comparison, generators, shrinking, yaml_writer
from tests.proofs.reference.comparison import Difference
from tests.proofs.reference.rules import results as reference


def report(number: int) -> str:
    """The disagreement about a random scenario, made small; empty if there is none."""
    scenario = generators.scenario(number)
    found = comparison.compare(scenario)
    if not found:
        return ""
    # It is kept for one thing, or on the way to smaller ones it would turn into another disagreement.
    kind = min(found[0].kinds)
    small = shrinking.shrink(scenario, lambda one: any(kind in other.kinds for other in comparison.compare(one)))
    lines = [
        f"Product and reference disagree about random scenario {number} (make fuzz SEED={number} COUNT=1).",
        "Here it is made small. Read docs/verification.md: if it says what is expected here, the product is wrong.",
    ]
    return "\n".join([*lines, "---", as_scenario(small)])


def as_scenario(scenario: dict[str, Any]) -> str:
    """The scenario with what the reference expects of it, and what the product says instead."""
    found, answer = comparison.compare(scenario), reference.answer(scenario)
    expect = {"claims": expected(found, answer), "gate": answer["gate"], "codes": answer["codes"]}
    if answer["remedy"] is not None:
        expect["remedy"] = answer["remedy"]
    said = [
        f"# {'.'.join(one.path)}: {json.dumps(one.reference)}; the product: {json.dumps(one.product)}" for one in found
    ]
    return "\n".join([*said, yaml_writer.as_yaml(scenario | {"expect": expect})])


def expected(found: list[Difference], answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The findings of all claims, and of those that the disagreement is about what the reference says there."""
    values = {claim: {"finding": said["finding"]} for claim, said in answer["claims"].items()}
    for one in found:
        match one.path:
            case ["claims", claim, "groups", side]:
                values[claim].setdefault("groups", {})[side] = answer["claims"][claim]["groups"][side]
            case ["claims", claim, name]:
                values[claim][name] = answer["claims"][claim][name]
    return values
