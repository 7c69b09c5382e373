"""Which statements on a claim count, and why others do not, as far as one reader may know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from editorial.models import Claim, Statement
from editorial.policy.access import ActorFacts
from editorial.policy.review import weights
from editorial.policy.review.weights import ShownReason
from editorial.policy.verification.evidence import Evidence
from editorial.workflow.evidence import facts
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.speakers import Speakers


@dataclass(frozen=True, slots=True)
class Weight:
    """Whether a statement counts, and if not, why. `counts` is None if only custodians may know."""

    statement: Statement
    counts: bool | None
    reasons: list[ShownReason]


def of_statement(statement: Statement, reader: ActorFacts, *, now: datetime) -> Weight | None:
    """The weight of one statement; None if it was struck."""
    return next(of_claim(statement.claim, reader, now=now, only=statement.pk), None)


def of_claim(claim: Claim, reader: ActorFacts, *, now: datetime, only: UUID | None = None) -> Iterator[Weight]:
    """The weights of the statements on a claim or its parts that the reader may see, by id; or of one of them."""
    case = facts.case([claim.pk], now=now)
    members = case.members(str(claim.pk))
    evidence = {member: Evidence(case, member) for member in members}
    statements = Statement.objects.filter(claim__in=[UUID(member) for member in members], struck_at=None)
    rows = list(statements.select_related("source", "informant").prefetch_related("relays").order_by("pk"))
    speakers = Speakers(rows, reader, case.identity)
    visible = Statement.objects.visible_to(reader).filter(pk__in=[row.pk for row in rows] if only is None else [only])
    visible_ids = set(visible.values_list("pk", flat=True))
    for row in rows:
        if row.pk not in visible_ids:
            continue
        yield weigh(evidence[str(row.claim_id)], row, speakers)


def weigh(evidence: Evidence, statement: Statement, speakers: Speakers) -> Weight:
    """Whether the statement counts, as far as the reader may know."""
    rules, informant = weights.reasons_not_counted(evidence, str(statement.pk)), statement.informant
    counts: bool | None = not rules
    if not speakers.may_know_contradictions(statement, evidence):
        rules = weights.without_contradictions(rules)
        counts = False if rules else None
    shown = weights.for_reader(
        rules,
        sees_speaker=disclosure.can_see(statement.source, speakers.reader),
        sees_informant=informant is None or disclosure.can_see(informant, speakers.reader),
    )
    return Weight(statement, counts, shown)
