"""An attempt at a verb, and what the model says of it: on what grounds it is refused, and what it changes if not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.proofs.model.spec.oracle import Oracle
from tests.proofs.model.spec.permissions import Person
from tests.proofs.model.spec.state import LIVE, SIGNED, State

Ground = tuple[str, str]  # the kind of refusal, and the code of its reason
Subject = tuple[str, str, str, bool]  # noun, key, the right that it takes ("": only to see it), whether it is one's own


@dataclass
class Attempt:
    """Somebody does something to a state. `after`: what was seen afterwards, `made`: the id of what was returned."""

    action: Action
    actor: Person | None
    arguments: dict[str, Any]
    state: State = field(repr=False)
    rules: dict[str, Any] = field(repr=False)
    after: State | None = field(default=None, repr=False)
    outcome: Any = None
    sequential: bool = True
    refreshed: set[str] = field(default_factory=set)

    def __getitem__(self, name: str) -> Any:
        return self.arguments.get(name)

    def row(self, table: str, name: str) -> dict[str, Any]:
        """The row that an argument names."""
        return self.state[table][self.arguments[name]]

    def oracle(self, *claims: str) -> Oracle:
        """The rules, asked about these claims as the state has them."""
        return Oracle(self.state, set(claims), self.rules)

    def within(self, state: State) -> Attempt:
        """The same attempt in another state."""
        return Attempt(
            self.action, self.actor, self.arguments, state, self.rules, self.after, self.outcome, self.sequential
        )

    def grounds(self) -> set[Ground]:
        """Every ground on which it has to be refused."""
        grounds: set[Ground] = set()
        for table, key, right, owns in self.action.subjects(self):
            if self.actor is None:
                continue
            desks = {key} if table == "desk" else self.state.desks(table, key) if table != "house" else set()
            if table not in ("desk", "house") and not self.actor.sees(self.state, table, key):
                grounds.add(("NotFound", "NOT_FOUND"))
            elif right and not self.allowed(right, desks, owns):
                grounds.add(("Forbidden", "FORBIDDEN"))
        return grounds | set(self.action.grounds(self))

    def allowed(self, right: str, desks: set[str], owns: bool) -> bool:
        """What docs/roles.md says."""
        if right.startswith("task:"):
            return self.actor.may_take(right.removeprefix("task:"), desks)
        return self.actor.may(right, desks, owns=owns)

    def refresh(self, *claims: str) -> None:
        """The engine finds these anew: their tasks as seen afterwards, stale signatures void, the status cautious."""
        for claim in claims:
            for task in self.after.all("task", claim=claim):
                self.state["task"][task["id"]] = normalized(self.state["task"].get(task["id"]), task)
            oracle = self.oracle(claim)
            finding = oracle.found(claim)
            in_work = {"unverified", "under_investigation", "unverifiable"}
            for signoff in self.state.all("signoff", claim=claim):
                still_in_work = signoff["kind"] != "finding" and {signoff["finding"], finding} <= in_work
                if signoff["state"] in SIGNED and signoff["finding"] != finding and not still_in_work:
                    signoff["state"] = "voided"
            row = self.state["claim"][claim]
            row["status"], row["contested"] = oracle.status(claim), oracle.contested(claim)
            self.refreshed.add(claim)


def normalized(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, Any]:
    """A task as its claim's review leaves it: as it was seen afterwards, but for what people did to it since."""
    was, now = before["state"] if before else None, after["state"]
    if was == now or (was in LIVE and now == "closed") or (was not in LIVE and now == "open"):
        return dict(after)
    people = before if was in LIVE else {"state": "open", "taken_by": None, "lease_until": None}
    return {**after, **{name: people[name] for name in ("state", "taken_by", "lease_until")}}


class Action:
    """A verb of the newsroom, as the model knows it."""

    name = ""  # as docs/roles.md and the record call it
    event_action = ""  # the verb that its event bears, where that is another one
    table = ""  # what it is about, for whoever draws arguments

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        """Arguments that make sense more often than not; None where there is nothing to do it to."""
        raise NotImplementedError

    def subjects(self, a: Attempt) -> list[Subject]:
        """What the actor must be able to see, and what must be allowed there."""
        return [(self.table, a[self.table], self.name, False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        """Why it is refused, whoever asks for it."""
        return iter(())

    def effect(self, a: Attempt) -> None:
        """Change the state."""

    def silent(self, a: Attempt) -> bool:
        """Whether it changes nothing and so leaves no event."""
        return False

    def likely(self, state: State, key: str) -> bool:
        """Whether it could be done to that, the actor apart."""
        return True

    def possible(self, state: State) -> bool:
        """Whether there is anything that it could be done to."""
        return self.table not in state.tables or any(self.likely(state, key) for key in state[self.table])


class Chooser:
    """Draws from what there is; mostly what makes sense, now and then anything."""

    def __init__(self, luck: Random, state: State, people: list[Person], desks: list[str]) -> None:
        self.luck, self.state, self.people, self.desks = luck, state, people, desks

    def pick(self, choices: Any) -> Any:
        """One of them; None of nothing."""
        listed = sorted(choices) if isinstance(choices, set | dict) else list(choices)
        return self.luck.choice(listed) if listed else None

    def usually(self) -> bool:
        """Nine times out of ten."""
        return self.luck.random() < 0.9

    def chance(self, of_ten: int) -> bool:
        """So many times out of ten."""
        return self.luck.random() * 10 < of_ten

    def key(self, table: str, *, likely: Any = None) -> str | None:
        """A row's key; likely ones, nine times out of ten."""
        rows = self.state[table]
        fitting = [key for key in rows if likely is None or likely(key)]
        return self.pick(fitting) if fitting and self.usually() else self.pick(rows)

    def live_claim(self, **like: Any) -> str | None:
        """A claim that is neither dropped nor merged."""
        rows = self.state["claim"]
        return self.key(
            "claim", likely=lambda key: self.state.live(key) and all(rows[key][name] == of for name, of in like.items())
        )

    def person(self, fits: Any) -> Person:
        """Somebody who may, nine times out of ten."""
        able = [person for person in self.people if fits(person)]
        return self.luck.choice(able) if able and self.usually() else self.luck.choice(self.people)

    def actor(self, act: Action, arguments: dict[str, Any], rules: dict[str, Any]) -> Person:
        """Somebody for whom there is no ground of refusal, nine times out of ten, if there is anybody."""
        if not self.usually():
            return self.luck.choice(self.people)
        shuffled = self.shuffled()
        able = (attempt for attempt in shuffled if self.entitled(Attempt(act, attempt, arguments, self.state, rules)))
        return next(able, shuffled[0])

    def shuffled(self) -> list[Person]:
        """Everybody, in any order."""
        return self.luck.sample(self.people, len(self.people))

    def entitled(self, tried: Attempt) -> bool:
        """Whether who tries it sees what it is about, and has the role."""
        return all(self._fits(tried, *subject) for subject in tried.action.subjects(tried))

    def _fits(self, a: Attempt, table: str, key: str, right: str, owns: bool) -> bool:
        if table == "house":
            return a.allowed(right, set(), owns)
        desks = {key} if table == "desk" else self.state.desks(table, key)
        visible = table == "desk" or a.actor.sees(self.state, table, key)
        return visible and (not right or a.allowed(right, desks, owns))
