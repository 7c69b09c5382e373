"""Two assessments of a claim compared: the finding, what was missing, the voices on either side, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from editorial.admin.claim_basis import changes, view
from editorial.admin.claim_basis.view import EvidenceView, StatementGroup, StatementRow
from editorial.admin.framework.history import AuditLogEntry
from editorial.models import Assessment, Claim
from editorial.policy.access import ActorFacts
from editorial.workflow.evidence import facts
from editorial.workflow.review import policies

_MAX_ASSESSMENTS = 200  # to choose from
_MAX_NAMES = 8  # of a voice
_SIDES = (
    ("independent", "For it, independent"),
    ("against", "Against it, independent"),
    ("origins", "Origins of all that affirm it"),
)
_GONE = "a statement that was struck or moved to another claim"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two assessments, as sentences. `sides`: label → the changes of its voices."""

    before: Assessment
    after: Assessment
    missing: tuple[list[str], list[str]]
    hangs_on: tuple[list[str], list[str]]
    sides: list[tuple[str, list[str]]]
    events: list[tuple[str, AuditLogEntry]]

    @property
    def is_same(self) -> bool:
        """Whether the evidence and the finding are the same; the policy may differ."""
        names = ("finding", "basis", "contested", "independent", "against", "origins", "missing", "hangs_on")
        return not self.sides and all(getattr(self.before, name) == getattr(self.after, name) for name in names)


def page(claim: Claim, query: QueryDict, actor: ActorFacts, *, now: datetime) -> dict[str, Any]:
    """The context of the page that compares two assessments, by the numbers in the query."""
    assessments = list(claim.assessments.select_related("policy").order_by("-number")[:_MAX_ASSESSMENTS])
    by_number = {str(assessment.number): assessment for assessment in assessments}
    after = by_number.get(query.get("to", ""), assessments[0] if assessments else None)
    earlier = [each for each in assessments if after and each.number < after.number]
    before = by_number.get(query.get("from", ""), earlier[0] if earlier else None)
    compared = None
    if before and after:
        before, after = sorted((before, after), key=lambda each: each.number)
        _, policy = policies.in_force(now)
        compared = compare(before, after, EvidenceView(claim, facts.load([claim.pk], now=now).facts, policy, actor))
    return {"assessments": assessments, "before": before, "after": after, "comparison": compared}


def compare(before: Assessment, after: Assessment, evidence: EvidenceView) -> Comparison:
    """What changed from one assessment to the other, and the events in between, as far as the user may know."""
    sides = (
        (label, list(_changes(evidence.groups_of_side(before, name), evidence.groups_of_side(after, name))))
        for name, label in _SIDES
    )
    return Comparison(
        before=before,
        after=after,
        missing=(view.missing_requirements(before), view.missing_requirements(after)),
        hangs_on=(evidence.hangs_on(before), evidence.hangs_on(after)),
        sides=[(label, lines) for label, lines in sides if lines],
        events=changes.between(before.assessed_at, after.assessed_at, evidence),
    )


def _changes(before: Sequence[StatementGroup], after: Sequence[StatementGroup]) -> Iterator[str]:
    """The voices that are new, gone, joined, parted, or have other statements."""
    before_of, after_of = _by_statement(before), _by_statement(after)
    for number, group in enumerate(after):
        earlier = sorted({index for row in group.statement_rows for index in before_of.get(row.number, ())})
        added = [row for row in group.statement_rows if row.number not in before_of]
        if not earlier:
            yield f"New voice: {_listed(group)}."
        elif len(earlier) > 1:
            joins = " ".join(f"{join}" for join in group.listed_joins)
            yield f"Now one voice: {_listed(group)}. {joins}".rstrip()
        elif added:
            yield f"Added to the voice of {_listed(before[earlier[0]])}: {_names(added)}."
        if len(earlier) == 1 and _first_of(after_of, before[earlier[0]]) == number:
            yield from _losses(before[earlier[0]], after_of)
    for group in before:
        if not any(row.number in after_of for row in group.statement_rows):
            yield f"No longer counts here: {_listed(group)}."


def _losses(group: StatementGroup, after_of: dict[int, set[int]]) -> Iterator[str]:
    """What an earlier voice has lost: statements, or its unity."""
    if lost := [row for row in group.statement_rows if row.number not in after_of]:
        yield f"No longer counts here: {_names(lost)}."
    if len({min(after_of[row.number]) for row in group.statement_rows if row.number in after_of}) > 1:
        yield f"No longer one voice: {_listed(group)}."


def _by_statement(groups: Iterable[StatementGroup]) -> dict[int, set[int]]:
    """Number of a statement → the indexes of its groups."""
    indexes: dict[int, set[int]] = {}
    for index, group in enumerate(groups):
        for row in group.statement_rows:
            indexes.setdefault(row.number, set()).add(index)
    return indexes


def _first_of(after_of: dict[int, set[int]], group: StatementGroup) -> int:
    """The first later group that has a statement of this one."""
    return min(index for row in group.statement_rows for index in after_of.get(row.number, ()))


def _listed(group: StatementGroup) -> str:
    return _names(group.statement_rows) or _GONE


def _names(rows: Sequence[StatementRow]) -> str:
    names = ", ".join(row.label for row in rows[:_MAX_NAMES])
    return f"{names} and {len(rows) - _MAX_NAMES} more" if len(rows) > _MAX_NAMES else names
