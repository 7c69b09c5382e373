"""Data classes of the demo's cases: staff, claims, statements and copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALL_DESKS = "all_desks"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """A member of staff; `roles` maps a role to its desks, or to `all_desks`."""

    username: str
    name: str
    roles: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The identity of an unnamed source. It goes into the vault and is shown nowhere."""

    name: str = field(repr=False)
    known_by: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source. `authenticated` and `vouched` give the reason, if it is."""

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
        """The sources it is tied to, by kind of tie."""
        ties = {"org": self.org, "speaks_for": self.speaks_for, "issuer": self.issuer}
        return {kind: source for kind, source in ties.items() if source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A proposition. With `parts` (id → text) it is their compound."""

    id: str
    text: str
    kind: str = "content"
    risk: str = "serious"
    adverse_to: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a source says about a claim; `repeats` names the statements that it repeats."""

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
    """Outlets that all repeat one statement about one claim."""

    claim: str
    of: str
    exhibit: str
    rating: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequest:
    """A request for comment: to whom, about which claims, with how many hours to answer."""

    to: str
    covers: tuple[str, ...]
    hours: int
    channel: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityMatch:
    """A match of an unnamed source with an identity in the vault."""

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
    """A version of a story's copy, with its claim uses."""

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
        return next(source for source in self.sources if source.id == name)

    def claim(self, name: str) -> Claim:
        return next(claim for claim in self.claims if claim.id == name)

    def statement(self, name: str) -> Statement:
        return next(statement for statement in self.statements if statement.id == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDay:
    """The requests and copy of the Journal story's day."""

    unattributed: tuple[str, ...]
    requests: Mapping[str, Mapping[str, str]]
    asserted: StoryCopy
    attributed: StoryCopy
    corrected: StoryCopy
    update: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HarbourDay:
    """The requests and copy of the harbour story's day, and the caller's identity."""

    requests: Mapping[str, Mapping[str, str]]
    vouched: str
    real_name: Identity
    two_people: StoryCopy
    one_person: StoryCopy
    correction: str
