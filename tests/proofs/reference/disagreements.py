"""The report of a disagreement between product and reference: a small scenario, ready for tests/scenarios."""

import json
from typing import Any

from tests.proofs.reference import comparison, generators, shrinking, yaml_writer
from tests.proofs.reference.comparison import Difference
from tests.proofs.reference.rules import results as reference


def report(number: int) -> str:
    """The disagreement about a random scenario, shrunk; empty if there is none."""
    scenario = generators.scenario(number)
    differences = comparison.compare(scenario)
    if not differences:
        return ""
    # It is shrunk for one kind of difference, or it would turn into another disagreement on the way.
    kind = min(differences[0].kinds)
    small = shrinking.shrink(
        scenario, lambda candidate: any(kind in other.kinds for other in comparison.compare(candidate))
    )
    lines = [
        f"Product and reference disagree about random scenario {number} (make fuzz SEED={number} COUNT=1).",
        "Here it is made small. Read docs/reference/verification.md: if it says what is expected here, the product is "
        "wrong.",
    ]
    return "\n".join([*lines, "---", as_scenario(small)])


def as_scenario(scenario: dict[str, Any]) -> str:
    """The scenario with the reference's results as expected, and the product's in comments."""
    differences, result = comparison.compare(scenario), reference.answer(scenario)
    expect = {"claims": expected(differences, result), "gate": result["gate"], "codes": result["codes"]}
    if result["remedy"] is not None:
        expect["remedy"] = result["remedy"]
    comments = [
        f"# {'.'.join(gap.path)}: {json.dumps(gap.reference)}; the product: {json.dumps(gap.product)}"
        for gap in differences
    ]
    return "\n".join([*comments, yaml_writer.as_yaml(scenario | {"expect": expect})])


def expected(differences: list[Difference], result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The findings of all claims, and the reference's results of those that the disagreement is about."""
    values = {claim: {"finding": claim_result["finding"]} for claim, claim_result in result["claims"].items()}
    for gap in differences:
        match gap.path:
            case ["claims", claim, "groups", side]:
                values[claim].setdefault("groups", {})[side] = result["claims"][claim]["groups"][side]
            case ["claims", claim, name]:
                values[claim][name] = result["claims"][claim][name]
    return values
