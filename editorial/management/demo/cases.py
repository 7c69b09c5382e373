"""The demo's cases as they are written down: who works here, what is claimed, who said what, how the copy reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works here; `roles` lead from a role to the desks where it is held, or to `house`."""

    username: str
    name: str
    roles: Mapping[str, list[str]]

    @property
    def first_name(self) -> str:
        """What colleagues call them."""
        return self.name.split()[0]


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
    gains: str = ""
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
    direct: str
    got: str = "us"
    exhibit: str = ""
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Outlets that all pass on one statement about one claim."""

    claim: str
    of: str
    exhibit: str
    rating: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is put to a party, about which claims, with how many hours to answer."""

    to: str
    covers: tuple[str, ...]
    hours: int
    channel: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Somebody learns who an unnamed source is, and tells the vault."""

    source: str
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How the copy uses a claim."""

    claim: str
    mode: str
    central: bool = True
    relies: tuple[str, ...] = ()
    says_sources: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The words of a story at one moment, and how they use claims."""

    headline: str
    body: str
    uses: tuple[Use, ...]


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
    copy: Copy
    repeats: Repeats | None = None
    requests: tuple[Request, ...] = ()
    recognised: tuple[Recognition, ...] = ()


@cache
def journal() -> Case:
    """The report of another paper, and what may be said of it."""
    return _case("journal.yaml")


@cache
def harbour() -> Case:
    """Envelopes in an invented harbour, and two people who must not be named."""
    return _case("harbour.yaml")


@cache
def desks() -> tuple[str, ...]:
    """The names of the desks."""
    return tuple(_read("people.yaml")["desks"])


@cache
def people() -> tuple[Person, ...]:
    """Everybody who works here."""
    return tuple(Person(**person) for person in _read("people.yaml")["people"])


def _case(name: str) -> Case:
    given = _read(name)
    repeats = given.pop("repeats", None)
    return Case(
        sources=tuple(_source(source) for source in given.pop("sources")),
        claims=tuple(Claim(**_listed(claim)) for claim in given.pop("claims")),
        exhibits=tuple(Exhibit(**exhibit) for exhibit in given.pop("exhibits")),
        statements=tuple(Statement(**_listed(statement)) for statement in given.pop("statements")),
        copy=_copy(given.pop("copy")),
        repeats=Repeats(**_listed(repeats)) if repeats else None,
        requests=tuple(Request(**_listed(request)) for request in given.pop("requests", [])),
        recognised=tuple(
            Recognition(source=one["source"], identity=Identity(**one["identity"]))
            for one in given.pop("recognised", [])
        ),
        **given,  # the desk and its people; anything else is a misspelling, and refused
    )


def _source(given: dict[str, Any]) -> Source:
    identity = given.pop("identity", None)
    return Source(identity=Identity(**identity) if identity else None, **_listed(given))


def _copy(given: dict[str, Any]) -> Copy:
    uses = tuple(Use(**_listed(use)) for use in given.pop("uses"))
    return Copy(uses=uses, **given)


def _listed(given: dict[str, Any]) -> dict[str, Any]:
    """The same with lists made tuples, as frozen things have them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _read(name: str) -> dict[str, Any]:
    text = files("editorial.management.demo").joinpath(name).read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read
