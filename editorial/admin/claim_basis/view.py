"""View models of the claim page: the finding, its evidence statement by statement, and the open work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from editorial.admin.framework import labels
from editorial.models import Assessment, Claim, ReplyRequest, ReplyRequestClaim, Source, Statement
from editorial.policy.access import ActorFacts
from editorial.policy.facts import CaseFacts
from editorial.policy.publication import codes, replies
from editorial.policy.review import explain
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import Code, Directness, Join
from editorial.workflow.evidence import weights
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.speakers import Speakers
from editorial.workflow.evidence.weights import Weight

_COLLAPSE_REPEATS_FROM = 4  # from this many repeats of one statement on, they are collapsed
_MAX_LISTED = 8  # members of a group to list before “and n more”
_MAX_JOINS = 4  # joins of a group to list
_OF_ONE_ORIGIN = (Join.J1, Join.J2)
MAX_ROWS = 25  # statements, repeats in a group, and tasks to show until the user asks for all


@dataclass(slots=True)
class StatementRow:
    """A statement on the page. `number` is its number in groups and joins. The rest is computed if it is shown."""

    number: int
    statement: Statement
    evidence: Evidence
    speakers: Speakers
    repeats: list[StatementRow] = field(default_factory=list)

    @property
    def weight(self) -> Weight:
        return weights.weigh(self.evidence, self.statement, self.speakers)

    @property
    def interested(self) -> bool:
        """Whether the source gains from it, as far as the user may know."""
        return self.speakers.shows_interest(self.statement, self.evidence)

    @property
    def is_live(self) -> bool:
        return str(self.statement.pk) in self.evidence.live

    @property
    def source_visible(self) -> bool:
        return disclosure.can_see(self.statement.source, self.speakers.reader)

    @property
    def source_label(self) -> str:
        return self.speakers.label(self.statement.source)

    @property
    def label(self) -> str:
        """The source, with the number of the statement."""
        return f"{self.source_label} ({self.number})"


@dataclass(frozen=True, slots=True)
class ListedJoin:
    """Why two statements count as one voice, as far as the user may know."""

    first: StatementRow
    second: StatementRow
    reason: str
    is_repetition: bool = False

    def __str__(self) -> str:
        return f"{self.first.label} and {self.second.label}: {self.reason}"


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """Statements that count as one voice, with the reason for each join."""

    statement_rows: list[StatementRow]
    listed_joins: list[ListedJoin]
    unlisted_join_count: int

    @property
    def listed(self) -> list[StatementRow]:
        return self.statement_rows[:_MAX_LISTED]

    @property
    def unlisted_count(self) -> int:
        return len(self.statement_rows) - len(self.listed)


@dataclass(frozen=True, slots=True)
class AccusedParty:
    """A party with a right of reply, and its status."""

    source: Source
    visible: bool
    code: Code | None
    requests: list[ReplyRequest]
    asked_in_other_words: bool

    @property
    def status_text(self) -> str:
        if self.code is None:
            return "Waived, with a reason." if self.requests else "No right of reply at this risk."
        if self.code is Code.E_REPLY_NOT_SENT and self.asked_in_other_words:
            return "Asked before the claim was reworded. Ask again."
        return {
            Code.E_REPLY_NOT_SENT: "Has not been asked for comment.",
            Code.E_REPLY_PENDING: "Asked; there is still time to answer.",
            Code.E_REPLY_WINDOW: "Asked with too little time and without a reason.",
            Code.C_REPLY_OUTCOME: "Asked; the copy must report the outcome.",
        }.get(self.code, codes.explain(self.code))

    @property
    def must_be_asked(self) -> bool:
        """Whether a request for comment is still needed."""
        return self.code in (Code.E_REPLY_NOT_SENT, Code.E_REPLY_WINDOW)


@dataclass(frozen=True, slots=True)
class RepeatGroup:
    """Statements that only repeat one statement and add nothing to it."""

    origin: StatementRow
    statement_rows: list[StatementRow]


class EvidenceView:
    """Everything recorded on a claim or its parts, with the engine's evaluation."""

    def __init__(self, claim: Claim, case: CaseFacts, policy: PolicyRules, actor: ActorFacts) -> None:
        self.claim, self.case, self.policy = claim, case, policy
        self.evidence = {member: Evidence(case, member) for member in case.members(str(claim.pk))}
        statements = _statements(self.evidence)
        origins = defaultdict(list)
        for relay in case.relays:
            origins[relay.derived].append(relay.origin)
        self.speakers = Speakers(statements, actor, case.identity, origins)
        self.statement_rows = {
            str(row.pk): StatementRow(number, row, self.evidence[str(row.claim_id)], self.speakers)
            for number, row in enumerate(statements, 1)
        }
        for derived, keys in origins.items():
            if derived in self.statement_rows:
                repeated = [self.statement_rows[key] for key in keys if key in self.statement_rows]
                self.statement_rows[derived].repeats = repeated

    def ungrouped_rows(self) -> list[StatementRow]:
        """The statements shown one by one."""
        collapsed = {row.number for group in self.repeat_groups for row in group.statement_rows}
        return [row for row in self.statement_rows.values() if row.number not in collapsed]

    @cached_property
    def repeat_groups(self) -> list[RepeatGroup]:
        """Groups of statements that repeat one statement and nothing else, and that nobody repeats."""
        origins = {origin.number for row in self.statement_rows.values() for origin in row.repeats}
        groups: dict[int, RepeatGroup] = {}
        for row in self.statement_rows.values():
            if len(row.repeats) == 1 and row.number not in origins and row.statement.directness == Directness.RELAYED:
                origin = row.repeats[0]
                groups.setdefault(origin.number, RepeatGroup(origin, [])).statement_rows.append(row)
        return [group for group in groups.values() if len(group.statement_rows) >= _COLLAPSE_REPEATS_FROM]

    def groups_of_side(self, assessment: Assessment | None, name: str) -> list[StatementGroup]:
        """The groups of one side of an assessment: independent, against or origins."""
        groups = assessment.groups.get(name, []) if assessment else []
        return [self._group(group) for group in groups]

    def hangs_on(self, assessment: Assessment | None) -> list[str]:
        """The single points of failure of the finding, by what the user may see of them."""
        records = [self.speakers.visible_records(identity) for identity in (assessment.hangs_on if assessment else ())]
        return sorted(" / ".join(sorted(record["name"] for record in group)) for group in records)

    @cached_property
    def reply_requests(self) -> list[ReplyRequest]:
        """The requests that put this claim, with the claims that the user may see and the words of that time."""
        visible = ReplyRequestClaim.objects.filter(claim__in=Claim.objects.visible_to(self.speakers.reader))
        put = Prefetch("request_claim_links", visible.select_related("claim"), to_attr="put")
        requests = ReplyRequest.objects.filter(covers=self.claim).select_related("to", "sent_by")
        rows: list[Any] = list(requests.prefetch_related("covers", put))
        words = disclosure.words_put([link for request in rows for link in request.put], self.speakers.reader)
        for request in rows:
            request.put_in_words = [(link, words[link.pk]) for link in request.put]
        return rows

    def accused_parties(self) -> list[AccusedParty]:
        """Every accused party, with the requests sent to it."""
        codes_by_party = replies.reply_codes(self.case, str(self.claim.pk), self.policy)
        return [
            self._accused_party(
                source,
                codes_by_party.get(str(source.pk)),
                [request for request in self.reply_requests if source.pk in (request.to_id, request.to.speaks_for_id)],
            )
            for source in self.claim.adverse_to.order_by("pk")
        ]

    def _accused_party(self, source: Source, code: Code | None, requests: list[ReplyRequest]) -> AccusedParty:
        put = [link for request in requests for link in request.put if link.claim_id == self.claim.pk]  # type: ignore[attr-defined]
        return AccusedParty(
            source=source,
            visible=disclosure.can_see(source, self.speakers.reader),
            code=code,
            requests=requests,
            asked_in_other_words=any(link.reworded_at for link in put),
        )

    def _group(self, group: Mapping[str, Any]) -> StatementGroup:
        rows = [self.statement_rows[key] for key in group.get("statements", []) if key in self.statement_rows]
        joins = [join for join in group.get("joins", []) if set(join["between"]) <= set(self.statement_rows)]
        return StatementGroup(rows, [self._join(join) for join in joins[:_MAX_JOINS]], len(joins[_MAX_JOINS:]))

    def _join(self, join: Mapping[str, Any]) -> ListedJoin:
        first, second = (self.statement_rows[key] for key in join["between"])
        explanation = self.speakers.explain(join)
        one_source = first.statement.source_id == second.statement.source_id
        # A hidden rule gives way to a shown repetition whatever the rule is: that tells nothing about it.
        may_replace = explanation.rule is None or (explanation.rule in _OF_ONE_ORIGIN and not one_source)
        if may_replace and (repetition := _repetition(first, second)):
            return ListedJoin(first, second, repetition, is_repetition=True)
        rule = f" ({explanation.rule})" if explanation.rule else ""
        return ListedJoin(first, second, f"{explanation.text}{rule}")


