"""Sources: registered, rated, protected, matched, vouched for, revealed, merged; and briefings, where they speak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.claims import settle
from tests.proofs.model.spec.state import State, established

TYPES = ["person"] * 7 + ["document", "document", "outlet", "organization", "observation"]
IDENTITIES = [("Ottoline Verhoeven", "1961"), ("Balthasar Quist", "1974"), ("Ludmilla Haversack", "1980")]
"""Names that must not be readable anywhere."""
_OF_MERGED = ("source.break_glass", "source.replace_identity")
_AUTHENTICATED = ("document", "observation")


class Register(Action):
    name, table = "source.register", "desk"

    def draw(self, draw: Chooser) -> dict[str, Any]:
        kind = draw.pick(TYPES)
        arguments: dict[str, Any] = {"desk": draw.pick(draw.desks), "type": kind}
        if draw.chance(3 if kind == "person" else 0) or draw.luck.random() < 0.02:
            arguments |= {"unnamed": True, "who": draw.pick([*range(len(IDENTITIES)), None])}
        if kind == "document" and draw.chance(5):
            claim = draw.live_claim()
            arguments |= {draw.pick(["establishes", "contradicts"]): [claim]} if claim else {}
        elif draw.luck.random() < 0.02:
            claim = draw.live_claim()
            arguments |= {"establishes": [claim]} if claim else {}
        return arguments

    def subjects(self, a: Attempt) -> list[Subject]:
        settled = [*(a["establishes"] or ()), *(a["contradicts"] or ())]
        return [("desk", a["desk"], self.name, False), *(("claim", key, "", False) for key in settled)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a["unnamed"] and a["type"] != "person":
            yield "ValidationFailed", "SOURCE_ONLY_PEOPLE_ARE_UNNAMED"
        if (a["establishes"] or a["contradicts"]) and a["type"] not in ("document", "observation"):
            yield "ValidationFailed", "NOT_DISPOSITIVE"

    def effect(self, a: Attempt) -> None:
        sealed = a["who"] is not None
        a.state.put(
            "source", a.outcome, type=a["type"], desk=a["desk"], reliability="", unnamed=bool(a["unnamed"]),
            key=token(a, a["who"]) if sealed else "", editor_knows=not a["unnamed"], org=None, speaks_for=None,
            parent=None, author=None, issuer=None, benefits_if="", camp="", authenticated=False, authenticity="unknown",
            registered_by=a.actor.id, merged_into=None, version=1,
        )  # fmt: skip
        if sealed:
            seal(a, a.outcome)
        for effect in ("establishes", "contradicts"):
            for claim in a[effect] or ():
                settle(a.state, a.outcome, claim, effect)


class SourceAction(Action):
    """An action on a source that was not merged."""

    table = "source"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        source = draw.key("source", likely=lambda key: self.likely(draw.state, key))
        return {"source": source, **self.more(draw, source)} if source else None

    def more(self, draw: Chooser, source: str) -> dict[str, Any]:
        return {"reason": "Seal compared." if draw.usually() else " "}

    def likely(self, state: State, key: str) -> bool:
        return not state["source"][key]["merged_into"]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a.row("source", "source")["merged_into"] and self.name not in _OF_MERGED:
            yield "Conflict", "MERGED"
        if "reason" in a.arguments and not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"
        yield from self.against(a)

    def against(self, a: Attempt) -> Iterator[Ground]:
        """Further grounds for refusal."""
        return iter(())


class Revise(SourceAction):
    name = "source.revise"

    def more(self, draw: Chooser, source: str) -> dict[str, Any]:
        changes = {"camp": draw.pick(["north", "south", ""]), "benefits_if": draw.pick(["believed", "disbelieved", ""])}
        other = draw.key("source", likely=lambda key: key != source)
        if draw.state["source"][source]["type"] == "document":
            changes |= {"author": other}
        elif draw.state["source"][source]["type"] == "person":
            changes |= {"org": other, "speaks_for": other}
        return {name: changes[name] for name in draw.luck.sample(sorted(changes), 1)}

    def subjects(self, a: Attempt) -> list[Subject]:
        ties = [a[name] for name in ("org", "speaks_for", "author") if a[name]]
        return super().subjects(a) + [("source", key, "", False) for key in ties]

    def silent(self, a: Attempt) -> bool:
        row = a.row("source", "source")
        return all(row[name] == value for name, value in a.arguments.items() if name != "source")

    def effect(self, a: Attempt) -> None:
        if not self.silent(a):
            row = a.row("source", "source")
            row.update({name: value for name, value in a.arguments.items() if name != "source"})
            row["version"] += 1


class Rate(SourceAction):
    name = "source.rate"

    def more(self, draw: Chooser, source: str) -> dict[str, Any]:
        return {"reliability": draw.pick("AABBBBCCDEFX" if draw.chance(2) else "B")}

    def likely(self, state: State, key: str) -> bool:
        return super().likely(state, key) and not state["source"][key]["reliability"]

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["reliability"] not in "ABCDEF":
            yield "ValidationFailed", "UNKNOWN_RATING"

    def effect(self, a: Attempt) -> None:
        revised(a, reliability=a["reliability"])


class Authenticate(SourceAction):
    name = "source.authenticate"

    def more(self, draw: Chooser, source: str) -> dict[str, Any]:
        return super().more(draw, source) | {"result": draw.pick(["genuine"] * 6 + ["forged", "unknown"])}

    def likely(self, state: State, key: str) -> bool:
        return super().likely(state, key) and state["source"][key]["type"] in _AUTHENTICATED

    def against(self, a: Attempt) -> Iterator[Ground]:
        source = a.row("source", "source")
        if source["type"] not in _AUTHENTICATED:
            yield "Conflict", "NOT_A_DOCUMENT"
        elif source["type"] == "observation" and source["registered_by"] == a.actor.id:
            yield "Conflict", "OWN_OBSERVATION"
        elif established(source) == a["result"]:
            yield "Conflict", "AUTHENTICATED"

    def effect(self, a: Attempt) -> None:
        revised(a, authenticated=a["result"] == "genuine", authenticity=a["result"])


class Protect(SourceAction):
    name = "source.protect"

    def more(self, draw: Chooser, source: str) -> dict[str, Any]:
        return {"who": draw.luck.randrange(len(IDENTITIES))}

    def likely(self, state: State, key: str) -> bool:
        return super().likely(state, key) and state["source"][key]["type"] == "person"

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a.row("source", "source")["type"] != "person":
            yield "ValidationFailed", "SOURCE_ONLY_PEOPLE_ARE_UNNAMED"
        if a["source"] in a.state["sealed"]:
            yield "Conflict", "ALREADY_SEALED"
        if any(row["merged_into"] == a["source"] and not row["unnamed"] for row in a.state["source"].values()):
            yield "Conflict", "MERGED_RECORDS"

    def effect(self, a: Attempt) -> None:
        revised(a, unnamed=True, editor_knows=False, key=token(a, a["who"]))
        seal(a, a["source"])


class ReplaceIdentity(SourceAction):
    name = "source.replace_identity"

    def more(self, draw: Chooser, source: str) -> dict[str, Any]:
        return super().more(draw, source) | {"who": draw.luck.randrange(len(IDENTITIES))}

    def likely(self, state: State, key: str) -> bool:
        return key in state["sealed"]

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["source"] not in a.state["sealed"]:
            yield "Conflict", "NO_IDENTITY_STORED"

    def effect(self, a: Attempt) -> None:
        revised(a, editor_knows=False, key=token(a, a["who"]))
        seal(a, a["source"])


class MatchIdentity(SourceAction):
    name = "source.match_identity"
    more = Protect.more

    def likely(self, state: State, key: str) -> bool:
        row = state["source"][key]
        return super().likely(state, key) and row["type"] == "person" and not row["unnamed"]

    def against(self, a: Attempt) -> Iterator[Ground]:
        row = a.row("source", "source")
        if row["unnamed"] or row["type"] != "person":
            yield "Conflict", "NOT_NAMED"

    def effect(self, a: Attempt) -> None:
        revised(a, key=token(a, a["who"]))


class Vouch(SourceAction):
    name = "source.vouch"

    def likely(self, state: State, key: str) -> bool:
        return super().likely(state, key) and state["source"][key]["unnamed"]

    def against(self, a: Attempt) -> Iterator[Ground]:
        if not a.row("source", "source")["unnamed"]:
            yield "Conflict", "NOT_UNNAMED"

    def effect(self, a: Attempt) -> None:
        revised(a, editor_knows=True)


class BreakGlass(SourceAction):
    name = "source.break_glass"

    def likely(self, state: State, key: str) -> bool:
        return key in state["sealed"]

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["source"] not in a.state["sealed"]:
            yield "Conflict", "NO_IDENTITY_STORED"


class Merge(Action):
    name, table = "source.merge", "source"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        rows = draw.state["source"]
        source = draw.key("source", likely=lambda key: not rows[key]["merged_into"])
        if not source:
            return None

        def alike(key: str) -> bool:
            same = all(rows[key][name] == rows[source][name] for name in ("type", "unnamed", "merged_into"))
            return key != source and same

        return {"source": source, "into": draw.key("source", likely=alike), "reason": "One voice."}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("source", a[name], self.name, False) for name in ("source", "into")]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        source, into = a.row("source", "source"), a.row("source", "into")
        if a["source"] == a["into"]:
            yield "ValidationFailed", "SAME_OBJECT"
        if source["merged_into"] or into["merged_into"]:
            yield "Conflict", "MERGED"
        if source["type"] != into["type"]:
            yield "Conflict", "TYPE_MISMATCH"
        if source["unnamed"] != into["unnamed"]:
            yield "Conflict", "UNNAMED"

    def effect(self, a: Attempt) -> None:
        for row in [a.row("source", "source"), *a.state.all("source", merged_into=a["source"])]:
            row["merged_into"], row["version"] = a["into"], row["version"] + 1


class Unmerge(Action):
    name, table = "source.unmerge", "source"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        rows = draw.state["source"]
        source = draw.key("source", likely=lambda key: rows[key]["merged_into"])
        return {"source": source, "reason": "Two voices." if draw.usually() else " "} if source else None

    def likely(self, state: State, key: str) -> bool:
        return bool(state["source"][key]["merged_into"])

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("source", a["source"], self.name, False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        into = a.row("source", "source")["merged_into"]
        if into is None:
            yield "Conflict", "NOT_MERGED"
        elif a.actor and not a.actor.sees(a.state, "source", into):
            yield "Forbidden", "PROTECTED"
        elif a.actor and not a.actor.may(self.name, a.state.desks("source", into)):
            yield "Forbidden", "FORBIDDEN"
        if not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"

    def effect(self, a: Attempt) -> None:
        row = a.row("source", "source")
        row["merged_into"], row["version"] = None, row["version"] + 1


class RecordBriefing(Action):
    name, table = "briefing.record", "desk"

    def draw(self, draw: Chooser) -> dict[str, Any]:
        return {"desk": draw.pick(draw.desks), "name": f"Call {draw.luck.randint(1, 99)}"}

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a.state.all("briefing", desk=a["desk"], name=a["name"]):
            yield "Conflict", "BRIEFING_ONCE"

    def effect(self, a: Attempt) -> None:
        a.state.put("briefing", a.outcome, desk=a["desk"], name=a["name"])


def revised(a: Attempt, **changes: Any) -> None:
    """The source with these values and the next version."""
    row = a.row("source", "source")
    row.update(changes)
    row["version"] += 1


def seal(a: Attempt, source: str) -> None:
    """The vault holds this identity of the source now."""
    a.state.put("sealed", source, source=source, at=a.state.now.isoformat())


def token(a: Attempt, who: int) -> str:
    """The identity token of a person: the same in every record."""
    return a.rules["tokens"][who]


ACTIONS = [
    Register, Revise, Rate, Authenticate, Protect, ReplaceIdentity, MatchIdentity, Vouch, BreakGlass, Merge, Unmerge,
    RecordBriefing,
]  # fmt: skip
