"""Evaluation of one use of one claim in a story: the codes it raises (Verification, section 5)."""

from collections.abc import Iterator, Mapping

from editorial.policy.facts import CaseFacts, ClaimUseFacts, SignoffFacts, StatementFacts
from editorial.policy.publication import embargo, replies, signoffs
from editorial.policy.verification.evidence import has_usable_terms
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.independence import Grouping
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import Basis, ClaimKind, Code, FindingValue, Mode, ObtainedBy, ReplyOutcome, SourceType


class UseEvaluation:
    """The evaluation of a use. A compound is evaluated with its members' statements and signatures."""

    def __init__(
        self,
        case: CaseFacts,
        findings: Mapping[str, Finding],
        claim_id: str,
        use: ClaimUseFacts,
        signoffs_by_claim: Mapping[str, SignoffFacts],
        policy: PolicyRules,
    ) -> None:
        self.case = case
        self.policy = policy
        self.claim = case.claims[claim_id]
        self.mode = use.mode
        self.stated_source_count = use.stated_source_count
        self.finding = findings[claim_id]
        self.parts = [findings[name] for name in case.members(claim_id)]
        self.relies_on = [case.statements[name] for name in sorted(use.relies_on)]
        self.signoff = signoffs.combine(case, claim_id, signoffs_by_claim, policy)
        self.risk = replies.risk_of(case, claim_id)
        self.refuted = self.finding.finding is FindingValue.REFUTED
        self.withdrawn = self.finding.finding is FindingValue.WITHDRAWN
        self.verified = self.is_verified_and_signed(self.finding)
        self.open = self.is_open(self.finding)

    def is_verified_and_signed(self, finding: Finding) -> bool:
        """Verified, and signed like this use."""
        return finding.finding is FindingValue.VERIFIED and bool(self.signoff.signed)

    def is_open(self, finding: Finding) -> bool:
        """Neither verified and signed, nor refuted, nor withdrawn."""
        decided = finding.finding in (FindingValue.REFUTED, FindingValue.WITHDRAWN)
        return not decided and not self.is_verified_and_signed(finding)

    def codes(self) -> Iterator[Code]:
        """Yield every code that this use raises; some more than once."""
        if self.mode is Mode.OMITTED:
            return
        yield from self.relies_on_codes()
        yield from self.reply_codes()
        if self.claim.kind is ClaimKind.OPINION:
            yield self.opinion_code()
            return
        yield from self.finding_codes()
        yield from self.attribution_codes()
        yield from self.signoff_codes()
        yield from self.source_codes()

    def relies_on_codes(self) -> Iterator[Code]:
        """The codes that follow from `relies_on` alone."""
        for statement in self.relies_on:
            source = self.case.sources[statement.source]
            if embargo.is_embargoed(statement, self.case.now):
                yield Code.E_EMBARGO
            if not has_usable_terms(statement):
                yield Code.E_LEVEL
            if statement.obtained_by is ObtainedBy.US and source.unnamed and not source.editor_knows:
                yield Code.E_IDENTITY_UNKNOWN
            if not self.is_live(statement):
                yield Code.E_WITHDRAWN

    def is_live(self, statement: StatementFacts) -> bool:
        """Whether a statement on the claim or a member of it is live."""
        finding = next(part for part in self.parts if part.claim == statement.claim)
        return statement.id in finding.evaluation.evidence.live

    def reply_codes(self) -> Iterator[Code]:
        """The codes for the parties' right of reply, and for reporting one of our sources as having declined."""
        for claim_id in dict.fromkeys((self.claim.id, *self.claim.parts)):
            yield from filter(None, replies.reply_codes(self.case, claim_id, self.policy).values())
        claim_ids = {self.claim.id, *self.claim.parts, *self.case.compounds_of.get(self.claim.id, ())}
        silent_respondents = {
            request.respondent_key
            for request in self.case.replies
            if request.outcome in (ReplyOutcome.DECLINED, ReplyOutcome.NO_RESPONSE)
            and not claim_ids.isdisjoint(request.covers)
        }
        if not silent_respondents.isdisjoint(self.unnamed_identities()):
            yield Code.E_FALSE_DECLINE

    def unnamed_identities(self) -> Iterator[str]:
        """Identities of the unnamed sources that count on either side or that the copy relies on."""
        counted = (self.case.statements[name] for part in self.parts for name in part.counted)
        for statement in (*counted, *self.relies_on):
            if self.case.sources[statement.source].unnamed:
                yield self.case.identity(statement.source)

    def opinion_code(self) -> Code:
        """An opinion may be attributed, but neither asserted as fact nor debunked."""
        return {
            Mode.ASSERTED: Code.E_ASSERTED_UNVERIFIED,
            Mode.ATTRIBUTED: Code.C_ATTRIBUTE,
            Mode.DEBUNK: Code.E_DEBUNK_NOT_REFUTED,
        }[self.mode]

    def finding_codes(self) -> Iterator[Code]:
        """The codes that the finding raises in this mode."""
        if embargo.finding_depends_on_embargoed([part.evaluation for part in self.parts], self.case.now):
            yield Code.E_EMBARGO
        if self.mode is Mode.DEBUNK:
            can_debunk = self.withdrawn or (self.refuted and self.signoff.signed)
            yield Code.C_LEAD_WITH_FACT if can_debunk else Code.E_DEBUNK_NOT_REFUTED
        elif self.refuted:
            yield Code.E_REFUTED
        elif self.withdrawn:
            yield Code.E_WITHDRAWN
        elif self.finding.contested:
            yield Code.C_INCLUDE_DENIAL

    def attribution_codes(self) -> Iterator[Code]:
        """The codes for attributing the claim, or stating it as fact."""
        if self.mode is Mode.ASSERTED and self.open:
            yield Code.E_ASSERTED_UNVERIFIED
        if self.mode is Mode.ASSERTED and self.verified and self.finding.contested and self.rests_on_testimony():
            yield Code.C_ATTRIBUTE
        if self.mode is Mode.ATTRIBUTED and self.open:
            if any(self.is_open(part) and not self.attributable(part) for part in self.parts):
                yield Code.E_NO_ORIGIN
            else:
                yield Code.C_ATTRIBUTE
                yield Code.C_NOT_VERIFIED

    def rests_on_testimony(self) -> bool:
        """Whether the claim or a member of it rests on testimony rather than on a record or an observation."""
        return any(part.basis in (Basis.CORROBORATION, Basis.ADMISSION) for part in self.parts)

    def attributable(self, part: Finding) -> bool:
        """Whether the copy could name or at least describe some origin."""
        for name in part.evaluation.origins.members:
            statement = self.case.statements[name]
            source = self.case.sources[statement.source]
            describable = not source.unnamed or statement.obtained_by is ObtainedBy.EXTERNAL or source.editor_knows
            if has_usable_terms(statement) and describable:
                return True
        return False

    def signoff_codes(self) -> Iterator[Code]:
        """The codes for missing reviews and for an approver who is not independent."""
        if (self.verified or self.refuted) and not self.signoff.four_eyes:
            yield Code.E_FOUR_EYES
        if self.policy.rules[self.risk].legal_read and not self.signoff.legal:
            yield Code.E_LEGAL
        standards_missing = self.policy.rules[self.risk].standards_read and not self.signoff.standards
        if standards_missing and self.mode is Mode.ATTRIBUTED and self.open:
            yield Code.E_SIGNOFF

    def source_codes(self) -> Iterator[Code]:
        """The codes for the stated number of sources and for unnamed sources."""
        if self.stated_source_count is not None and self.stated_source_count > len(self.persons_relied_on()):
            yield Code.E_SOURCE_COUNT
        for part in self.parts:
            settled = self.is_verified_and_signed(part) and part.basis is not Basis.CORROBORATION
            unnamed = [name for name in self.relied_on(part).members if self.source_is_unnamed(name)]
            if settled or not unnamed:
                continue
            yield Code.C_ANON_EXPLAIN
            identities = {self.case.identity(self.case.statements[name].source) for name in unnamed}
            if len(identities) > self.relied_on(part).count_containing(unnamed):
                yield Code.C_SAME_ORIGIN

    def relied_on(self, part: Finding) -> Grouping:
        """The groups that the copy relies on: those that affirm, or in a debunk those that deny."""
        return part.evaluation.against if self.mode is Mode.DEBUNK else part.evaluation.independent

    def persons_relied_on(self) -> set[str]:
        """Identities of the persons that the copy relies on."""
        statement_ids = (name for part in self.parts for name in self.relied_on(part).members)
        sources = (self.case.sources[self.case.statements[name].source] for name in statement_ids)
        return {self.case.identity(source.id) for source in sources if source.type is SourceType.PERSON}

    def source_is_unnamed(self, statement_id: str) -> bool:
        """Whether the source of the statement is unnamed."""
        return self.case.sources[self.case.statements[statement_id].source].unnamed
