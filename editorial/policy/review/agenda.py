"""The agenda: the open questions about a claim, each with the facts that raise it (Verification, section 6)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from editorial.policy.facts import UNSIGNED, CaseFacts, SignoffFacts, SourceFacts
from editorial.policy.publication import replies, signoffs
from editorial.policy.review.task_plan import AgendaItem, TaskFacts, TaskPlan, plan, review_progress
from editorial.policy.verification import graphs, sole_evidence
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.thresholds import MissingRequirement, PolicyRules
from editorial.policy.vocabulary import (
    Authenticity,
    Code,
    Directness,
    FindingValue,
    Reliability,
    Requirement,
    Risk,
    SourceType,
    Stance,
    TaskKind,
    Translation,
)

__all__ = ["AgendaItem", "TaskFacts", "TaskPlan", "agenda", "plan", "review_progress"]

TASK_FOR_REQUIREMENT = {
    Requirement.GROUPS: (TaskKind.SEEK_INDEPENDENT, "Find another independent source"),
    Requirement.FIRST_HAND: (TaskKind.SEEK_FIRST_HAND, "Find a first-hand source"),
    Requirement.NAMED: (TaskKind.SEEK_NAMED, "Find a named source who speaks on the record"),
    Requirement.DISINTERESTED: (TaskKind.SEEK_DISINTERESTED, "Find a source with nothing to gain from the claim"),
    Requirement.RATED: (TaskKind.SEEK_INDEPENDENT, "Find a source rated A, B or C"),
}
TASK_FOR_REPLY_CODE = {
    Code.E_REPLY_NOT_SENT: (TaskKind.SEND_REPLY_REQUEST, "Ask this party for comment on the claim"),
    Code.E_REPLY_WINDOW: (TaskKind.SEND_REPLY_REQUEST, "Ask this party for comment again, with the full time to reply"),
    Code.E_REPLY_PENDING: (
        TaskKind.AWAIT_REPLY,
        "Record this party's comment, or that the deadline passed without one",
    ),
}


def agenda(
    case: CaseFacts,
    findings: Mapping[str, Finding],
    claim_id: str,
    policy: PolicyRules,
    signoff: SignoffFacts = UNSIGNED,
) -> list[AgendaItem]:
    """The agenda of this claim now. A part of a compound has its own agenda."""
    claim, finding = case.claims[claim_id], findings[claim_id]
    items = [*reply_items(case, claim_id, policy)]
    if not claim.kind.is_judgement:
        items += signoff_items(case, finding, policy, signoff)
    if not claim.kind.is_judgement and not claim.parts:
        evidence = finding.evaluation.evidence
        items += [*statement_items(evidence), *source_items(evidence), *both_ways_items(evidence)]
        items += [*missing_items(finding), *denial_items(finding)]
    return sorted(items, key=lambda item: (item.kind.rank, item.subject))


def make_item(kind: TaskKind, subject: str, because: Iterable[str], question: str) -> AgendaItem:
    """Build an item for the queue of its kind."""
    return AgendaItem(
        queue=kind.queue,
        kind=kind,
        subject=subject,
        because=tuple(sorted(map(str, filter(None, because)))),
        question=question,
    )


def fingerprint(ids: Iterable[str]) -> tuple[str, ...]:
    """Up to four ids unchanged, more as their number and a hash."""
    ordered = sorted(ids)
    return tuple(ordered) if len(ordered) <= 4 else (str(len(ordered)), short_hash(ordered))


def short_hash(ids: Iterable[str]) -> str:
    """A short hash of ids, which shows only whether they have changed."""
    return hashlib.sha256("\0".join(sorted(ids)).encode()).hexdigest()[:16]


def weighing_statements(evidence: Evidence) -> list[str]:
    """Statements that affirm or deny and are not dead."""
    return sorted(
        name
        for name, statement in evidence.statements.items()
        if statement.stance.opposite and name not in evidence.dead
    )


def statement_items(evidence: Evidence) -> Iterator[AgendaItem]:
    """Items on statements: tracing their origin, archiving a copy, splitting a qualified claim."""
    for name in weighing_statements(evidence):
        statement = evidence.statements[name]
        if not evidence.roots(name):
            question = "Find out where this comes from: the statements repeat each other in a circle."
            yield make_item(TaskKind.TRACE_ROOT, name, ["loop"], question)
        elif statement.directness is Directness.RELAYED and not evidence.relays[name]:
            question = "Find out whom this repeats, and record the relay."
            yield make_item(TaskKind.TRACE_ROOT, name, ["no relay"], question)
        if not statement.archived and not evidence.relays[name]:
            yield make_item(TaskKind.ARCHIVE, name, ["no copy"], "Archive a copy of this statement.")
        if statement.translation is Translation.MACHINE:
            question = "Have a person check the translation. Until then the statement does not count."
            yield make_item(TaskKind.CHECK_TRANSLATION, name, ["machine"], question)
        if statement.collector_conflict:
            question = (
                "Have a colleague without a stake in the claim take the statement again. Until then it does not count."
            )
            yield make_item(TaskKind.RETAKE_STATEMENT, name, ["conflict of interest"], question)
    yield from repeat_items(evidence)
    for name, statement in evidence.statements.items():
        if statement.stance is Stance.QUALIFIES and not statement.ended:
            question = "Split the claim, so that each part can be affirmed or denied."
            yield make_item(TaskKind.SPLIT_CLAIM, name, ["qualifies"], question)


def repeat_items(evidence: Evidence) -> Iterator[AgendaItem]:
    """One item for all traced repeats without an archived copy, rather than forty tasks for forty repeats."""
    repeats = [
        name
        for name in weighing_statements(evidence)
        if evidence.relays[name] and not evidence.statements[name].archived
    ]
    if repeats:
        question = f"Archive copies of the statements that repeat others: {len(repeats)} without one."
        yield make_item(TaskKind.ARCHIVE, "", fingerprint(repeats), question)


def source_items(evidence: Evidence) -> Iterator[AgendaItem]:
    """Items on unknowns about the sources."""
    speakers = {evidence.source(name).id: evidence.source(name) for name in weighing_statements(evidence)}
    for source in speakers.values():
        if needs_authentication(evidence, source):
            question = f"Authenticate this {source.type}, or establish that it is not genuine."
            yield make_item(TaskKind.AUTHENTICATE, source.id, ["unauthenticated"], question)
        if source.reliability in (None, Reliability.F):
            question = "Rate this source's reliability, from A to E."
            yield make_item(TaskKind.ASSESS_SOURCE, source.id, [source.reliability or "unset"], question)
    for source in (speakers | informants(evidence)).values():
        if source.is_unknown_to_editors:
            question = "Have an editor find out who this unnamed source is, and vouch for it."
            yield make_item(TaskKind.IDENTIFY_SOURCE, source.id, ["unknown to every editor"], question)


def needs_authentication(evidence: Evidence, source: SourceFacts) -> bool:
    """Whether nobody has checked a document, or our own observation of a serious claim."""
    observed = source.type is SourceType.OBSERVATION and evidence.claim.risk is Risk.SERIOUS
    return source.authenticity is Authenticity.UNKNOWN and (source.is_document or observed)


def informants(evidence: Evidence) -> dict[str, SourceFacts]:
    """The registered sources that second-hand statements give as informants."""
    statements = (evidence.statements[name] for name in weighing_statements(evidence))
    informant_ids = {statement.informant for statement in statements if statement.directness is Directness.SECOND_HAND}
    return {name: evidence.case.sources[name] for name in informant_ids if name in evidence.case.sources}


def both_ways_items(evidence: Evidence) -> Iterator[AgendaItem]:
    """Items on voices that affirm and deny: they count on neither side until one of the two has ended."""
    spoken = graphs.group_by((name for name in evidence.statements if name not in evidence.fallen), evidence.voice)
    for (identity, stance), names in spoken.items():
        denying = spoken.get((identity, Stance.DENIES))
        if stance is Stance.AFFIRMS and denying:
            live = [*names, *denying]
            # The subject is the unnamed source if there is one, and the fingerprint is a hash: users who see only the
            # named source must not learn that both are the same person.
            sources = {evidence.source(name) for name in live}
            subject = min(source.id for source in ({source for source in sources if source.unnamed} or sources))
            question = "This source affirms and denies the claim. Find out which holds, and end the other statement."
            yield make_item(TaskKind.RESOLVE_BOTH_WAYS, subject, [short_hash(live)], question)


def missing_items(finding: Finding) -> Iterator[AgendaItem]:
    """Items on what the nearest policy row lacks. A refuted claim needs a review, not more support."""
    if finding.finding is FindingValue.REFUTED:
        return
    by_kind: dict[TaskKind, list[MissingRequirement]] = {}
    for requirement in finding.missing:
        by_kind.setdefault(TASK_FOR_REQUIREMENT[requirement.requirement][0], []).append(requirement)
    for kind, requirements in by_kind.items():
        sentences = (
            f"{TASK_FOR_REQUIREMENT[item.requirement][1]}: {item.need} needed, {item.have} so far."
            for item in requirements
        )
        yield make_item(
            kind, "", (f"{item.requirement} {item.have}/{item.need}" for item in requirements), " ".join(sentences)
        )


def denial_items(finding: Finding) -> Iterator[AgendaItem]:
    """An item on denials, unless the claim is refuted, withdrawn or superseded anyway."""
    decided = (FindingValue.REFUTED, FindingValue.WITHDRAWN, FindingValue.SUPERSEDED)
    if finding.contested and finding.finding not in decided:
        question = "A source denies the claim. Find out who is right, and what the denial rests on."
        yield make_item(
            TaskKind.RESOLVE_DENIAL, "", fingerprint(sole_evidence.live_denials(finding.evaluation.evidence)), question
        )


def reply_items(case: CaseFacts, claim_id: str, policy: PolicyRules) -> Iterator[AgendaItem]:
    """Items on the right of reply of each adverse party; one party may have two names."""
    identities = set()
    for party, code in replies.reply_codes(case, claim_id, policy).items():
        if code in TASK_FOR_REPLY_CODE and case.identity(party) not in identities:
            identities.add(case.identity(party))
            kind, question = TASK_FOR_REPLY_CODE[code]
            hours = policy.rules[replies.risk_of(case, claim_id)].reply_hours
            yield make_item(kind, party, [code, f"{hours:g} hours"], f"{question} (at least {hours:g} hours).")


def signoff_items(
    case: CaseFacts, finding: Finding, policy: PolicyRules, signoff: SignoffFacts
) -> Iterator[AgendaItem]:
    """Items on missing reviews and signatures."""
    risk = replies.risk_of(case, finding.claim)
    # Review progress alone must not call for a new review, or the end of one would cause the next.
    facts = (
        ["open"] if finding.finding and finding.finding.in_progress else [finding.finding or "", finding.basis or ""]
    )
    decided = finding.finding in (FindingValue.VERIFIED, FindingValue.REFUTED)
    if decided and not signoffs.is_effective(signoff, risk, policy):
        question = f"The evidence says {finding.finding}. Check it, and propose or approve the finding."
        yield make_item(TaskKind.SECOND_REVIEW, "", facts, question)
    if policy.rules[risk].standards_read and not signoff.standards:
        question = "Do the standards review, and sign if the claim may run."
        yield make_item(TaskKind.STANDARDS_READ, "", facts, question)
    if policy.rules[risk].legal_read and not signoff.legal:
        question = "Do the legal review, and sign if the claim may run."
        yield make_item(TaskKind.LEGAL_READ, "", facts, question)
