"""Statements: recorded, revised, archived, ended, repaired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.state import Row, State

STANCES = ["affirms"] * 9 + ["denies"] * 3 + ["unaware", "cannot_confirm", "declines", "qualifies"]
DIRECTNESS = ["first_hand"] * 6 + ["second_hand", "second_hand", "relayed", "relayed"]
TERMS = ["on_record", "on_record", "background", "deep_background", "off_record"]
ENDINGS = ["withdrawn"] * 3 + ["retracted", "corrected", "superseded"]
REPLACED = ("corrected", "superseded")
_FIELDS = (
    "stance", "directness", "terms", "obtained_by", "informant", "embargo_until", "briefing", "benefits_if",
    "inducement", "collector_conflict", "translation",
)  # fmt: skip


class Record(Action):
    name, table = "statement.record", "claim"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        claim, source = draw.live_claim(), draw.key("source", likely=lambda key: unmerged(draw.state, key))
        if not claim or not source:
            return None
        if draw.state.parts(claim) and draw.usually():
            claim = draw.pick(draw.state.parts(claim))
        fields = {"stance": draw.pick(STANCES), "directness": draw.pick(DIRECTNESS), **details(draw)}
        if fields["directness"] == "second_hand" and draw.chance(7):
            fields["informant"] = draw.key("source", likely=lambda key: key != source)
        elif draw.chance(1):
            fields["informant"] = draw.key("source")
        return {"claim": claim, "source": source, **fields}

    def subjects(self, a: Attempt) -> list[Subject]:
        subjects = [("claim", a["claim"], self.name, False), ("source", a["source"], "", False)]
        subjects += [("source", a["informant"], "", False)] if a["informant"] else []
        return subjects + ([("briefing", a["briefing"], "", False)] if a["briefing"] else [])

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        yield from unfit(a.state, a["claim"])
        if a.row("source", "source")["merged_into"]:
            yield "Conflict", "MERGED"
        yield from omitted_fields(a.arguments)

    def effect(self, a: Attempt) -> None:
        insert(a, a.outcome, **{name: a[name] for name in ("claim", "source", *_FIELDS) if name in a.arguments})


class StatementAction(Action):
    """An action on a statement; the permission is checked at its claim."""

    table = "statement"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        key = draw.key("statement", likely=lambda key: self.likely(draw.state, key))
        return {"statement": key, **self.more(draw, key)} if key else None

    def more(self, draw: Chooser, key: str) -> dict[str, Any]:
        return {"reason": "Phoned." if draw.usually() else " "}

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a.row("statement", "statement")["struck"]:
            yield "Conflict", "STRUCK"
        if "reason" in a.arguments and not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"
        yield from self.against(a)

    def against(self, a: Attempt) -> Iterator[Ground]:
        """Further grounds for refusal."""
        return iter(())


class Revise(StatementAction):
    name = "statement.revise"

    def more(self, draw: Chooser, key: str) -> dict[str, Any]:
        row = draw.state["statement"][key]
        changes = {"stance": draw.pick(STANCES), "directness": draw.pick(DIRECTNESS), **details(draw)}
        arguments = {name: changes[name] for name in draw.luck.sample(sorted(changes), 1)}
        if draw.chance(2):
            arguments["version"] = row["version"] if draw.usually() else row["version"] - 1
        return arguments

    def subjects(self, a: Attempt) -> list[Subject]:
        return super().subjects(a) + ([("briefing", a["briefing"], "", False)] if a["briefing"] else [])

    def against(self, a: Attempt) -> Iterator[Ground]:
        row = a.row("statement", "statement")
        if a["version"] not in (None, row["version"]):
            yield "VersionConflict", "STALE_VERSION"
        if not self.silent(a):
            yield from omitted_fields({**row, **a.arguments})
            yield from self.unrelated(a, {**row, **self.changed(a)})

    def unrelated(self, a: Attempt, row: Row) -> Iterator[Ground]:
        """A relay stays within one claim and one stance, and the derived statement is not first-hand."""
        for link in a.state["relay"].values():
            if row["id"] in (link["derived"], link["origin"]):
                ends = [
                    row if key == row["id"] else a.state["statement"][key] for key in (link["derived"], link["origin"])
                ]
                if ends[0]["stance"] != ends[1]["stance"] or ends[0]["directness"] == "first_hand":
                    yield "Conflict", "CONSTRAINT"

    def changed(self, a: Attempt) -> dict[str, Any]:
        row = a.row("statement", "statement")
        return {name: a[name] for name in _FIELDS if name in a.arguments and a[name] != row[name]}

    def silent(self, a: Attempt) -> bool:
        return not self.changed(a)

    def effect(self, a: Attempt) -> None:
        row, changed = a.row("statement", "statement"), self.changed(a)
        if changed:
            row.update(changed)
            row["version"] += 1
            row["lifted"] = row["lifted"] and "embargo_until" not in changed


class Attach(Action):
    name, table = "exhibit.attach", "statement"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        statement = draw.key("statement", likely=lambda key: self.likely(draw.state, key))
        copy = {"desk": draw.pick(draw.desks), "text": f"Copy {draw.luck.getrandbits(64)}."}
        return copy | {"statement": statement} if statement else None

    def likely(self, state: State, key: str) -> bool:
        return not state["statement"][key]["archived"]

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("desk", a["desk"], self.name, False), ("statement", a["statement"], Revise.name, False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a.row("statement", "statement")["archived"]:
            yield "Conflict", "ARCHIVED"

    def effect(self, a: Attempt) -> None:
        row = a.row("statement", "statement")
        row["archived"], row["version"] = True, row["version"] + 1


class End(StatementAction):
    name = "statement.end"

    def more(self, draw: Chooser, key: str) -> dict[str, Any]:
        arguments = super().more(draw, key) | {"ended": draw.pick(ENDINGS)}
        if (arguments["ended"] in REPLACED) == draw.usually():
            arguments["ended_by"] = draw.key("statement", likely=lambda other: other != key)
        return arguments

    def likely(self, state: State, key: str) -> bool:
        return not state["statement"][key]["ended"]

    def subjects(self, a: Attempt) -> list[Subject]:
        successor = [("statement", a["ended_by"], "", False)] if a["ended_by"] and a["ended"] in REPLACED else []
        return super().subjects(a) + successor

    def against(self, a: Attempt) -> Iterator[Ground]:
        row, successor = a.row("statement", "statement"), a["ended_by"]
        if successor and a["ended"] in REPLACED and a.state["statement"][successor]["struck"]:
            yield "Conflict", "STRUCK"
        if successor and a["ended"] not in REPLACED:
            yield "ValidationFailed", "NO_SUCCESSOR"
        elif row["id"] in replacements(a.state, successor):
            yield "ValidationFailed", "SAME_OBJECT"
        if successor and a["ended"] in REPLACED:
            yield from self.linked(a, {row["source"], a.state["statement"][successor]["source"]})
        if (row["ended"], row["ended_by"] if shows_replacement(a, row) else None) == (a["ended"], successor):
            yield "Conflict", "ALREADY_ENDED"

    def linked(self, a: Attempt, sources: set[str]) -> Iterator[Ground]:
        """An unnamed source is linked to no other record, and to none by somebody who does not see it."""
        if a.actor is not None and not all(a.actor.sees(a.state, "source", source) for source in sources):
            yield "Forbidden", "PROTECTED"
        if len(sources) > 1 and any(a.state["source"][source]["unnamed"] for source in sources):
            yield "Conflict", "UNNAMED"

    def effect(self, a: Attempt) -> None:
        row = a.row("statement", "statement")
        kept = row["ended_by"] if a["ended"] in REPLACED and not shows_replacement(a, row) else None
        row.update(ended=a["ended"], ended_by=a["ended_by"] or kept, version=row["version"] + 1)


class Reopen(StatementAction):
    name = "statement.reopen"

    def likely(self, state: State, key: str) -> bool:
        return bool(state["statement"][key]["ended"])

    def against(self, a: Attempt) -> Iterator[Ground]:
        if not a.row("statement", "statement")["ended"]:
            yield "Conflict", "NOT_ENDED"

    def effect(self, a: Attempt) -> None:
        row = a.row("statement", "statement")
        row.update(ended=None, ended_by=None, version=row["version"] + 1)
        a.state.void_all(row["claim"])


class Reassign(StatementAction):
    name = "statement.reassign"

    def more(self, draw: Chooser, key: str) -> dict[str, Any]:
        apt = lambda source: unmerged(draw.state, source)  # noqa: E731
        return super().more(draw, key) | {"source": draw.key("source", likely=apt)}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [*super().subjects(a), ("source", a["source"], "", False)]

    def against(self, a: Attempt) -> Iterator[Ground]:
        row = a.row("statement", "statement")
        if a.actor is not None and not a.actor.sees(a.state, "source", row["source"]):
            yield "Forbidden", "PROTECTED"
        if a.row("source", "source")["merged_into"]:
            yield "Conflict", "MERGED"
        if a["source"] == row["source"]:
            yield "Conflict", "SAME_OBJECT"
        if a["source"] == row["informant"]:
            yield "ValidationFailed", "INFORMANT"

    def effect(self, a: Attempt) -> None:
        row = a.row("statement", "statement")
        row.update(source=a["source"], version=row["version"] + 1)
        a.state.void_all(row["claim"])


class Strike(StatementAction):
    name = "statement.strike"

    def against(self, a: Attempt) -> Iterator[Ground]:
        if any(lean["statement"] == a["statement"] for lean in a.state["reliance"].values()):
            yield "Conflict", "RELIED_ON"
        if any(shows_replacement(a, row) for row in self.replaced(a)):
            yield "Conflict", "TAKES_PLACE"

    def replaced(self, a: Attempt) -> list[Row]:
        return [row for row in a.state["statement"].values() if row["ended_by"] == a["statement"]]

    def effect(self, a: Attempt) -> None:
        row = a.row("statement", "statement")
        for replaced in self.replaced(a):  # hidden from the actor
            replaced.update(ended_by=None, version=replaced["version"] + 1)
        row.update(struck=True, version=row["version"] + 1)
        a.state.void_all(row["claim"])


def details(draw: Chooser) -> dict[str, Any]:
    """Further fields; mostly few."""
    soon = (draw.state.now + timedelta(minutes=draw.luck.choice([20, 40]))).isoformat()
    fields = {
        "terms": draw.pick(TERMS), "obtained_by": "external", "embargo_until": soon,
        "benefits_if": draw.pick(["believed", "neither"]), "inducement": draw.pick(["paid", "coerced"]),
        "collector_conflict": True, "translation": draw.pick(["human", "machine"]),
    }  # fmt: skip
    if draw.state["briefing"]:
        fields["briefing"] = draw.key("briefing")
    return {name: fields[name] for name in fields if draw.luck.random() < 0.12} or {"benefits_if": ""}


def unmerged(state: State, source: str) -> bool:
    """Whether it takes new statements."""
    return not state["source"][source]["merged_into"]


def insert(a: Attempt, statement: str, **fields: Any) -> None:
    """A new statement."""
    row = {
        "id": statement, "informant": None, "obtained_by": "us", "briefing": None, "benefits_if": "",
        "terms": "background" if a.state["source"][fields["source"]]["unnamed"] else "on_record",
        "embargo_until": None, "lifted": False, "ended": None, "ended_by": None, "struck": False,
        "inducement": "", "collector_conflict": False, "translation": "", "archived": False,
        "collected_by": a.actor.id, "request": None, "version": 1,
    }  # fmt: skip
    a.state.put("statement", statement, **row | fields)


def unfit(state: State, claim: str) -> Iterator[Ground]:
    """Statements belong to live claims that are not compounds."""
    if not state.live(claim):
        yield "Conflict", "CLAIM_CLOSED"
    if state.parts(claim):
        yield "Conflict", "COMPOUND"


def omitted_fields(fields: dict[str, Any]) -> Iterator[Ground]:
    """Only a second-hand statement has an informant, and that is another source."""
    if fields.get("informant") and fields["directness"] != "second_hand":
        yield "ValidationFailed", "INFORMANT"
    if fields.get("informant") and fields["informant"] == fields["source"]:
        yield "ValidationFailed", "INFORMANT"


def shows_replacement(a: Attempt, row: Row) -> bool:
    """Whether the actor may know what replaced the statement: of one source, of named ones, or kept by the actor."""
    successor = a.state["statement"].get(row["ended_by"])
    if successor is None or a.actor is None:
        return successor is not None
    if not all(a.actor.sees(a.state, "statement", each["id"]) for each in (row, successor)):
        return False
    unnamed = [key for key in (row["source"], successor["source"]) if a.state["source"][key]["unnamed"]]
    kept = all("custodian" in a.actor.at({a.state["source"][key]["desk"]}) for key in unnamed)
    return row["source"] == successor["source"] or kept


def replacements(state: State, statement: str | None) -> Iterator[str]:
    """The statement, what replaced it, what replaced that, and so on."""
    while statement:
        yield statement
        statement = state["statement"][statement]["ended_by"]


ACTIONS = [Record, Revise, Attach, End, Reopen, Reassign, Strike]