def _repetition(first: StatementRow, second: StatementRow) -> str:
    """How two statements are one by repetition: one repeats the other, or both repeat a third; empty if not."""
    before_first, before_second = _repeated_by(first), _repeated_by(second)
    if first.number in before_second:
        return f"{second.number} repeats {first.number}."
    if second.number in before_first:
        return f"{first.number} repeats {second.number}."
    shared = before_first & before_second
    return f"Both repeat {min(shared)}." if shared else ""


def _repeated_by(row: StatementRow) -> set[int]:
    """The numbers of the statements that this one repeats, directly or through others."""
    numbers, waiting = set[int](), [*row.repeats]
    while waiting:
        origin = waiting.pop()
        if origin.number not in numbers:
            numbers.add(origin.number)
            waiting += origin.repeats
    return numbers


def missing_requirements(assessment: Assessment | None) -> list[str]:
    """The unmet requirements of the nearest threshold, as sentences."""
    return [explain.missing_requirement(**missing) for missing in (assessment.missing if assessment else [])]


def freshness(assessment: Assessment | None, waiting: bool, now: datetime) -> str:
    """How current the assessment is."""
    if assessment is None:
        return "Not assessed yet; this takes a few seconds."
    when = labels.time_since(assessment.assessed_at, now)
    return (
        f"Being reassessed now; this assessment is from {when}."
        if waiting
        else f"Assessed {when}; nothing has changed since."
    )


def _statements(claims: Collection[str]) -> list[Statement]:
    """The statements on these claims, with their sources. Each source is read once, however often it speaks."""
    statements = list(Statement.objects.filter(claim__in=[UUID(claim) for claim in claims], struck_at=None))
    ids = {key for row in statements for key in (row.source_id, row.informant_id) if key}
    sources = Source.objects.in_bulk(list(ids))
    for statement in statements:
        statement.source = sources[statement.source_id]
        statement.informant = sources[statement.informant_id] if statement.informant_id else None
    return statements
