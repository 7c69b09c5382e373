"""The demo's data: staff, claims, statements and copy."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

ALL_DESKS = "all_desks"


class Data(BaseModel):
    """Data from a YAML file, where an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoUser(Data):
    """A member of staff; `roles` maps a role to its desks, or to `all_desks`."""

    username: str
    name: str
    roles: Mapping[str, list[str]]


class Identity(Data):
    """The identity of an unnamed source. It goes into the vault and is shown nowhere."""

    name: str = Field(repr=False)
    known_by: str = Field(repr=False)


class Source(Data):
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


class Claim(Data):
    """A proposition. With `parts` (id → text) it is their compound."""

    id: str
    text: str
    kind: str = "content"
    risk: str = "serious"
    adverse_to: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    parts: Mapping[str, str] = {}


class Exhibit(Data):
    id: str
    title: str
    text: str


class Statement(Data):
    """What a source says about a claim; `repeats` names the statements that it repeats."""

    id: str
    source: str
    claim: str
    stance: str
    directness: str
    obtained_by: str = "us"
    exhibit: str = ""
    repeats: tuple[str, ...] = ()
    reply_request: str = ""


class RepeatingOutlets(Data):
    """Outlets that all repeat one statement about one claim."""

    claim: str
    of: str
    exhibit: str
    rating: str
    outlets: tuple[str, ...]

    def source(self, outlet: str) -> Source:
        return Source(id=_slug(outlet), type="outlet", name=outlet, rating=self.rating)

    def statement(self, outlet: str, *, credited: bool = True) -> Statement:
        """The outlet's repeat, with its origin if the outlet credits it."""
        return Statement(
            id=f"{_slug(outlet)}-repeats",
            source=_slug(outlet),
            claim=self.claim,
            stance="affirms",
            directness="relayed",
            obtained_by="external",
            exhibit=self.exhibit,
            repeats=(self.of,) if credited else (),
        )


def _slug(outlet: str) -> str:
    return outlet.replace(" ", "-")


class ReplyRequest(Data):
    """A request for comment: to whom, about which claims, with how many hours to answer."""

    to: str
    covers: tuple[str, ...]
    hours: int
    channel: str
    question: str


class IdentityMatch(Data):
    """A match of an unnamed source with an identity in the vault."""

    source: str
    identity: Identity


class ClaimUse(Data):
    claim: str
    mode: str
    central: bool = True
    relies_on: tuple[str, ...] = ()
    stated_source_count: int | None = None


class StoryCopy(Data):
    id: str = "story"
    headline: str
    body: str
    uses: tuple[ClaimUse, ...]


class Case(Data):
    desk: str
    reporter: str
    fact_checker: str
    editor: str
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    exhibits: tuple[Exhibit, ...]
    statements: tuple[Statement, ...]
    story: StoryCopy
    repeats: RepeatingOutlets | None = None
    requests: tuple[ReplyRequest, ...] = ()
    identity_matches: tuple[IdentityMatch, ...] = ()

    def source(self, name: str) -> Source:
        return next(source for source in self.sources if source.id == name)

    def claim(self, name: str) -> Claim:
        return next(claim for claim in self.claims if claim.id == name)

    def statement(self, name: str) -> Statement:
        return next(statement for statement in self.statements if statement.id == name)


class JournalDay(Data):
    """The requests and copy of the Journal story's day. `unattributed`: the outlets that do not credit their source."""

    unattributed: tuple[str, ...]
    requests: Mapping[str, Mapping[str, str]]
    asserted: StoryCopy
    quoted: StoryCopy
    attributed: StoryCopy
    corrected: StoryCopy
    update: str


class HarbourDay(Data):
    """The requests and copy of the harbour story's day, and the caller's identity."""

    requests: Mapping[str, Mapping[str, str]]
    vouched: str
    real_name: Identity
    two_people: StoryCopy
    one_person: StoryCopy
    correction: str
