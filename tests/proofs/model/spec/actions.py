"""An attempt at an action, and the model's prediction: the grounds for refusal, or the changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.proofs.model.spec.oracle import Oracle
from tests.proofs.model.spec.permissions import Person
from tests.proofs.model.spec.state import LIVE, SIGNED, State

Ground = tuple[str, str]  # the kind of refusal, and the code of its reason
Subject = tuple[str, str, str, bool]  # table, key, required permission ("": only visibility), ownership


@dataclass
class Attempt:
    """An actor's action on a state. `after`: the state read afterwards, `made`: the id of the result."""

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
        """The rules, applied to these claims in this state."""
        return Oracle(self.state, set(claims), self.rules)

    def within(self, state: State) -> Attempt:
        """The same attempt in another state."""
        return Attempt(
            self.action, self.actor, self.arguments, state, self.rules, self.after, self.outcome, self.sequential
        )

    def grounds(self) -> set[Ground]:
        """Every ground for refusal."""
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
        """The permission according to docs/reference/roles.md."""
        if right.startswith("task:"):
            return self.actor.may_take(right.removeprefix("task:"), desks)
        return self.actor.may(right, desks, owns=owns)

    def refresh(self, *claims: str) -> None:
        """Claims are reassessed: tasks as read afterwards, stale signatures void, the status cautious."""
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
    """A task after its claim's reassessment: as read afterwards, except for what users did to it since."""
    was, now = before["state"] if before else None, after["state"]
    if was == now or (was in LIVE and now == "closed") or (was not in LIVE and now == "open"):
        return dict(after)
    people = before if was in LIVE else {"state": "open", "taken_by": None, "lease_until": None}
    return {**after, **{name: people[name] for name in ("state", "taken_by", "lease_until")}}


class Action:
    """An action of the newsroom, as the model knows it."""

    name = ""  # its name in docs/reference/roles.md and the audit log
    event_action = ""  # the action of its event, if that is another one
    table = ""  # the table of its object, for the drawing of arguments

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        """Mostly plausible arguments; None without an object to act on."""
        raise NotImplementedError

    def subjects(self, a: Attempt) -> list[Subject]:
        """The objects that the actor must see, with the required permissions."""
        return [(self.table, a[self.table], self.name, False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        """The grounds for refusal that hold for every actor."""
        return iter(())

    def effect(self, a: Attempt) -> None:
        """Change the state."""

    def silent(self, a: Attempt) -> bool:
        """Whether it changes nothing and therefore leaves no event."""
        return False

    def likely(self, state: State, key: str) -> bool:
        """Whether it could be done to this object, the actor apart."""
        return True

    def possible(self, state: State) -> bool:
        """Whether there is an object that it could be done to."""
        return self.table not in state.tables or any(self.likely(state, key) for key in state[self.table])


class Chooser:
    """Draws from the state; mostly plausible choices, sometimes any."""

    def __init__(self, luck: Random, state: State, people: list[Person], desks: list[str]) -> None:
        self.luck, self.state, self.people, self.desks = luck, state, people, desks

    def pick(self, choices: Any) -> Any:
        """One of them; None of an empty list."""
        listed = sorted(choices) if isinstance(choices, set | dict) else list(choices)
        return self.luck.choice(listed) if listed else None

    def usually(self) -> bool:
        """True nine times out of ten."""
        return self.luck.random() < 0.9

    def chance(self, of_ten: int) -> bool:
        """True this many times out of ten."""
        return self.luck.random() * 10 < of_ten

    def key(self, table: str, *, likely: Any = None) -> str | None:
        """A row's key; a likely one nine times out of ten."""
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
        """A permitted user, nine times out of ten."""
        able = [person for person in self.people if fits(person)]
        return self.luck.choice(able) if able and self.usually() else self.luck.choice(self.people)

    def actor(self, act: Action, arguments: dict[str, Any], rules: dict[str, Any]) -> Person:
        """A user without a ground for refusal, nine times out of ten, if there is one."""
        if not self.usually():
            return self.luck.choice(self.people)
        shuffled = self.shuffled()
        able = (attempt for attempt in shuffled if self.entitled(Attempt(act, attempt, arguments, self.state, rules)))
        return next(able, shuffled[0])

    def shuffled(self) -> list[Person]:
        """Every user, in random order."""
        return self.luck.sample(self.people, len(self.people))

    def entitled(self, tried: Attempt) -> bool:
        """Whether the actor sees the objects, and has the role."""
        return all(self._fits(tried, *subject) for subject in tried.action.subjects(tried))

    def _fits(self, a: Attempt, table: str, key: str, right: str, owns: bool) -> bool:
        if table == "house":
            return a.allowed(right, set(), owns)
        desks = {key} if table == "desk" else self.state.desks(table, key)
        visible = table == "desk" or a.actor.sees(self.state, table, key)
        return visible and (not right or a.allowed(right, desks, owns))
