"""Facts: loads everything that policy may use, in one statement for fifty claims as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial.models import ReviewTask
from editorial.models.evidence import case_rows
from editorial.models.evidence.case_rows import Rows
from editorial.models.evidence.sources import SettlingEffect, established_authenticity
from editorial.models.evidence.statements import ENDED_AT
from editorial.models.json_rows import from_json, parse_time
from editorial.policy.facts import (
    UNKNOWN,
    CaseFacts,
    ClaimFacts,
    RelayFacts,
    ReplyRequestFacts,
    RestrictionFacts,
    SourceFacts,
    StatementFacts,
)
from editorial.policy.review import agenda
from editorial.policy.review.agenda import TaskFacts
from editorial.policy.vocabulary import (
    Authenticity,
    BenefitsIf,
    ClaimKind,
    Directness,
    Inducement,
    ObtainedBy,
    Reliability,
    ReplyOutcome,
    RestrictionKind,
    ReviewProgress,
    Risk,
    SourceType,
    Stance,
    TaskKind,
    TaskState,
    Terms,
    Translation,
)
from editorial.workflow.evidence import identities


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """The facts of a case, with the rows that they were read from. Tasks are by claim, oldest first."""

    facts: CaseFacts
    tasks: dict[UUID, list[ReviewTask]]
    collectors: dict[str, str]


def case(claim_ids: Iterable[UUID | str], *, now: datetime) -> CaseFacts:
    """Load the facts about these claims, their compounds, and all parts of those."""
    return load(claim_ids, now=now).facts


def load(claim_ids: Iterable[UUID | str], *, now: datetime) -> LoadedCase:
    """The same, with their tasks and collectors."""
    return from_rows(case_rows.read(claim_ids), now=now)


def from_rows(rows: Rows, *, now: datetime) -> LoadedCase:
    """The facts that these rows state."""
    by_claim = _Links(rows)
    covers: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for put in rows["put"]:
        covers[put["request_id"], put["reworded"]].add(put["claim_id"])
    respondent_keys = {request["respondent_key"] for request in rows["requests"]} - {""}
    names = [*(source["id"] for source in rows["sources"]), *respondent_keys]
    identity = identities.resolve(
        names, {(each["id"], each["key"], each["merged_into_id"] or "") for each in rows["persons"]}
    )
    tasks: dict[UUID, list[ReviewTask]] = {UUID(claim["id"]): [] for claim in rows["claims"]}
    for task in map(from_json(ReviewTask), rows["tasks"]):
        tasks[task.claim_id].append(task)
    loaded = CaseFacts.of(
        claims=[by_claim.facts(claim) for claim in rows["claims"]],
        sources=[_source(source, identity, by_claim.settles) for source in rows["sources"]],
        statements=[_statement(statement) for statement in rows["statements"]],
        relays=[RelayFacts(relay["derived_id"], relay["origin_id"]) for relay in rows["relays"]],
        replies=[reply for request in rows["requests"] for reply in _replies(request, covers, identity, now)],
        tasks={str(claim): review_progress(of_claim) for claim, of_claim in tasks.items()},
        now=now,
    )
    return LoadedCase(
        loaded, tasks, {statement["id"]: statement["collected_by_id"] for statement in rows["statements"]}
    )


class _Links:
    """What other rows say about each claim."""

    def __init__(self, rows: Rows) -> None:
        self._parts, self._adverse, self._carries = defaultdict(list), defaultdict(list), defaultdict(list)
        self._restrictions: dict[str, list[RestrictionFacts]] = defaultdict(list)
        self.settles: dict[tuple[str, str], set[str]] = defaultdict(set)
        """The claims that a source settles, by source and effect."""
        for part in rows["parts"]:
            self._parts[part["compound_id"]].append(part["member_id"])
        for party in rows["parties"]:
            self._adverse[party["claim_id"]].append(party["source_id"])
        # Only the gate needs what utterances carry, and it asks for everything that its claims contain.
        for link in rows["carried"]:
            self._carries[link["utterance_id"]].append(link["carried_id"])
        for each in rows["restrictions"]:
            until = RestrictionFacts(kind=RestrictionKind(each["kind"]), until=parse_time(each["until"]))
            self._restrictions[each["claim_id"]].append(until)
        for settled in rows["settled"]:
            self.settles[settled["source_id"], settled["effect"]].add(settled["claim_id"])

    def facts(self, claim: Mapping[str, Any]) -> ClaimFacts:
        """The facts of a claim."""
        key = claim["id"]
        return ClaimFacts(
            id=key,
            kind=ClaimKind(claim["kind"]),
            risk=Risk(claim["risk"]),
            adverse_to=tuple(self._adverse[key]),
            parts=tuple(self._parts[key]),
            carries=tuple(self._carries[key]),
            restrictions=tuple(self._restrictions[key]),
            needs_context=claim["needs_context"],
        )


def task_facts(task: ReviewTask) -> TaskFacts:
    """The facts of a review task."""
    return TaskFacts(
        id=str(task.pk),
        kind=TaskKind(task.kind),
        subject=task.subject,
        because=tuple(task.because),
        state=TaskState(task.state),
    )


def review_progress(tasks: Iterable[ReviewTask]) -> ReviewProgress:
    """Summarise the review tasks of a claim."""
    return agenda.review_progress(map(task_facts, tasks))


def _source(
    source: Mapping[str, Any], identity: Mapping[str, str], settles: Mapping[tuple[str, str], set[str]]
) -> SourceFacts:
    key = source["id"]
    return SourceFacts(
        id=key,
        type=SourceType(source["type"]),
        reliability=Reliability(source["reliability"]) if source["reliability"] else None,
        unnamed=source["unnamed"],
        key=None if identity[key] == key else identity[key],
        editor_knows=source["editor_knows"],
        org=source["org_id"],
        speaks_for=source["speaks_for_id"],
        parent=source["parent_id"],
        benefits_if=BenefitsIf(source["benefits_if"]) if source["benefits_if"] else None,
        camp=source["camp"] or None,
        author=source["author_id"],
        issuer=source["issuer_id"],
        authenticity=established_authenticity(Authenticity(source["authenticity"]), source["authenticated"]),
        establishes=frozenset(settles.get((key, SettlingEffect.ESTABLISHES.value), ())),
        contradicts=frozenset(settles.get((key, SettlingEffect.CONTRADICTS.value), ())),
    )


def _statement(statement: Mapping[str, Any]) -> StatementFacts:
    return StatementFacts(
        id=statement["id"],
        source=statement["source_id"],
        claim=statement["claim_id"],
        stance=Stance(statement["stance"]),
        directness=Directness(statement["directness"]),
        terms=Terms(statement["terms"]),
        informant=statement["informant_id"] or UNKNOWN,
        obtained_by=ObtainedBy(statement["obtained_by"]),
        briefing=statement["briefing_id"],
        benefits_if=BenefitsIf(statement["benefits_if"]) if statement["benefits_if"] else None,
        embargo_until=parse_time(statement["embargo_until"]),
        ended=next((ending for ending, column in ENDED_AT.items() if statement[column]), None),
        inducement=Inducement(statement["inducement"]) if statement["inducement"] else None,
        collector_conflict=statement["collector_conflict"],
        translation=Translation(statement["translation"]) if statement["translation"] else None,
        archived=statement["archived"],
    )


def _replies(
    request: Mapping[str, Any],
    covers: Mapping[tuple[str, bool], set[str]],
    identity: Mapping[str, str],
    now: datetime,
) -> Iterator[ReplyRequestFacts]:
    """The facts of a request. For claims that were reworded since, it put only the topic, and no reply covers them."""
    sent_at, deadline_at, respondent = (
        parse_time(request["sent_at"]),
        parse_time(request["deadline_at"]),
        request["respondent_key"],
    )
    window = deadline_at - sent_at if deadline_at and sent_at else timedelta(0)
    facts = ReplyRequestFacts(
        to=request["to_id"],
        covers=frozenset(covers.get((request["id"], False), ())),
        outcome=ReplyOutcome(request["outcome"]),
        hours=window.total_seconds() / 3600,
        deadline_passed=deadline_at is not None and deadline_at <= now,
        specific=request["specific"],
        reason=request["reason"],
        respondent_key=identity[respondent] if respondent else None,
    )
    if facts.covers:
        yield facts
    reworded = frozenset(covers.get((request["id"], True), ()))
    if reworded and facts.outcome not in (ReplyOutcome.REPLIED, ReplyOutcome.WAIVED):
        yield replace(facts, covers=reworded, specific=False)  # a false “declined” stays false
