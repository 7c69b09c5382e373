"""Embargoes bind what was given under them, not what is known without them (Verification, section 5)."""

from collections.abc import Sequence
from datetime import datetime

from editorial.policy.facts import StatementFacts
from editorial.policy.verification.evaluation import Weighing
from editorial.policy.vocabulary import FindingValue


def binds(statement: StatementFacts, now: datetime | None) -> bool:
    """Whether the statement is under embargo now; without a clock every embargo binds."""
    return statement.embargo_until is not None and (now is None or now < statement.embargo_until)


def decides(weighings: Sequence[Weighing], now: datetime | None) -> bool:
    """Whether the finding on a claim, or on a compound of these, would differ without what is under embargo."""
    if not any(
        binds(weighing.evidence.statements[name], now) for weighing in weighings for name in weighing.evidence.live
    ):
        return False
    freed = [
        Weighing(weighing.evidence.without(lambda statement: binds(statement, now)), weighing.policy)
        for weighing in weighings
    ]
    return outcome(weighings) != outcome(freed)


def outcome(weighings: Sequence[Weighing]) -> tuple[int | None, bool]:
    """The worst finding, and whether any is contested."""
    worst = min((list(FindingValue).index(item.finding) for item in weighings if item.finding), default=None)
    return worst, any(weighing.contested for weighing in weighings)
