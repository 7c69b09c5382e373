"""Relays between statements: recorded, undone, and moved along with a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.state import State
from tests.proofs.model.spec.statements import unfit


class Relay(Action):
    name, table = "statement.relay", "statement"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        derived = draw.key("statement", likely=lambda key: self.likely(draw.state, key))
        if not derived:
            return None
        origins = self.origins(draw.state, derived)
        return {"derived": derived, "origin": draw.key("statement", likely=lambda key: key in origins)}

    def likely(self, state: State, key: str) -> bool:
        return state["statement"][key]["directness"] != "first_hand" and bool(self.origins(state, key))

    def origins(self, state: State, derived: str) -> set[str]:
        """The statements that it could repeat."""
        row = state["statement"][derived]
        return {each["id"] for each in state.all("statement", claim=row["claim"], stance=row["stance"])} - {derived}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("statement", a["derived"], self.name, False), ("statement", a["origin"], "", False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        derived, origin = a.row("statement", "derived"), a.row("statement", "origin")
        if derived["struck"] or origin["struck"]:
            yield "Conflict", "STRUCK"
        if a["derived"] == a["origin"]:
            yield "ValidationFailed", "SAME_OBJECT"
        if derived["claim"] != origin["claim"]:
            yield "ValidationFailed", "OTHER_CLAIM"
        if derived["stance"] != origin["stance"]:
            yield "ValidationFailed", "OTHER_STANCE"
        if derived["directness"] == "first_hand":
            yield "ValidationFailed", "FIRST_HAND"

    def silent(self, a: Attempt) -> bool:
        return bool(a.state.all("relay", derived=a["derived"], origin=a["origin"]))

    def effect(self, a: Attempt) -> None:
        if not self.silent(a):
            a.state.put("relay", a.outcome, id=a.outcome, derived=a["derived"], origin=a["origin"])


class UndoRelay(Action):
    name, table = "statement.undo_relay", "relay"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        relay = draw.key("relay")
        return {"relay": relay, "reason": "Misheard." if draw.usually() else " "} if relay else None

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("statement", a.row("relay", "relay")["derived"], self.name, False)] if self.there(a) else []

    def there(self, a: Attempt) -> bool:
        return a["relay"] in a.state["relay"]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if not self.there(a):
            yield "NotFound", "NOT_FOUND"
        elif a.state["statement"][a.row("relay", "relay")["derived"]]["struck"]:
            yield "Conflict", "STRUCK"
        if not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"

    def effect(self, a: Attempt) -> None:
        del a.state["relay"][a["relay"]]


class Move(Action):
    name, table = "statement.revise", "statement"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        statement = draw.key("statement")
        apt = lambda key: draw.state.live(key) and not draw.state.parts(key)  # noqa: E731
        return {"statement": statement, "claim": draw.key("claim", likely=apt)} if statement else None

    def subjects(self, a: Attempt) -> list[Subject]:
        return [(table, a[table], self.name, False) for table in ("statement", "claim")]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        yield from unfit(a.state, a["claim"])
        if a.row("statement", "statement")["struck"]:
            yield "Conflict", "STRUCK"
        about = [a["claim"], *a.state.compounds(a["claim"])]
        leaning = [lean for lean in a.state["reliance"].values() if lean["statement"] in chain(a.state, a["statement"])]
        if not self.silent(a) and any(lean["claim"] not in about for lean in leaning):
            yield "Conflict", "RELIED_ON"

    def silent(self, a: Attempt) -> bool:
        return a.row("statement", "statement")["claim"] == a["claim"]

    def effect(self, a: Attempt) -> None:
        if not self.silent(a):
            for statement in chain(a.state, a["statement"]):
                row = a.state["statement"][statement]
                row["claim"], row["version"] = a["claim"], row["version"] + 1


def chain(state: State, statement: str) -> set[str]:
    """A statement and all that are tied to it by relays."""
    statements, size = {statement}, 0
    while len(statements) != size:
        size = len(statements)
        for link in state["relay"].values():
            if statements & {link["derived"], link["origin"]}:
                statements |= {link["derived"], link["origin"]}
    return statements


ACTIONS = [Relay, UndoRelay, Move]
