"""The demo's cases as they are written down: who works here, what is claimed, who said what, how the copy reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALL_DESKS = "all_desks"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """Somebody who works here; `roles` lead from a role to the desks where it is held, or to `all_desks`."""

    username: str
    name: str
    roles: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who an unnamed source is. It is handed to the vault and shown nowhere."""

    name: str = field(repr=False)
    known_by: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who or what speaks. `authenticated` and `vouched` tell how, where somebody has done it."""

    id: str
    type: str
    name: str
    unnamed: bool = False
    identity: Identity | None = None
    vouched: str = ""
    authenticated: str = ""
    rating: str = ""
    org: str = ""
    speaks_for: str = ""
    issuer: str = ""
    benefits_if: str = ""
    establishes: tuple[str, ...] = ()

    @property
    def ties(self) -> dict[str, str]:
        """The other sources it is tied to, by the kind of tie."""
        ties = {"org": self.org, "speaks_for": self.speaks_for, "issuer": self.issuer}
        return {kind: source for kind, source in ties.items() if source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A proposition. Where `parts` are given (id → text) it is their compound."""

    id: str
    text: str
    kind: str = "content"
    risk: str = "serious"
    adverse_to: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """An archived copy, as text."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a source says about a claim; `repeats` names the statements that it passes on."""

    id: str
    source: str
    claim: str
    stance: str
    directness: str
    obtained_by: str = "us"
    exhibit: str = ""
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatingOutlets:
    """Outlets that all pass on one statement about one claim."""

    claim: str
    of: str
    exhibit: str
    rating: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequest:
    """What is put to a party, about which claims, with how many hours to answer."""

    to: str
    covers: tuple[str, ...]
    hours: int
    channel: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityMatch:
    """Somebody learns who an unnamed source is, and tells the vault."""

    source: str
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimUse:
    """How the copy uses a claim."""

    claim: str
    mode: str
    central: bool = True
    relies_on: tuple[str, ...] = ()
    stated_source_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCopy:
    """The words of a story at one moment, and how they use claims."""

    headline: str
    body: str
    uses: tuple[ClaimUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything about one story."""

    desk: str
    reporter: str
    fact_checker: str
    editor: str
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    exhibits: tuple[Exhibit, ...]
    statements: tuple[Statement, ...]
    copy: StoryCopy
    requests: tuple[ReplyRequest, ...] = ()
    identity_matches: tuple[IdentityMatch, ...] = ()

    def source(self, name: str) -> Source:
        """The source of this name."""
        return next(source for source in self.sources if source.id == name)

    def claim(self, name: str) -> Claim:
        """The claim of this name."""
        return next(claim for claim in self.claims if claim.id == name)

    def statement(self, name: str) -> Statement:
        """The statement of this name."""
        return next(statement for statement in self.statements if statement.id == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDay:
    """What is put to the parties and written in the course of the Journal's day."""

    unattributed: tuple[str, ...]
    requests: Mapping[str, Mapping[str, str]]
    asserted: StoryCopy
    attributed: StoryCopy
    corrected: StoryCopy
    update: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HarbourDay:
    """The same of the harbour's, and who the caller proves to be."""

    requests: Mapping[str, Mapping[str, str]]
    vouched: str
    real_name: Identity
    two_people: StoryCopy
    one_person: StoryCopy
    correction: str
