"""Evaluation of the uses of claims in a story: the codes that each raises (Verification, section 5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from editorial.policy.facts import CaseFacts, ClaimFacts, ClaimUseFacts, SignoffFacts, SourceFacts, StatementFacts
from editorial.policy.publication import embargo, replies, restrictions, signoffs
from editorial.policy.verification.evidence import has_usable_terms
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.independence import Grouping
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import (
    Basis,
    ClaimKind,
    Code,
    FindingValue,
    Gate,
    Mode,
    ObtainedBy,
    ReplyOutcome,
    SourceType,
    Stance,
)

DECIDED_FINDINGS = (FindingValue.REFUTED, FindingValue.WITHDRAWN, FindingValue.SUPERSEDED)
"""Findings with which a claim is neither verified nor open."""


@dataclass(frozen=True)
class StoryEvaluation:
    """A story under evaluation: its uses, with those that are carried, and the sign-offs on their claims."""

    case: CaseFacts
    findings: Mapping[str, Finding]
    uses: Mapping[str, ClaimUseFacts]
    signoffs: Mapping[str, SignoffFacts]
    policy: PolicyRules

    @cached_property
    def printed(self) -> list[str]:
        """The claims that the copy uses in some way."""
        return [name for name, use in self.uses.items() if use.mode is not Mode.OMITTED]

    def codes(self, claim_id: str) -> set[Code]:
        """Every code that the use of a claim raises."""
        if claim_id not in self.printed:
            return set()
        use = UseEvaluation(self, claim_id, self.findings)
        if not embargo.binds(self.case, self.findings, claim_id):
            return set(use.codes())
        freed = UseEvaluation(self, claim_id, embargo.findings_without(self.case, self.findings, claim_id))
        if use.may_ignore_embargoed(freed):
            return set(freed.codes())
        codes = set(use.codes()) | ({Code.E_EMBARGO} if use.depends_on_embargoed(freed) else set())
        if Code.E_EMBARGO not in codes:
            codes |= {code for code in freed.codes() if code.gate is Gate.CONDITIONAL}
        return codes

    def ask_custodian(self, claim_id: str) -> bool:
        """Whether a party did not comment and an unnamed source speaks on the claim, one person or not."""
        if claim_id not in self.printed:
            return False
        use = UseEvaluation(self, claim_id, self.findings)
        return bool(use.silent_respondents()) and any(use.unnamed_identities())


class UseEvaluation:
    """The evaluation of one use under some findings. A compound is evaluated with its parts' statements."""

    def __init__(self, story: StoryEvaluation, claim_id: str, findings: Mapping[str, Finding]) -> None:
        self.story, self.case = story, story.case
        self.claim: ClaimFacts = self.case.claims[claim_id]
        use = story.uses[claim_id]
        self.mode, self.stated_source_count = use.mode, use.stated_source_count
        self.finding = findings[claim_id]
        self.parts = [findings[name] for name in self.case.members(claim_id)]
        self.relies_on = [self.case.statements[name] for name in sorted(use.relies_on)]
        self.signoff = signoffs.combine(self.case, claim_id, story.signoffs, story.policy)
        self.in_print_as_true = self.mode in (Mode.ASSERTED, Mode.ATTRIBUTED)
        self.refuted = self.finding.finding is FindingValue.REFUTED
        self.withdrawn = self.finding.finding is FindingValue.WITHDRAWN
        self.verified = self.is_verified_and_signed(self.finding)
        self.open = self.is_open(self.finding)

    def is_verified_and_signed(self, finding: Finding) -> bool:
        """Verified, and signed like this use."""
        return finding.finding is FindingValue.VERIFIED and bool(self.signoff.signed)

    def is_open(self, finding: Finding) -> bool:
        """Neither verified and signed, nor refuted, withdrawn or superseded."""
        return finding.finding not in DECIDED_FINDINGS and not self.is_verified_and_signed(finding)

    def source(self, statement: StatementFacts) -> SourceFacts:
        """The source of a statement."""
        return self.case.sources[statement.source]

    # --- embargoes ---

    def depends_on_embargoed(self, freed: "UseEvaluation") -> bool:
        """Whether the use would differ in substance without the embargoed statements. A judgement never does."""
        if self.claim.kind.is_judgement:
            return False
        return (
            self.finding.finding is not freed.finding.finding
            or self.finding.contested is not freed.finding.contested
            or (freed.overstates_sources and not self.overstates_sources)
        )

    def may_ignore_embargoed(self, freed: "UseEvaluation") -> bool:
        """Whether the copy can attribute the claim to others, so that the embargoed statements do not bind it."""
        return (
            self.mode is Mode.ATTRIBUTED
            and not self.claim.kind.is_judgement
            and not any(embargo.is_embargoed(statement, self.case.now) for statement in self.relies_on)
            and self.finding.finding is not freed.finding.finding
            and self.finding.contested is freed.finding.contested
            and not (freed.overstates_sources and not self.overstates_sources)
            and not (self.refuted or self.withdrawn)
            and freed.open
            and freed.finding.finding is not FindingValue.VERIFIED
            and not freed.lacks_origin
        )

    # --- codes ---

    def codes(self) -> Iterator[Code]:
        """Yield every code that this use raises, except for embargoed findings; some more than once."""
        yield from self.relies_on_codes()
        yield from self.reply_codes()
        yield from self.content_codes()
        if self.claim.kind.is_judgement:
            yield from self.judgement_codes()
            return
        yield from self.finding_codes()
        yield from self.attribution_codes()
        yield from self.signoff_codes()
        yield from self.source_codes()

    def relies_on_codes(self) -> Iterator[Code]:
        """The codes that follow from `relies_on` alone."""
        for statement in self.relies_on:
            if embargo.is_embargoed(statement, self.case.now):
                yield Code.E_EMBARGO
            if not has_usable_terms(statement):
                yield Code.E_LEVEL
            if statement.obtained_by is ObtainedBy.US and self.source(statement).is_unknown_to_editors:
                yield Code.E_IDENTITY_UNKNOWN
            if not self.is_live(statement):
                yield Code.E_WITHDRAWN

    def is_live(self, statement: StatementFacts) -> bool:
        """Whether a statement on the claim or a part of it is live."""
        part = next(part for part in self.parts if part.claim == statement.claim)
        return statement.id in part.evaluation.evidence.live

    def reply_codes(self) -> Iterator[Code]:
        """The codes for the parties' right of reply, and for reporting one of our sources as having declined."""
        for claim_id in dict.fromkeys((self.claim.id, *self.claim.parts)):
            yield from filter(None, replies.reply_codes(self.case, claim_id, self.story.policy).values())
        if not self.silent_respondents().isdisjoint(self.unnamed_identities()):
            yield Code.E_FALSE_DECLINE

    def silent_respondents(self) -> set[str | None]:
        """The identities, as far as known, of those who were asked about the claim and did not comment."""
        about = {self.claim.id, *self.claim.parts, *self.case.compounds_of.get(self.claim.id, ())}
        return {
            request.respondent_key
            for request in self.case.replies
            if request.outcome in (ReplyOutcome.DECLINED, ReplyOutcome.NO_RESPONSE)
            and not about.isdisjoint(request.covers)
        }

    def unnamed_identities(self) -> Iterator[str]:
        """Identities of the unnamed sources that speak on either side or that the copy relies on."""
        for statement in (*self.usable_statements(Stance.AFFIRMS, Stance.DENIES), *self.relies_on):
            if self.source(statement).unnamed:
                yield self.case.identity(statement.source)

    def usable_statements(self, *stances: Stance) -> Iterator[StatementFacts]:
        """The live and sound statements of these stances on the claim and its parts."""
        for part in self.parts:
            evidence = part.evaluation.evidence
            for name in evidence.live & evidence.sound:
                if evidence.statements[name].stance in stances:
                    yield evidence.statements[name]

    def content_codes(self) -> Iterator[Code]:
        """The codes for what the copy says, whatever the finding."""
        if restrictions.forbids(self.case, self.claim, self.story.printed):
            yield Code.E_RESTRICTED
        members = [self.case.claims[name] for name in (self.claim.id, *self.claim.parts)]
        if self.in_print_as_true and any(claim.needs_context for claim in members):
            yield Code.C_CONTEXT
        relied_on = (self.case.statements[name] for part in self.parts for name in self.relied_on(part).members)
        if any(statement.is_paid for statement in (*relied_on, *self.relies_on)):
            yield Code.C_DISCLOSE

    def judgement_codes(self) -> Iterator[Code]:
        """A judgement may be attributed, but not asserted as fact or debunked, nor come from an unnamed source."""
        yield {
            Mode.ASSERTED: Code.E_ASSERTED_UNVERIFIED,
            Mode.ATTRIBUTED: Code.C_ATTRIBUTE,
            Mode.DEBUNK: Code.E_DEBUNK_NOT_REFUTED,
        }[self.mode]
        voices = (*self.usable_statements(Stance.AFFIRMS), *self.relies_on)
        if (
            self.claim.kind is ClaimKind.OPINION
            and self.in_print_as_true
            and any(self.source(each).unnamed for each in voices)
        ):
            yield Code.E_ANON_OPINION

    def finding_codes(self) -> Iterator[Code]:
        """The codes that the finding raises in this mode."""
        if self.mode is Mode.DEBUNK:
            ripe = self.withdrawn or (self.refuted and self.signoff.signed)
            yield Code.C_LEAD_WITH_FACT if ripe else Code.E_DEBUNK_NOT_REFUTED
            return
        if self.refuted:
            yield Code.E_REFUTED
        if self.withdrawn:
            yield Code.E_WITHDRAWN
        if any(each.finding is FindingValue.SUPERSEDED for each in (self.finding, *self.parts)):
            yield Code.E_SUPERSEDED
        if self.finding.contested and self.finding.finding not in DECIDED_FINDINGS:
            yield Code.C_INCLUDE_DENIAL

    def attribution_codes(self) -> Iterator[Code]:
        """The codes for attributing the claim, or stating it as fact."""
        if self.mode is Mode.ASSERTED and self.open:
            yield Code.E_ASSERTED_UNVERIFIED
        if self.mode is Mode.ASSERTED and self.verified and self.finding.contested and self.rests_on_testimony():
            yield Code.C_ATTRIBUTE
        if self.lacks_origin:
            yield Code.E_NO_ORIGIN
        elif self.mode is Mode.ATTRIBUTED and self.open:
            yield Code.C_ATTRIBUTE
            yield Code.C_NOT_VERIFIED

    @property
    def lacks_origin(self) -> bool:
        """Whether the copy attributes an open claim that has nobody to attribute it to."""
        if self.mode is not Mode.ATTRIBUTED or not self.open:
            return False
        return any(self.is_open(part) and not self.is_attributable(part) for part in self.parts)

    def rests_on_testimony(self) -> bool:
        """Whether the claim or a part of it rests on testimony rather than on a record or an observation."""
        return any(part.basis in (Basis.CORROBORATION, Basis.ADMISSION) for part in self.parts)

    def is_attributable(self, part: Finding) -> bool:
        """Whether the copy could name or at least describe some origin that is worth something."""
        evidence = part.evaluation.evidence
        for name in part.evaluation.origins.members:
            statement, source = evidence.statements[name], evidence.source(name)
            describable = not source.unnamed or statement.obtained_by is ObtainedBy.EXTERNAL or source.editor_knows
            roots = evidence.standing_roots(name)
            if has_usable_terms(statement) and describable and any(map(evidence.has_credible_source, roots)):
                return True
        return False

    def signoff_codes(self) -> Iterator[Code]:
        """The codes for missing reviews and for an approver who is not independent."""
        decided = self.finding.finding in (FindingValue.VERIFIED, FindingValue.REFUTED)
        if decided and self.mode is not Mode.ATTRIBUTED and not self.signoff.four_eyes:
            yield Code.E_FOUR_EYES
        if not self.signoff.legal:
            yield Code.E_LEGAL
        if not self.signoff.standards and self.mode is Mode.ATTRIBUTED and self.open:
            yield Code.E_SIGNOFF

    def source_codes(self) -> Iterator[Code]:
        """The codes for the stated number of sources and for unnamed sources."""
        if self.overstates_sources:
            yield Code.E_SOURCE_COUNT
        for part in self.parts:
            settled = self.is_verified_and_signed(part) and part.basis is not Basis.CORROBORATION
            relied_on = self.relied_on(part)
            unnamed = [name for name in relied_on.members if self.source(self.case.statements[name]).unnamed]
            if settled or not unnamed:
                continue
            yield Code.C_ANON_EXPLAIN
            identities = {self.case.identity(self.case.statements[name].source) for name in unnamed}
            if len(identities) > relied_on.count_containing(unnamed):
                yield Code.C_SAME_ORIGIN

    # --- what the copy relies on ---

    def relied_on(self, part: Finding) -> Grouping:
        """The groups that the copy relies on: those that affirm, or in a debunk those that deny."""
        return part.evaluation.against if self.mode is Mode.DEBUNK else part.evaluation.independent

    @cached_property
    def overstates_sources(self) -> bool:
        """Whether the copy claims more sources than the persons that it relies on."""
        if self.stated_source_count is None:
            return False
        relied_on = (self.case.statements[name] for part in self.parts for name in self.relied_on(part).members)
        sources = (self.source(statement) for statement in relied_on)
        persons = {self.case.identity(source.id) for source in sources if source.type is SourceType.PERSON}
        return self.stated_source_count > len(persons)
