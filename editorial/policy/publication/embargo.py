"""Embargoes bind statements given under them, not findings that hold without them (Verification, section 5).

That of a wire item binds the story drafted from it, by time alone: `wire_items.py`.
"""

from collections.abc import Mapping
from datetime import datetime

from editorial.policy.facts import CaseFacts, StatementFacts
from editorial.policy.verification import finding
from editorial.policy.verification.evaluation import Evaluation
from editorial.policy.verification.finding import Finding


def is_embargoed(statement: StatementFacts, now: datetime | None) -> bool:
    """Whether the statement is under embargo now. Without a clock every embargo binds."""
    return statement.embargo_until is not None and (now is None or now < statement.embargo_until)


def binds(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str) -> bool:
    """Whether a live statement on the claim, or on one of its parts, is under embargo."""
    evaluations = (findings[name].evaluation for name in case.members(claim_id))
    return any(
        is_embargoed(evaluation.evidence.statements[name], case.now)
        for evaluation in evaluations
        for name in evaluation.evidence.live
    )


def findings_without(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str) -> dict[str, Finding]:
    """The findings on a claim and its parts as if all embargoed statements had been withdrawn."""
    evaluations = {name: findings[name].evaluation for name in case.members(claim_id)}
    freed = {
        name: finding.to_finding(
            Evaluation(evaluation.evidence.without(lambda item: is_embargoed(item, case.now)), evaluation.policy)
        )
        for name, evaluation in evaluations.items()
    }
    claim = case.claims[claim_id]
    return freed | {claim_id: finding.combine(claim, freed)} if claim.parts else freed
