"""One use of one claim in a story, and every code that it yields (Verification, section 5)."""

from collections.abc import Iterator, Mapping

from editorial.policy.facts import CaseFacts, ClaimUseFacts, SignoffFacts, StatementFacts
from editorial.policy.publication import embargo, replies
from editorial.policy.review import signoffs
from editorial.policy.verification.evidence import usable
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.independence import Grouping
from editorial.policy.verification.thresholds import Policy
from editorial.policy.vocabulary import (
    Basis,
    ClaimKind,
    Code,
    FindingValue,
    Got,
    Mode,
    Outcome,
    SourceType,
)


class Use:
    """A use to be judged. A compound is judged with the statements and the signatures of its parts."""

    def __init__(
        self,
        case: CaseFacts,
        findings: Mapping[str, Finding],
        claim_id: str,
        use: ClaimUseFacts,
        signed: Mapping[str, SignoffFacts],
        policy: Policy,
    ) -> None:
        self.case = case
        self.policy = policy
        self.claim = case.claims[claim_id]
        self.mode = use.mode
        self.says_sources = use.says_sources
        self.finding = findings[claim_id]
        self.parts = [findings[name] for name in case.members(claim_id)]
        self.relies = [case.statements[name] for name in sorted(use.relies)]
        self.signoff = signoffs.combined(case, claim_id, signed, policy)
        self.risk = replies.risk_of(case, claim_id)
        self.refuted = self.finding.finding is FindingValue.REFUTED
        self.withdrawn = self.finding.finding is FindingValue.WITHDRAWN
        self.verified = self.certain(self.finding)
        self.open = self.is_open(self.finding)

    def certain(self, finding: Finding) -> bool:
        """Verified, and signed as this use is."""
        return finding.finding is FindingValue.VERIFIED and bool(self.signoff.signed)

    def is_open(self, finding: Finding) -> bool:
        """Neither verified and signed, nor refuted, nor withdrawn."""
        decided = finding.finding in (FindingValue.REFUTED, FindingValue.WITHDRAWN)
        return not decided and not self.certain(finding)

    def codes(self) -> Iterator[Code]:
        """Every code that this use yields; some come more than once."""
        if self.mode is Mode.OMITTED:
            return
        yield from self.about_what_it_leans_on()
        yield from self.about_replies()
        if self.claim.kind is ClaimKind.OPINION:
            yield self.about_an_opinion()
            return
        yield from self.about_the_finding()
        yield from self.about_attribution()
        yield from self.about_signatures()
        yield from self.about_who_counts()

    def about_what_it_leans_on(self) -> Iterator[Code]:
        """The codes that follow from `relies` alone."""
        for statement in self.relies:
            source = self.case.sources[statement.source]
            if embargo.binds(statement, self.case.now):
                yield Code.E_EMBARGO
            if not usable(statement):
                yield Code.E_LEVEL
            if statement.got is Got.US and source.unnamed and not source.editor_knows:
                yield Code.E_IDENTITY_UNKNOWN
            if not self.is_live(statement):
                yield Code.E_WITHDRAWN

    def is_live(self, statement: StatementFacts) -> bool:
        """Whether a statement on the claim or a part of it still stands."""
        on = next(part for part in self.parts if part.claim == statement.claim)
        return statement.id in on.weighing.evidence.live

    def about_replies(self) -> Iterator[Code]:
        """What is owed to the parties, and whether one of our sources would be said to have declined."""
        for claim_id in dict.fromkeys((self.claim.id, *self.claim.parts)):
            yield from filter(None, replies.owed(self.case, claim_id, self.policy).values())
        about = {self.claim.id, *self.claim.parts, *self.case.compounds_of.get(self.claim.id, ())}
        silent = {
            request.respondent_key
            for request in self.case.replies
            if request.outcome in (Outcome.DECLINED, Outcome.NO_RESPONSE) and not about.isdisjoint(request.covers)
        }
        if not silent.isdisjoint(self.masks()):
            yield Code.E_FALSE_DECLINE

    def masks(self) -> Iterator[str]:
        """The identities of the unnamed sources that count on either side or that the copy leans on."""
        counted = (self.case.statements[name] for part in self.parts for name in part.counted)
        for statement in (*counted, *self.relies):
            if self.case.sources[statement.source].unnamed:
                yield self.case.identity(statement.source)

    def about_an_opinion(self) -> Code:
        """An opinion is nobody's fact: it may be attributed, and there is nothing in it to debunk."""
        return {
            Mode.ASSERTED: Code.E_ASSERTED_UNVERIFIED,
            Mode.ATTRIBUTED: Code.C_ATTRIBUTE,
            Mode.DEBUNK: Code.E_DEBUNK_NOT_REFUTED,
        }[self.mode]

    def about_the_finding(self) -> Iterator[Code]:
        """What the finding lets this mode do."""
        if embargo.decides([part.weighing for part in self.parts], self.case.now):
            yield Code.E_EMBARGO
        if self.mode is Mode.DEBUNK:
            ripe = self.withdrawn or (self.refuted and self.signoff.signed)
            yield Code.C_LEAD_WITH_FACT if ripe else Code.E_DEBUNK_NOT_REFUTED
        elif self.refuted:
            yield Code.E_REFUTED
        elif self.withdrawn:
            yield Code.E_WITHDRAWN
        elif self.finding.contested:
            yield Code.C_INCLUDE_DENIAL

    def about_attribution(self) -> Iterator[Code]:
        """To whom the copy credits the claim, and whether it may state it as a fact."""
        if self.mode is Mode.ASSERTED and self.open:
            yield Code.E_ASSERTED_UNVERIFIED
        if self.mode is Mode.ASSERTED and self.verified and self.finding.contested and self.on_words_alone():
            yield Code.C_ATTRIBUTE
        if self.mode is Mode.ATTRIBUTED and self.open:
            if any(self.is_open(part) and not self.attributable(part) for part in self.parts):
                yield Code.E_NO_ORIGIN
            else:
                yield Code.C_ATTRIBUTE
                yield Code.C_NOT_VERIFIED

    def on_words_alone(self) -> bool:
        """Whether the claim, or a part of it, stands on what people say and on no record or observation."""
        return any(part.basis in (Basis.CORROBORATION, Basis.ADMISSION) for part in self.parts)

    def attributable(self, part: Finding) -> bool:
        """Whether the copy could say of some origin who it is, or at least what."""
        for name in part.weighing.origins.members:
            statement = self.case.statements[name]
            source = self.case.sources[statement.source]
            describable = not source.unnamed or statement.got is Got.EXTERNAL or source.editor_knows
            if usable(statement) and describable:
                return True
        return False

    def about_signatures(self) -> Iterator[Code]:
        """Who has to have read it, and who may not have approved it."""
        if (self.verified or self.refuted) and not self.signoff.four_eyes:
            yield Code.E_FOUR_EYES
        if self.policy.legal_read(self.risk) and not self.signoff.legal:
            yield Code.E_LEGAL
        wanted = self.policy.standards_read(self.risk) and not self.signoff.standards
        if wanted and self.mode is Mode.ATTRIBUTED and self.open:
            yield Code.E_SIGNOFF

    def about_who_counts(self) -> Iterator[Code]:
        """How many people the copy says it has, and what it owes its readers about those it does not name."""
        if self.says_sources is not None and self.says_sources > len(self.people()):
            yield Code.E_SOURCE_COUNT
        for part in self.parts:
            alone = self.certain(part) and part.basis is not Basis.CORROBORATION
            unnamed = [name for name in self.relied_on(part).members if self.source_is_unnamed(name)]
            if alone or not unnamed:
                continue
            yield Code.C_ANON_EXPLAIN
            masks = {self.case.identity(self.case.statements[name].source) for name in unnamed}
            if len(masks) > self.relied_on(part).holding(unnamed):
                yield Code.C_SAME_ORIGIN

    def relied_on(self, part: Finding) -> Grouping:
        """The groups the copy stands on: those who affirm, or in a debunk those who deny."""
        return part.weighing.against if self.mode is Mode.DEBUNK else part.weighing.independent

    def people(self) -> set[str]:
        """The identities of the persons relied on."""
        relied = (name for part in self.parts for name in self.relied_on(part).members)
        sources = (self.case.sources[self.case.statements[name].source] for name in relied)
        return {self.case.identity(source.id) for source in sources if source.type is SourceType.PERSON}

    def source_is_unnamed(self, statement_id: str) -> bool:
        """Whether whoever says it is not named."""
        return self.case.sources[self.case.statements[statement_id].source].unnamed
