"""Embargoes bind statements given under them, not findings that hold without them (Verification, section 5)."""

from collections.abc import Sequence
from datetime import datetime

from editorial.policy.facts import StatementFacts
from editorial.policy.verification.evaluation import Evaluation
from editorial.policy.vocabulary import FindingValue


def is_embargoed(statement: StatementFacts, now: datetime | None) -> bool:
    """Whether the statement is under embargo now. Without a clock every embargo binds."""
    return statement.embargo_until is not None and (now is None or now < statement.embargo_until)


def finding_depends_on_embargoed(evaluations: Sequence[Evaluation], now: datetime | None) -> bool:
    """Whether the finding on a claim, or on a compound of these, would differ without embargoed statements."""
    if not any(
        is_embargoed(evaluation.evidence.statements[name], now)
        for evaluation in evaluations
        for name in evaluation.evidence.live
    ):
        return False
    without_embargoed = [
        Evaluation(evaluation.evidence.without(lambda statement: is_embargoed(statement, now)), evaluation.policy)
        for evaluation in evaluations
    ]
    return worst_finding_and_contested(evaluations) != worst_finding_and_contested(without_embargoed)


def worst_finding_and_contested(evaluations: Sequence[Evaluation]) -> tuple[int | None, bool]:
    """The worst finding, and whether any is contested."""
    worst = min((list(FindingValue).index(item.finding) for item in evaluations if item.finding), default=None)
    return worst, any(evaluation.contested for evaluation in evaluations)
