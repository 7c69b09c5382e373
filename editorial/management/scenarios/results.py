"""The policy's results for a scenario, as plain values in print order."""

from typing import Any

from editorial.management.scenarios.reader import Scenario
from editorial.policy.publication import gate, remedy
from editorial.policy.verification import finding
from editorial.policy.verification.thresholds import PolicyRules


def evaluate(scenario: Scenario, policy: PolicyRules) -> dict[str, Any]:
    """Findings, gate and remedy of a scenario."""
    findings = finding.assess(scenario.case, policy)
    result = gate.evaluate(scenario.case, findings, scenario.story, policy)
    owed = None
    if scenario.published:
        owed = remedy.remedy(scenario.case, findings, scenario.published).remedy
    return {
        "id": scenario.id,
        "claims": {claim_id: found.to_dict() for claim_id, found in findings.items()},
        "gate": result.gate,
        "codes": list(result.codes),
        "uses": {claim_id: {"gate": use.gate, "codes": list(use.codes)} for claim_id, use in result.uses.items()},
        "remedy": owed,
    }
