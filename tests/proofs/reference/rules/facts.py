"""Facts: the records of a scenario, their stated values, and the defaults (section 1)."""

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
    """One state of the facts. Some sentences of the page ask about another state than the recorded one.

    In some of them nobody says both: the words of one identity on both sides leave each other alone. `in_fact` is the
    state that "in fact" refers to.
    """

    def __init__(self, scenario: dict[str, Any], *, says_both: bool = True, in_fact: "World | None" = None) -> None:
        self.scenario = scenario
        self.says_both = says_both
        self.in_fact = in_fact or self
        self.claims = {claim["id"]: claim for claim in scenario.get("claims") or []}
        self.sources = {source["id"]: source for source in scenario.get("sources") or []}
        self.statements = {statement["id"]: statement for statement in scenario.get("statements") or []}
        self.relays = [tuple(pair) for pair in scenario.get("relays") or []]
        self.replies = scenario.get("replies") or []
        self.said: dict[Any, Any] = {}

    def ending(self, ids: Collection[str], how: str | None) -> "World":
        """The same facts, but some statements have ended in this way, or not at all."""
        statements = [
            statement | {"ended": how} if statement["id"] in ids else statement
            for statement in self.scenario.get("statements") or []
        ]
        return World(self.scenario | {"statements": statements}, says_both=self.says_both)

    @cached
    def if_nobody_said_both(self) -> "World":
        """The same facts, judged as if nobody, speaker or informant, said both."""
        return World(self.scenario, says_both=False)

    @cached
    def if_nothing_had_ended(self) -> "World":
        """The same facts, but no statement has ended."""
        return self.ending(self.statements.keys(), None)

    @cached
    def of_ghosts(self) -> "World":
        """The hypothetical of ghosts: no statement has ended, and nobody says both."""
        return World(self.if_nothing_had_ended().scenario, says_both=False, in_fact=self)

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

    def kind(self, claim: str) -> str:
        """Its kind: content unless stated."""
        return self.claims[claim].get("kind") or "content"

    def is_judgement(self, claim: str) -> bool:
        """Whether it is an opinion or a forecast, which have no finding."""
        return self.kind(claim) in ("opinion", "forecast")

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

    def is_party_or_agent(self, name: str, claim: str) -> bool:
        """Whether it is a party that the claim is adverse to, or the agent of one."""
        return bool(self.self_and_principal(name) & self.identities(self.parties(claim)))

    def is_document(self, name: str) -> bool:
        """Whether it is a document."""
        return self.type_of(name) == "document"

    def authenticity(self, name: str) -> str:
        """What checking has shown; only documents and our own observations are checked."""
        checkable = self.type_of(name) in ("document", "observation")
        return (self.of(name, "authenticity") if checkable else None) or "unknown"

    def authenticated(self, name: str) -> bool:
        """Whether it is genuine."""
        return self.authenticity(name) == "genuine"

    def fake(self, name: str) -> bool:
        """Whether it is altered, forged, satire or made by a machine."""
        return self.authenticity(name) in ("altered", "forged", "satire", "synthetic")

    def unproven(self, name: str) -> bool:
        """Whether it is a document that is not authenticated."""
        return self.is_document(name) and not self.authenticated(name)

    def unnamed(self, name: str) -> bool:
        """Whether the source is unnamed."""
        return bool(self.of(name, "unnamed"))

    def known(self, name: str) -> bool:
        """Whether it is named, or an editor knows it."""
        return not self.unnamed(name) or self.of(name, "editor_knows") is not False

    def reliability(self, name: str) -> str:
        """A to F."""
        return self.of(name, "reliability") or "B"

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

    def ended(self, statement: str) -> str | None:
        """How it ended, if it did."""
        return self.statements[statement].get("ended")

    def paid(self, statement: str) -> bool:
        """Whether its source was paid for it."""
        return self.statements[statement].get("inducement") == "paid"

    def coerced(self, statement: str) -> bool:
        """Whether its source was coerced."""
        return self.statements[statement].get("inducement") == "coerced"

    def relayed_directly(self, statement: str) -> set[str]:
        """The statements that it relays."""
        return {origin for derived, origin in self.relays if derived == statement}

    def on(self, claim: str, *stances: str) -> list[str]:
        """The statements on a claim, of these stances if any are given."""
        about = [name for name in self.statements if self.claim(name) == claim]
        return [name for name in about if not stances or self.stance(name) in stances]
