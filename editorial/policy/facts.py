"""Facts: everything that policy may use, as plain values.

Ids and names are opaque strings; a source's real name is never among the facts. Field names are those of
docs/reference/verification.md, section 1. Facts are valid: the database or the scenario loader has checked them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from editorial.policy.vocabulary import (
    Authenticity,
    BenefitsIf,
    ClaimKind,
    Directness,
    Ending,
    FindingValue,
    Inducement,
    Mode,
    ObtainedBy,
    Reliability,
    ReplyOutcome,
    RestrictionKind,
    ReviewProgress,
    Risk,
    SourceType,
    Stance,
    Terms,
    Translation,
)

UNKNOWN = "unknown"
"""The informant of a statement that names none; never a registered source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionFacts:
    """A ban on publishing a claim. `until` has a time zone; None means until it is lifted."""

    kind: RestrictionKind
    until: datetime | None = None

    def is_in_force(self, now: datetime | None) -> bool:
        """Whether the claim may not be published now. Without a clock every restriction is in force."""
        return self.until is None or now is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """One atomic proposition, or a compound of `parts`. `adverse_to`: the parties with a right of reply.

    `carries`: the claims that an utterance passes on. `needs_context`: true, but misleading on its own.
    """

    id: str
    kind: ClaimKind = ClaimKind.CONTENT
    risk: Risk = Risk.SERIOUS
    adverse_to: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    restrictions: tuple[RestrictionFacts, ...] = ()
    needs_context: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """A source. `key` is an opaque token: equal tokens are one person.

    A `reliability` of None means that the source is not rated yet; it counts like F.
    """

    id: str
    type: SourceType
    reliability: Reliability | None = Reliability.B
    unnamed: bool = False
    key: str | None = None
    editor_knows: bool = True
    org: str | None = None
    speaks_for: str | None = None
    parent: str | None = None
    benefits_if: BenefitsIf | None = None
    camp: str | None = None
    author: str | None = None
    issuer: str | None = None
    authenticity: Authenticity = Authenticity.UNKNOWN
    establishes: frozenset[str] = frozenset()
    contradicts: frozenset[str] = frozenset()

    @property
    def is_document(self) -> bool:
        """Whether the source is a document."""
        return self.type is SourceType.DOCUMENT

    @property
    def has_authenticity(self) -> bool:
        """Whether the source is of a type that can be authenticated: a document or an observation of ours."""
        return self.type in (SourceType.DOCUMENT, SourceType.OBSERVATION)

    @property
    def authenticated(self) -> bool:
        """Whether it has been checked and found genuine."""
        return self.has_authenticity and self.authenticity is Authenticity.GENUINE

    @property
    def is_fake(self) -> bool:
        """Whether it has been checked and found altered, forged, satire or made by a machine."""
        return self.has_authenticity and self.authenticity not in (Authenticity.UNKNOWN, Authenticity.GENUINE)

    @property
    def is_unproven_document(self) -> bool:
        """Whether it is a document that is not authenticated."""
        return self.is_document and not self.authenticated

    @property
    def is_unknown_to_editors(self) -> bool:
        """Whether it is an unnamed source whose identity no editor knows."""
        return self.unnamed and not self.editor_knows


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """What one source says about one claim. `terms` has no default here: see `vocabulary.default_terms`.

    `embargo_until` has a time zone. `ended`: how it ended, if it did. `collector_conflict`: the colleague who recorded
    it has a stake in it. `archived`: a copy exists; only the agenda uses it.
    """

    id: str
    source: str
    claim: str
    stance: Stance
    directness: Directness
    terms: Terms
    informant: str = UNKNOWN
    obtained_by: ObtainedBy = ObtainedBy.US
    briefing: str | None = None
    benefits_if: BenefitsIf | None = None
    embargo_until: datetime | None = None
    ended: Ending | None = None
    inducement: Inducement | None = None
    collector_conflict: bool = False
    translation: Translation | None = None
    archived: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether the source was paid for the statement."""
        return self.inducement is Inducement.PAID

    @property
    def is_coerced(self) -> bool:
        """Whether the source was coerced."""
        return self.inducement is Inducement.COERCED


@dataclass(frozen=True, slots=True)
class RelayFacts:
    """The `derived` statement repeats the `origin`: same claim, same stance, never first-hand."""

    derived: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequestFacts:
    """A request for comment. `hours`: from sending to the deadline.

    `specific`: it put the allegation itself, not only the topic. `reason`: why the window was short or the request was
    waived.
    """

    to: str
    covers: frozenset[str]
    outcome: ReplyOutcome
    hours: float = 0
    deadline_passed: bool = True
    specific: bool = True
    reason: str = ""
    respondent_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimUseFacts:
    """How a story uses one claim. `relies_on`: statements that the copy openly relies on beyond those counted."""

    mode: Mode
    central: bool = True
    relies_on: frozenset[str] = frozenset()
    stated_source_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignoffFacts:
    """The signatures on a claim; by default none.

    `four_eyes` is false if the approver wrote the story, collected counted evidence or proposed the finding.
    `signed`: whether the finding is signed. None derives it as scenarios do: signed, unless `four_eyes` is false, or
    the policy requires a standards review for that risk and `standards` is false.
    """

    legal: bool = False
    standards: bool = False
    four_eyes: bool = True
    signed: bool | None = None


UNSIGNED = SignoffFacts(signed=False)
"""The sign-off of a claim that nobody has signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFacts:
    """A story for the gate: claim id → use, and claim id → sign-off (absent means unsigned).

    `stated_source_counts`: of claims that the story only carries.
    """

    uses: Mapping[str, ClaimUseFacts] = field(default_factory=dict)
    stated_source_counts: Mapping[str, int] = field(default_factory=dict)
    signoffs: Mapping[str, SignoffFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFacts:
    """A use as published; `finding` is None if it was published as a judgement.

    `stated_source_count`: how many sources the copy claimed to have.
    """

    mode: Mode
    finding: FindingValue | None
    central: bool = True
    contested: bool = False
    stated_source_count: int | None = None


@dataclass(frozen=True)
class CaseFacts:
    """All facts about some claims, by id. `now` has a time zone; None if nothing needs a clock."""

    claims: Mapping[str, ClaimFacts] = field(default_factory=dict)
    sources: Mapping[str, SourceFacts] = field(default_factory=dict)
    statements: Mapping[str, StatementFacts] = field(default_factory=dict)
    relays: tuple[RelayFacts, ...] = ()
    replies: tuple[ReplyRequestFacts, ...] = ()
    tasks: Mapping[str, ReviewProgress] = field(default_factory=dict)
    now: datetime | None = None

    @classmethod
    def of(
        cls,
        *,
        claims: Iterable[ClaimFacts] = (),
        sources: Iterable[SourceFacts] = (),
        statements: Iterable[StatementFacts] = (),
        relays: Iterable[RelayFacts] = (),
        replies: Iterable[ReplyRequestFacts] = (),
        tasks: Mapping[str, ReviewProgress] = MappingProxyType({}),
        now: datetime | None = None,
    ) -> "CaseFacts":
        """Build a case from items in any order."""
        return cls(
            claims={claim.id: claim for claim in claims},
            sources={source.id: source for source in sources},
            statements={statement.id: statement for statement in statements},
            relays=tuple(relays),
            replies=tuple(replies),
            tasks=dict(tasks),
            now=now,
        )

    @cached_property
    def statements_on(self) -> Mapping[str, list[StatementFacts]]:
        """Claim id → the statements recorded on it."""
        by_claim: dict[str, list[StatementFacts]] = {claim: [] for claim in self.claims}
        for statement in self.statements.values():
            by_claim.setdefault(statement.claim, []).append(statement)
        return by_claim

    @cached_property
    def relayed_origins(self) -> Mapping[str, list[str]]:
        """Statement id → the ids of the statements that it repeats, each once."""
        by_derived: dict[str, dict[str, None]] = {}
        for relay in self.relays:
            by_derived.setdefault(relay.derived, {})[relay.origin] = None
        return {derived: list(origins) for derived, origins in by_derived.items()}

    @cached_property
    def compounds_of(self) -> Mapping[str, list[str]]:
        """Claim id → the compounds that it is part of."""
        by_member: dict[str, list[str]] = {}
        for claim in self.claims.values():
            for part in claim.parts:
                by_member.setdefault(part, []).append(claim.id)
        return by_member

    @cached_property
    def tied_identities(self) -> frozenset[str]:
        """Identities that a source names as its principal, owner, author or issuer."""
        return frozenset(
            self.identity(name)
            for source in self.sources.values()
            for name in (source.speaks_for, source.parent, source.author, source.issuer)
            if name
        )

    def members(self, claim_id: str) -> tuple[str, ...]:
        """The claims on which statements about this one are recorded: its parts, or itself."""
        return self.claims[claim_id].parts or (claim_id,)

    def around(self, claim_id: str) -> "CaseFacts":
        """The case of this claim alone: its parts, the compounds that it is part of, and the parts of those."""
        compounds = (claim_id, *self.compounds_of.get(claim_id, ()))
        names = {name for compound in compounds for name in (compound, *self.claims[compound].parts)}
        statements = {said.id: said for name in names for said in self.statements_on.get(name, ())}
        return replace(
            self,
            claims={name: claim for name, claim in self.claims.items() if name in names},
            statements=statements,
            relays=tuple(relay for relay in self.relays if relay.derived in statements),
            replies=tuple(reply for reply in self.replies if not names.isdisjoint(reply.covers)),
            tasks={name: progress for name, progress in self.tasks.items() if name in names},
        )

    def identity(self, name: str) -> str:
        """The identity behind a name: the source's token if it has one, else the name itself (section 2)."""
        source = self.sources.get(name)
        return source.key or name if source else name
