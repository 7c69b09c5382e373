"""Facts: the records of a scenario, their stated values, and the defaults (section 1)."""

import copy
from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import Any, TypeVar

RISKS = ["routine", "contentious", "serious"]
OPPOSITE = {"affirms": "denies", "denies": "affirms"}

T = TypeVar("T")


def cached(rule: Callable[..., T]) -> Callable[..., T]:
    """Apply a rule once to the same arguments in the same world: the rules are naive and call each other very often."""

    @wraps(rule)
    def asked(world: "World", *about: str) -> T:
        if (rule, about) not in world.said:
            world.said[rule, about] = rule(world, *about)
        return world.said[rule, about]

    return asked


class World:
    """One state of the facts."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.scenario = scenario
        self.claims = {claim["id"]: claim for claim in scenario.get("claims") or []}
        self.sources = {source["id"]: source for source in scenario.get("sources") or []}
        self.statements = {statement["id"]: statement for statement in scenario.get("statements") or []}
        self.relays = [tuple(pair) for pair in scenario.get("relays") or []]
        self.replies = scenario.get("replies") or []
        self.said: dict[Any, Any] = {}

    def but(self, ids: Collection[str], **changes: bool) -> "World":
        """The same facts with some statements changed."""
        scenario = copy.deepcopy(self.scenario)
        for statement in scenario.get("statements") or []:
            if statement["id"] in ids:
                statement.update(changes)
        return World(scenario)

    # Claims

    def parts(self, claim: str) -> list[str]:
        """The parts of a compound; none of any other claim."""
        return self.claims[claim].get("parts") or []

    def whole(self, claim: str) -> list[str]:
        """A claim and its parts."""
        return [claim, *self.parts(claim)]

    def bodies(self, claim: str) -> list[str]:
        """The claims that hold the statements of a claim: its members, or itself."""
        return self.parts(claim) or [claim]

    def compounds_of(self, claim: str) -> list[str]:
        """The compounds that a claim is a part of."""
        return [other for other in self.claims if claim in self.parts(other)]

    def is_opinion(self, claim: str) -> bool:
        """Whether it is an opinion, which has no finding."""
        return (self.claims[claim].get("kind") or "content") == "opinion"

    def own_risk(self, claim: str) -> str:
        """The stated risk, or else that of the whole scenario."""
        return self.claims[claim].get("risk") or self.scenario.get("policy") or "serious"

    def risk(self, claim: str) -> str:
        """A compound is as risky as the riskiest of itself and its members."""
        return max((self.own_risk(one) for one in self.whole(claim)), key=RISKS.index)

    def parties(self, claim: str) -> list[str]:
        """The names of the parties it is adverse to."""
        return self.claims[claim].get("adverse_to") or []

    # Sources. A name need not be recorded: then it is its own identity, without stated values.

    def identity(self, name: str) -> str:
        """The key of the source recorded under that name, or else the name. Names and keys share one space."""
        return self.of(name, "key") or name

    def identities(self, names: Iterable[str | None]) -> set[str]:
        """The identities of several names."""
        return {self.identity(name) for name in names if name is not None}

    def of(self, name: str, field: str) -> Any:
        """A stated value of the source recorded under that name, never pooled with others of its identity."""
        return self.sources.get(name, {}).get(field)

    def type_of(self, name: str) -> str | None:
        """The type of the source; None for an unrecorded name."""
        return self.of(name, "type")

    def self_and_principal(self, name: str) -> set[str]:
        """{self, speaks_for}, as identities."""
        return self.identities([name, self.of(name, "speaks_for")])

    def sides_with_a_party(self, name: str, claim: str) -> bool:
        """Whether it is a party that the claim is adverse to, or the agent of one."""
        return bool(self.self_and_principal(name) & self.identities(self.parties(claim)))

    def unnamed(self, name: str) -> bool:
        """Whether the source is unnamed."""
        return bool(self.of(name, "unnamed"))

    def known(self, name: str) -> bool:
        """Whether it is named, or an editor knows it."""
        return not self.unnamed(name) or self.of(name, "editor_knows") is not False

    def reliability(self, name: str) -> str:
        """A to F."""
        return self.of(name, "reliability") or "B"

    def source_gains(self, name: str, claim: str) -> str:
        """Its benefits; parties and their agents gain from disbelief unless otherwise stated."""
        return self.of(name, "benefits_if") or ("disbelieved" if self.sides_with_a_party(name, claim) else "neither")

    # Statements

    def source(self, statement: str) -> str:
        """The record of its source."""
        return self.statements[statement]["source"]

    def speaker(self, statement: str) -> str:
        """The identity of its source."""
        return self.identity(self.source(statement))

    def claim(self, statement: str) -> str:
        """The claim it is about."""
        return self.statements[statement]["claim"]

    def stance(self, statement: str) -> str:
        """Its stance."""
        return self.statements[statement]["stance"]

    def directness(self, statement: str) -> str:
        """Whether it is first-hand, second-hand or relayed."""
        return self.statements[statement]["directness"]

    def first_hand(self, statement: str) -> bool:
        """Whether it is first-hand."""
        return self.directness(statement) == "first_hand"

    def got_by_us(self, statement: str) -> bool:
        """Whether it was said to us, not to another newsroom."""
        return (self.statements[statement].get("obtained_by") or "us") == "us"

    def terms(self, statement: str) -> str:
        """Its terms."""
        assumed = "background" if self.unnamed(self.source(statement)) else "on_record"
        return self.statements[statement].get("terms") or assumed

    def quotable(self, statement: str) -> bool:
        """Whether its terms allow publication."""
        return self.terms(statement) in ("on_record", "background")

    def briefing(self, statement: str) -> str | None:
        """Its briefing, call or release."""
        return self.statements[statement].get("briefing")

    def statement_gains(self, statement: str) -> str:
        """The benefits stated of the statement, or else of its source."""
        stated = self.statements[statement].get("benefits_if")
        return stated or self.source_gains(self.source(statement), self.claim(statement))

    def taken_back(self, statement: str) -> bool:
        """Whether it was withdrawn or retracted."""
        fields = self.statements[statement]
        return bool(fields.get("withdrawn") or fields.get("retracted"))

    def on(self, claim: str, *stances: str) -> list[str]:
        """The statements on a claim, of these stances if any are given."""
        about = [name for name in self.statements if self.claim(name) == claim]
        return [name for name in about if not stances or self.stance(name) in stances]
