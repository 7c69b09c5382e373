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
        is_embargoed(weighing.evidence.statements[name], now)
        for weighing in evaluations
        for name in weighing.evidence.live
    ):
        return False
    freed = [
        Evaluation(weighing.evidence.without(lambda statement: is_embargoed(statement, now)), weighing.policy)
        for weighing in evaluations
    ]
    return worst_finding_and_contested(evaluations) != worst_finding_and_contested(freed)


def worst_finding_and_contested(evaluations: Sequence[Evaluation]) -> tuple[int | None, bool]:
    """The worst finding, and whether any is contested."""
    worst = min((list(FindingValue).index(item.finding) for item in evaluations if item.finding), default=None)
    return worst, any(weighing.contested for weighing in evaluations)
