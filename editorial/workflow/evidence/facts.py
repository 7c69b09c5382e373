"""Facts: loads everything that policy may use, in as many queries for a thousand statements as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Value

from editorial.models import (
    AdverseParty,
    CarriedClaim,
    Claim,
    CompoundMember,
    DispositiveEvidence,
    Relay,
    ReplyRequest,
    ReplyRequestClaim,
    Restriction,
    ReviewTask,
    Source,
    Statement,
)
from editorial.models.evidence.sources import SettlingEffect
from editorial.models.unions import keys_of_any
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
from editorial.workflow.evidence import affiliates, identities

# References from source to source. The referenced sources are needed too, to resolve identities.
_RELATION_FIELDS = ("org_id", "speaks_for_id", "parent_id", "author_id", "issuer_id", "merged_into_id")


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """The facts of a case, with the rows that they were read from. Tasks are by claim, oldest first."""

    facts: CaseFacts
    tasks: dict[UUID, list[ReviewTask]]
    statements: list[Statement]
    sources: dict[UUID, Source]

    @property
    def collectors(self) -> dict[str, str]:
        """Who collected each statement."""
        return {str(statement.pk): str(statement.collected_by_id) for statement in self.statements}

    def around(self, claim: Claim) -> LoadedCase:
        """The case of this claim alone, as `load` would give it."""
        return replace(self, facts=self.facts.around(str(claim.pk)))

    def with_progress(self, claim: Claim) -> LoadedCase:
        """With the progress of the claim's review after its tasks have changed."""
        progress = {**self.facts.tasks, str(claim.pk): review_progress(self.tasks[claim.pk])}
        return replace(self, facts=replace(self.facts, tasks=progress))


def case(claim_ids: Iterable[UUID | str], *, now: datetime) -> CaseFacts:
    """Load the facts about these claims, their compounds, and all parts of those."""
    return load(claim_ids, now=now).facts


def load(
    claim_ids: Iterable[UUID | str], *, now: datetime, known: Iterable[Claim] = (), with_names: bool = False
) -> LoadedCase:
    """The same, with their rows. `known`: claims that the caller has read already. `with_names`: of sources."""
    claim_keys = {UUID(str(claim)) for claim in claim_ids}
    members_by_compound = _compounds(claim_keys)
    ids = claim_keys.union(members_by_compound, *members_by_compound.values())
    by_id = {claim.pk: claim for claim in known}
    claims = [*by_id.values(), *Claim.objects.in_bulk(list(ids - by_id.keys())).values()]
    adverse, settles = _links_to_sources(ids)
    restrictions = defaultdict(list)
    for claim, kind, until in Restriction.objects.filter(claim__in=ids, lifted_at=None).values_list(
        "claim_id", "kind", "until"
    ):
        restrictions[claim].append(RestrictionFacts(kind=RestrictionKind(kind), until=until))

    # Only the gate needs what utterances carry, and it asks for everything that its claims contain.
    carries = defaultdict(list)
    utterances = [claim.pk for claim in claims if claim.kind == ClaimKind.UTTERANCE]
    links = CarriedClaim.objects.filter(utterance__in=utterances, carried__in=ids).order_by("id")
    for utterance, carried in links.values_list("utterance_id", "carried_id"):
        carries[utterance].append(str(carried))

    # A struck statement is treated as never recorded: it does not even link others.
    statements = list(Statement.objects.filter(claim__in=ids, struck_at=None))
    relays = Relay.objects.filter(derived__claim__in=ids, derived__struck_at=None, origin__struck_at=None).values_list(
        "derived_id", "origin_id"
    )
    replies = list(ReplyRequest.objects.filter(covers__in=ids).distinct())
    covers: dict[tuple[UUID, bool], set[str]] = defaultdict(set)
    put = ReplyRequestClaim.objects.filter(request__in=replies)
    for request, claim, reworded in put.values_list("request_id", "claim_id", "reworded_at"):
        covers[request, reworded is not None].add(str(claim))

    source_ids = {statement.source_id for statement in statements}
    source_ids |= {statement.informant_id for statement in statements}
    parties = {UUID(party) for parties in adverse.values() for party in parties}
    denied = any(statement.stance == Stance.DENIES for statement in statements)
    source_ids |= affiliates.closure(parties) if parties and denied else parties
    source_ids |= {request.to_id for request in replies}

    sources = _load_sources(source_ids - {None}, () if with_names else ("name", "description"))
    respondent_keys = {request.respondent_key for request in replies} - {""}
    identity = identities.resolve([*map(str, sources), *respondent_keys])

    task_rows = _tasks(ids)
    loaded = CaseFacts.of(
        claims=[
            ClaimFacts(
                id=str(claim.pk),
                kind=ClaimKind(claim.kind),
                risk=Risk(claim.risk),
                adverse_to=tuple(adverse[claim.pk]),
                parts=tuple(map(str, members_by_compound.get(claim.pk, ()))),
                carries=tuple(carries[claim.pk]),
                restrictions=tuple(restrictions[claim.pk]),
                needs_context=claim.needs_context,
            )
            for claim in claims
        ],
        sources=[_source(source, identity, settles) for source in sources.values()],
        statements=[_statement(statement) for statement in statements],
        # A relay is between two statements on one claim.
        relays=[RelayFacts(str(derived), str(origin)) for derived, origin in relays] if len(statements) > 1 else [],
        replies=[reply for request in replies for reply in _replies(request, covers, identity, now)],
        tasks={str(claim): review_progress(rows) for claim, rows in task_rows.items()},
        now=now,
    )
    return LoadedCase(loaded, task_rows, statements, sources)


