"""The demo's script: its people, its cases and its day, read from the YAML files beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from editorial.management.demo.case_data import (  # fmt: skip
    Case,
    Claim,
    ClaimUse,
    DemoUser,
    Exhibit,
    HarbourDay,
    Identity,
    IdentityMatch,
    JournalDay,
    RepeatingOutlets,
    ReplyRequest,
    Source,
    Statement,
    StoryCopy,
)

# Known to everybody, so it opens only a newsroom that runs on one's own machine.
PASSWORD = "proof-before-print"  # noqa: S105


@cache
def journal() -> Case:
    """The report of another paper, and what may be said of it."""
    return _case("journal.yaml")


@cache
def repeats() -> RepeatingOutlets:
    """The forty outlets that pass the report on."""
    return RepeatingOutlets(**_listed(_read("journal.yaml")["repeats"]))


@cache
def harbour() -> Case:
    """Envelopes in an invented harbour, and two people who must not be named."""
    return _case("harbour.yaml")


@cache
def journal_day() -> JournalDay:
    """The day of the Journal's report."""
    given = _read("day.yaml")["journal"]
    given |= {name: _copy(given[name]) for name in ("asserted", "attributed", "corrected")}
    return JournalDay(**_listed(given))


@cache
def harbour_day() -> HarbourDay:
    """The day on which the envelopes are in the paper."""
    given = _read("day.yaml")["harbour"]
    given |= {name: _copy(given[name]) for name in ("two_people", "one_person")}
    return HarbourDay(real_name=Identity(**given.pop("real_name")), **given)


@cache
def desks() -> tuple[str, ...]:
    """The names of the desks."""
    return tuple(_read("people.yaml")["desks"])


@cache
def people() -> tuple[DemoUser, ...]:
    """Everybody who works here."""
    return tuple(DemoUser(**person) for person in _read("people.yaml")["people"])


def _case(name: str) -> Case:
    given = _read(name)
    given.pop("repeats", None)
    return Case(
        sources=tuple(_source(source) for source in given.pop("sources")),
        claims=tuple(Claim(**_listed(claim)) for claim in given.pop("claims")),
        exhibits=tuple(Exhibit(**exhibit) for exhibit in given.pop("exhibits")),
        statements=tuple(Statement(**_listed(statement)) for statement in given.pop("statements")),
        copy=_copy(given.pop("copy")),
        requests=tuple(ReplyRequest(**_listed(request)) for request in given.pop("requests", [])),
        identity_matches=tuple(
            IdentityMatch(source=one["source"], identity=Identity(**one["identity"]))
            for one in given.pop("identity_matches", [])
        ),
        **given,  # the desk and its people; anything else is a misspelling, and refused
    )


def _source(given: dict[str, Any]) -> Source:
    identity = given.pop("identity", None)
    return Source(identity=Identity(**identity) if identity else None, **_listed(given))


def _copy(given: dict[str, Any]) -> StoryCopy:
    uses = tuple(ClaimUse(**_listed(use)) for use in given.pop("uses"))
    return StoryCopy(uses=uses, **given)


def _listed(given: dict[str, Any]) -> dict[str, Any]:
    """The same with lists made tuples, as frozen things have them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _read(name: str) -> dict[str, Any]:
    text = files("editorial.management.demo").joinpath(name).read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read
