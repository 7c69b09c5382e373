"""Claims: filed, revised, split, merged, dropped; and what utterances carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.state import State

RISKS = ["contentious", "contentious", "contentious", "routine", "serious"]
KINDS = ["content"] * 8 + ["utterance", "opinion"]
BOLDNESS = ["omitted", "attributed", "debunk", "asserted"]


class File(Action):
    name, table = "claim.file", "desk"

    def draw(self, draw: Chooser) -> dict[str, Any]:
        arguments = {"desk": draw.pick(draw.desks), "kind": draw.pick(KINDS), "risk": draw.pick(RISKS)}
        accused = draw.key("source") if draw.chance(3) else None
        return arguments | {
            "text": f"The gate was open, {draw.luck.randint(1, 99)}.",
            "adverse": [accused] if accused else [],
        }

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("desk", a["desk"], self.name, False), *(("source", key, "", False) for key in a["adverse"])]

    def effect(self, a: Attempt) -> None:
        insert(a, a.outcome, desk=a["desk"], kind=a["kind"], risk=a["risk"], text=a["text"])
        accuse(a.state, a.outcome, a["adverse"])


class ClaimAction(Action):
    """An action on a live claim."""

    table = "claim"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        claim = draw.key("claim", likely=lambda key: self.likely(draw.state, key))
        return {"claim": claim, **self.more(draw, claim)} if claim else None

    def more(self, draw: Chooser, claim: str) -> dict[str, Any]:
        return {}

    def likely(self, state: State, key: str) -> bool:
        return state.live(key)

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        yield from gone(a.state, a["claim"])
        if "reason" in a.arguments and not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"
        yield from self.against(a)

    def against(self, a: Attempt) -> Iterator[Ground]:
        """Further grounds for refusal."""
        return iter(())


class Revise(ClaimAction):
    name = "claim.revise"

    def more(self, draw: Chooser, claim: str) -> dict[str, Any]:
        row = draw.state["claim"][claim]
        changes = {
            "text": f"The gate stood open, {draw.luck.randint(1, 99)}.",
            "risk": draw.pick(RISKS),
            "kind": draw.pick(KINDS),
        }
        arguments = {name: changes[name] for name in draw.luck.sample(sorted(changes), 1)}
        if draw.chance(3) and draw.state["source"]:
            arguments = {"adverse": [draw.key("source")]}
        if draw.chance(2):
            arguments["version"] = row["version"] if draw.usually() else row["version"] - 1
        return arguments

    def subjects(self, a: Attempt) -> list[Subject]:
        return super().subjects(a) + [("source", key, "", False) for key in a["adverse"] or ()]

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["version"] not in (None, a.row("claim", "claim")["version"]):
            yield "VersionConflict", "STALE_VERSION"
        if a["kind"] == "opinion" and tied(a.state, a["claim"]):
            yield "Conflict", "JUDGEMENT"
        kind = self.changed(a).get("kind", "")
        if kind not in ("", "utterance") and a.state.carried(a["claim"]):
            yield "Conflict", "CARRIES"
        if kind == "utterance" and a.state.carriers(a["claim"]):
            yield "Conflict", "CARRIED"

    def changed(self, a: Attempt) -> dict[str, Any]:
        row = a.row("claim", "claim")
        return {name: a[name] for name in ("text", "risk", "kind") if a[name] not in (None, row[name])}

    def silent(self, a: Attempt) -> bool:
        accused = {link["source"] for link in a.state.all("adverse", claim=a["claim"])}
        return not self.changed(a) and a["adverse"] in (None, sorted(accused))

    def effect(self, a: Attempt) -> None:
        if self.silent(a):
            return
        changed, row = self.changed(a), a.row("claim", "claim")
        row.update(changed)
        if "text" in changed:
            for cover in a.state.all("cover", claim=a["claim"]):
                cover["reworded"] = cover["text"] != a["text"]
        if "kind" in changed:
            row["status"] = "" if a["kind"] == "opinion" else "unverified"
        if a["adverse"] is not None:
            a.state.drop("adverse", claim=a["claim"])
            accuse(a.state, a["claim"], a["adverse"])
        row["version"] += 1
        a.state.void_all(a["claim"])


class Carry(ClaimAction):
    name = "claim.carry"

    def likely(self, state: State, key: str) -> bool:
        return state.live(key) and state["claim"][key]["kind"] == "utterance"

    def more(self, draw: Chooser, claim: str) -> dict[str, Any]:
        kinds = {key: row["kind"] for key, row in draw.state["claim"].items()}
        fit = lambda key: draw.state.live(key) and kinds[key] != "utterance"  # noqa: E731
        arguments: dict[str, Any] = {
            "carries": sorted({draw.key("claim", likely=fit) for _ in range(draw.pick([0, 1, 1, 2]))})
        }
        if draw.chance(2):
            version = draw.state["claim"][claim]["version"]
            arguments["version"] = version if draw.usually() else version - 1
        return arguments

    def added(self, a: Attempt) -> set[str]:
        return set(a["carries"]) - set(a.state.carried(a["claim"]))

    def subjects(self, a: Attempt) -> list[Subject]:
        added = self.added(a)
        carried: list[Subject] = [("claim", key, self.name if key in added else "", False) for key in a["carries"]]
        return super().subjects(a) + carried

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["version"] not in (None, a.row("claim", "claim")["version"]):
            yield "VersionConflict", "STALE_VERSION"
        if a["carries"] and a.row("claim", "claim")["kind"] != "utterance":
            yield "Conflict", "NOT_AN_UTTERANCE"
        for claim in self.added(a):
            if not a.state.live(claim):
                yield "Conflict", "CLAIM_CLOSED"
            if a.state["claim"][claim]["kind"] == "utterance":
                yield "Conflict", "CARRIES_AN_UTTERANCE"

    def silent(self, a: Attempt) -> bool:
        return set(a["carries"]) == set(a.state.carried(a["claim"]))

    def effect(self, a: Attempt) -> None:
        if not self.silent(a):
            a.state.drop("carry", utterance=a["claim"])
            load(a.state, a["claim"], a["carries"])
            a.row("claim", "claim")["version"] += 1


class Split(ClaimAction):
    name = "claim.split"

    def more(self, draw: Chooser, claim: str) -> dict[str, Any]:
        texts = [f"Part {draw.luck.randint(1, 99)} of it." for _ in range(2 if draw.usually() else 1)]
        return {"texts": texts}

    def likely(self, state: State, key: str) -> bool:
        return state.live(key) and not tied(state, key) and state["claim"][key]["kind"] != "opinion"

    def against(self, a: Attempt) -> Iterator[Ground]:
        if len(a["texts"]) < 2:
            yield "ValidationFailed", "TOO_FEW"
        if a.row("claim", "claim")["kind"] == "opinion":
            yield "Conflict", "JUDGEMENT"
        if tied(a.state, a["claim"]):
            yield "Conflict", "COMPOUND"

    def effect(self, a: Attempt) -> None:
        compound, row = a["claim"], dict(a.row("claim", "claim"))
        accused = [link["source"] for link in a.state.all("adverse", claim=compound)]
        for part, text in zip(a.outcome, a["texts"], strict=True):
            insert(a, part, desk=row["desk"], kind=row["kind"], risk=row["risk"], text=text)
            accuse(a.state, part, accused)
            a.state.put("part", compound, part, whole=compound, part=part)
            load(a.state, part, a.state.carried(compound))
        for statement in a.state.statements(compound):
            statement["claim"], statement["version"] = a.outcome[0], statement["version"] + 1
        for link in a.state.all("dispositive_evidence", claim=compound):
            a.state.drop("dispositive_evidence", **link)
            settle(a.state, link["source"], a.outcome[0], link["effect"])
        a.state.void_all(compound)


class Merge(ClaimAction):
    name = "claim.merge"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        claim = draw.key("claim", likely=lambda key: self.likely(draw.state, key))
        if not claim:
            return None
        return {"claim": claim, "into": draw.key("claim", likely=lambda key: key in self.alike(draw.state, claim))}

    def likely(self, state: State, key: str) -> bool:
        return state.live(key) and not tied(state, key) and bool(self.alike(state, key))

    def alike(self, state: State, claim: str) -> set[str]:
        """The claims of its desk that it could be merged into."""
        like = {name: state["claim"][claim][name] for name in ("kind", "desk")}
        same = {key for key, row in state["claim"].items() if key != claim and like.items() <= row.items()}
        return {key for key in same if state.live(key) and not tied(state, key)}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("claim", a[name], self.name, False) for name in ("claim", "into")]

    def against(self, a: Attempt) -> Iterator[Ground]:
        yield from gone(a.state, a["into"])
        if a["claim"] == a["into"]:
            yield "ValidationFailed", "SAME_OBJECT"
        if tied(a.state, a["claim"]) or tied(a.state, a["into"]):
            yield "Conflict", "COMPOUND"
        if a.row("claim", "claim")["kind"] != a.row("claim", "into")["kind"]:
            yield "Conflict", "KIND_MISMATCH"

    def effect(self, a: Attempt) -> None:
        state, claim, into = a.state, a["claim"], a["into"]
        for statement in state.statements(claim):
            statement["claim"], statement["version"] = into, statement["version"] + 1
        accuse(state, into, [link["source"] for link in state.all("adverse", claim=claim)])
        covered = {cover["request"] for cover in state.all("cover", claim=into)}
        for cover in state.all("cover", claim=claim):
            if cover["request"] not in covered:
                state.put("cover", cover["request"], into, **{**cover, "claim": into})
        for link in state.all("dispositive_evidence", claim=claim):
            settle(state, link["source"], into, link["effect"])
        load(state, into, state.carried(claim))
        for utterance in state.carriers(claim):
            load(state, utterance, [into])
        state.drop("carry", utterance=claim)
        state.drop("carry", carried=claim)
        for table in ("use", "printed"):
            for use in state.all(table, claim=claim):
                self._melt(state, table, use, into)
        state["claim"][claim]["merged_into"] = into
        state["claim"][claim]["version"] += 1
        state.void_all(claim)
        state.void_all(into)

    def _melt(self, state: State, table: str, use: dict[str, Any], into: str) -> None:
        """The bolder of two uses wins, and keeps the relied-on statements of both."""
        story, other = use["story"], state[table].get(f"{use['story']}/{into}")
        melted = {**use, "claim": into}
        if other:
            bolder = max(use, other, key=lambda each: BOLDNESS.index(each["mode"]))
            melted |= {name: bolder[name] for name in ("mode", "finding", "contested") if name in bolder}
            melted["central"] = use["central"] or other["central"]
            melted["says"] = max(use["says"] or 0, other["says"] or 0) or None
        state.drop(table, story=story, claim=use["claim"])
        state.put(table, story, into, **melted)
        for lean in state.all("reliance", story=story, claim=use["claim"]) if table == "use" else ():
            state.drop("reliance", **lean)
            state.put("reliance", story, into, lean["statement"], **{**lean, "claim": into})


class Drop(ClaimAction):
    name = "claim.drop"

    def more(self, draw: Chooser, claim: str) -> dict[str, Any]:
        return {"reason": "Gossip." if draw.usually() else " "}

    def likely(self, state: State, key: str) -> bool:
        return state.live(key) and not state.using(key) and not state.statements(key)

    def against(self, a: Attempt) -> Iterator[Ground]:
        uses = [use for use in a.state.all("use", claim=a["claim"]) if use["mode"] != "omitted"]
        if uses or a.state.all("printed", claim=a["claim"]):
            yield "Conflict", "IN_USE"
        if a.state.compounds(a["claim"]):
            yield "Conflict", "PART"
        if a.state.carriers(a["claim"]):
            yield "Conflict", "CARRIED"

    def effect(self, a: Attempt) -> None:
        a.state.drop("carry", utterance=a["claim"])
        row = a.row("claim", "claim")
        row["dropped"], row["version"] = True, row["version"] + 1
        a.state.void_all(a["claim"])


def insert(a: Attempt, claim: str, **fields: Any) -> None:
    """A new claim."""
    status = "" if fields["kind"] == "opinion" else "unverified"
    a.state.put("claim", claim, **fields, status=status, contested=False, dropped=False, merged_into=None, version=1)


def accuse(state: State, claim: str, sources: list[str]) -> None:
    """These are owed a reply."""
    for source in sources:
        state.put("adverse", claim, source, claim=claim, source=source)


def load(state: State, utterance: str, claims: list[str]) -> None:
    """The utterance carries these, too."""
    for claim in claims:
        state.put("carry", utterance, claim, utterance=utterance, carried=claim)


def settle(state: State, source: str, claim: str, effect: str) -> None:
    """The source settles the claim."""
    state.put("dispositive_evidence", source, claim, effect, source=source, claim=claim, effect=effect)


def tied(state: State, claim: str) -> bool:
    """Whether it is a compound or a member of one."""
    return bool(state.parts(claim) or state.compounds(claim))


def gone(state: State, claim: str) -> Iterator[Ground]:
    """A merged or dropped claim cannot be changed."""
    if state["claim"][claim]["merged_into"]:
        yield "Conflict", "MERGED"
    if state["claim"][claim]["dropped"]:
        yield "Conflict", "DROPPED"


ACTIONS = [File, Revise, Carry, Split, Merge, Drop]