def tasks(claim_ids: Iterable[UUID]) -> dict[UUID, list[TaskFacts]]:
    """Load the review tasks of each claim, oldest first."""
    return {claim: [*map(task_facts, rows)] for claim, rows in _tasks(claim_ids).items()}


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


def _tasks(claim_ids: Iterable[UUID]) -> dict[UUID, list[ReviewTask]]:
    by_claim: dict[UUID, list[ReviewTask]] = {claim: [] for claim in claim_ids}
    for task in ReviewTask.objects.filter(claim__in=list(by_claim)).order_by("opened_at", "id"):
        by_claim[task.claim_id].append(task)
    return by_claim


def _compounds(claims: set[UUID]) -> dict[UUID, list[UUID]]:
    """Map each compound among these claims, and each compound of theirs, to its parts. Compounds do not nest."""
    compounds = CompoundMember.objects.filter(member__in=claims).values("compound")
    concerned = keys_of_any(CompoundMember.objects.all(), Q(compound__in=claims), Q(compound__in=compounds))
    links = CompoundMember.objects.filter(pk__in=concerned).order_by("id")
    members: dict[UUID, list[UUID]] = defaultdict(list)
    for compound, member in links.values_list("compound_id", "member_id"):
        members[compound].append(member)
    return dict(members)


def _load_sources(source_ids: set[UUID], without: tuple[str, ...]) -> dict[UUID, Source]:
    """Load these sources and, transitively, those they refer to, without these columns."""
    sources: dict[UUID, Source] = {}
    missing = set(source_ids)
    while missing:
        sources |= Source.objects.defer(*without).in_bulk(list(missing))
        related = {getattr(sources[key], field) for key in missing if key in sources for field in _RELATION_FIELDS}
        missing = related - set(sources) - {None}
    return sources


def _links_to_sources(claims: set[UUID]) -> tuple[dict[UUID, list[str]], dict[tuple[UUID, str], set[str]]]:
    """The parties that each claim accuses, and the claims that a source settles, by source and effect."""
    adverse: dict[UUID, list[str]] = defaultdict(list)
    settles: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    parties = AdverseParty.objects.filter(claim__in=claims).values_list("id", "claim_id", "source_id", Value(""))
    evidence = DispositiveEvidence.objects.filter(claim__in=claims)
    settled = evidence.values_list("id", "claim_id", "source_id", "effect")
    for _, claim, source, effect in parties.union(settled, all=True).order_by("id"):
        if effect:
            settles[source, effect].add(str(claim))
        else:
            adverse[claim].append(str(source))
    return adverse, settles


def _source(source: Source, identity: dict[str, str], settles: dict[tuple[UUID, str], set[str]]) -> SourceFacts:
    return SourceFacts(
        id=str(source.pk),
        type=SourceType(source.type),
        reliability=Reliability(source.reliability) if source.reliability else None,
        unnamed=source.unnamed,
        key=None if identity[str(source.pk)] == str(source.pk) else identity[str(source.pk)],
        editor_knows=source.editor_knows,
        org=_id(source.org_id),
        speaks_for=_id(source.speaks_for_id),
        parent=_id(source.parent_id),
        benefits_if=BenefitsIf(source.benefits_if) if source.benefits_if else None,
        camp=source.camp or None,
        author=_id(source.author_id),
        issuer=_id(source.issuer_id),
        authenticity=source.established_authenticity,
        establishes=frozenset(settles[source.pk, SettlingEffect.ESTABLISHES.value]),
        contradicts=frozenset(settles[source.pk, SettlingEffect.CONTRADICTS.value]),
    )


def _statement(statement: Statement) -> StatementFacts:
    return StatementFacts(
        id=str(statement.pk),
        source=str(statement.source_id),
        claim=str(statement.claim_id),
        stance=Stance(statement.stance),
        directness=Directness(statement.directness),
        terms=Terms(statement.terms),
        informant=_id(statement.informant_id) or UNKNOWN,
        obtained_by=ObtainedBy(statement.obtained_by),
        briefing=_id(statement.briefing_id),
        benefits_if=BenefitsIf(statement.benefits_if) if statement.benefits_if else None,
        embargo_until=statement.embargo_until,
        ended=statement.ended,
        inducement=Inducement(statement.inducement) if statement.inducement else None,
        collector_conflict=statement.collector_conflict,
        translation=Translation(statement.translation) if statement.translation else None,
        archived=statement.exhibit_id is not None,
    )


def _replies(
    request: ReplyRequest, covers: Mapping[tuple[UUID, bool], set[str]], identity: dict[str, str], now: datetime
) -> Iterator[ReplyRequestFacts]:
    """The facts of a request. For claims that were reworded since, it put only the topic, and no reply covers them."""
    window = request.deadline_at - request.sent_at if request.deadline_at else None
    facts = ReplyRequestFacts(
        to=str(request.to_id),
        covers=frozenset(covers.get((request.pk, False), ())),
        outcome=ReplyOutcome(request.outcome),
        hours=window.total_seconds() / 3600 if window else 0,
        deadline_passed=request.deadline_at is not None and request.deadline_at <= now,
        specific=request.specific,
        reason=request.reason,
        respondent_key=identity[request.respondent_key] if request.respondent_key else None,
    )
    if facts.covers:
        yield facts
    reworded = frozenset(covers.get((request.pk, True), ()))
    if reworded and facts.outcome not in (ReplyOutcome.REPLIED, ReplyOutcome.WAIVED):
        yield replace(facts, covers=reworded, specific=False)  # a false “declined” stays false


def _id(key: UUID | None) -> str | None:
    return str(key) if key else None
