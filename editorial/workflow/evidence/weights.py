"""Which statements on a claim count, and why others do not, as far as one reader may know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from editorial.models import Claim, Statement
from editorial.policy.access import ActorFacts
from editorial.policy.review import weighing
from editorial.policy.review.weighing import NotCounted, ShownReason
from editorial.policy.verification.evidence import Evidence
from editorial.workflow.evidence import disclosure, facts
from editorial.workflow.evidence.speakers import Speakers


@dataclass(frozen=True, slots=True)
class Weight:
    """Whether a statement counts, and if not, why."""

    statement: Statement
    reasons: list[ShownReason]

    @property
    def counts(self) -> bool:
        """Whether the engine counts it."""
        return not self.reasons


def of_statement(statement: Statement, reader: ActorFacts, *, now: datetime) -> Weight | None:
    """The weight of one statement; None if it was struck."""
    return next(of_claim(statement.claim, reader, now=now, only=statement.pk), None)


def of_claim(claim: Claim, reader: ActorFacts, *, now: datetime, only: UUID | None = None) -> Iterator[Weight]:
    """The weights of the statements on a claim or its members that the reader may see, by id; or of one of them."""
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
        yield Weight(row, reasons(evidence[str(row.claim_id)], row, speakers))


def reasons(evidence: Evidence, statement: Statement, speakers: Speakers) -> list[ShownReason]:
    """Why the statement does not count; empty if it does."""
    rules = weighing.reasons_not_counted(evidence, str(statement.pk))
    informant = statement.informant
    return weighing.for_reader(
        rules,
        sees_speaker=disclosure.can_see(statement.source, speakers.reader),
        sees_informant=informant is None or disclosure.can_see(informant, speakers.reader),
        sees_contradiction=NotCounted.BOTH_WAYS not in rules or speakers.may_show_contradiction(statement),
    )
