"""Loads the demo's users, cases and day from the YAML files beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from editorial.management.demo.case_data import Case, DemoUser, HarbourDay, JournalDay, RepeatingOutlets

# Public, so it protects only a newsroom on a private machine.
PASSWORD = "proof-before-print"  # noqa: S105


@cache
def journal() -> Case:
    """The other paper's report, and what may be said about it."""
    return Case.model_validate(_read("journal.yaml"))


def repeats() -> RepeatingOutlets:
    """The forty outlets that repeat the report."""
    outlets = journal().repeats
    assert outlets is not None  # noqa: S101 - journal.yaml has them
    return outlets


@cache
def harbour() -> Case:
    """Envelopes in an invented harbour, and two people who must not be named."""
    return Case.model_validate(_read("harbour.yaml"))


@cache
def journal_day() -> JournalDay:
    return JournalDay.model_validate(_read("day.yaml")["journal"])


@cache
def harbour_day() -> HarbourDay:
    return HarbourDay.model_validate(_read("day.yaml")["harbour"])


@cache
def desks() -> tuple[str, ...]:
    return tuple(_read("people.yaml")["desks"])


@cache
def people() -> tuple[DemoUser, ...]:
    return tuple(DemoUser(**person) for person in _read("people.yaml")["people"])


def _read(name: str) -> dict[str, Any]:
    text = files("editorial.management.demo").joinpath(name).read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
