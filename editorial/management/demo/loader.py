"""Loads the demo's users, cases and day from the YAML files beside this module."""

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

# Public, so it protects only a newsroom on a private machine.
PASSWORD = "proof-before-print"  # noqa: S105


@cache
def journal() -> Case:
    """The other paper's report, and what may be said about it."""
    return _case("journal.yaml")


@cache
def repeats() -> RepeatingOutlets:
    """The forty outlets that repeat the report."""
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
    """The day on which the harbour story runs."""
    given = _read("day.yaml")["harbour"]
    given |= {name: _copy(given[name]) for name in ("two_people", "one_person")}
    return HarbourDay(real_name=Identity(**given.pop("real_name")), **given)


@cache
def desks() -> tuple[str, ...]:
    return tuple(_read("people.yaml")["desks"])


@cache
def people() -> tuple[DemoUser, ...]:
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
        **given,  # the desk and its staff; an unknown key is an error
    )


def _source(given: dict[str, Any]) -> Source:
    identity = given.pop("identity", None)
    return Source(identity=Identity(**identity) if identity else None, **_listed(given))


def _copy(given: dict[str, Any]) -> StoryCopy:
    uses = tuple(ClaimUse(**_listed(use)) for use in given.pop("uses"))
    return StoryCopy(uses=uses, **given)


def _listed(given: dict[str, Any]) -> dict[str, Any]:
    """Convert lists to tuples, as frozen dataclasses need."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _read(name: str) -> dict[str, Any]:
    text = files("editorial.management.demo").joinpath(name).read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read
