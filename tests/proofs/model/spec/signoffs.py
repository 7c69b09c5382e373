"""Sign-offs: the engine finds, users sign, and no user signs their own work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.claims import gone
from tests.proofs.model.spec.state import SIGNABLE, SIGNED, State


class ClaimSignoffAction(Action):
    """A sign-off that needs no earlier one."""

    table = "claim"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        claim = draw.key("claim", likely=lambda key: self.likely(draw.state, key))
        return {"claim": claim} if claim else None

    def found_anew(self, a: Attempt) -> Attempt:
        """The attempt in a state in which the claim has been reassessed."""
        scratch = a.within(a.state.copy())
        scratch.after = scratch.after or a.state
        if a.state.live(a["claim"]):
            scratch.refresh(a["claim"])
        return scratch

    def sign(self, a: Attempt, kind: str, state: str, decided_by: str | None) -> None:
        """Add the signature."""
        a.refresh(a["claim"])
        finding = a.oracle(a["claim"]).found(a["claim"])
        row = {"claim": a["claim"], "kind": kind, "state": state, "finding": finding, "decided_by": decided_by}
        a.state.put("signoff", a.outcome, id=a.outcome, **row, proposed_by=a.actor.id)


class Propose(ClaimSignoffAction):
    name = "signoff.propose"

    def likely(self, state: State, key: str) -> bool:
        return state.live(key) and any(
            task["kind"] == "SECOND_REVIEW" and task["state"] in ("open", "taken")
            for task in state.all("task", claim=key)
        )

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        yield from gone(a.state, a["claim"])
        now = self.found_anew(a)
        if now.oracle(a["claim"]).found(a["claim"]) not in SIGNABLE:
            yield "Conflict", "NOTHING_TO_SIGN"
        elif now.state.signature(a["claim"], "finding", *SIGNED):
            yield "Conflict", "PROPOSED_ALREADY"

    def effect(self, a: Attempt) -> None:
        self.sign(a, "finding", "proposed", None)


class Read(ClaimSignoffAction):
    kind = ""

    def likely(self, state: State, key: str) -> bool:
        risky = state["claim"][key]["risk"] == "serious" and state["claim"][key]["kind"] != "opinion"
        return state.live(key) and risky and not state.signature(key, self.kind)

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        yield from gone(a.state, a["claim"])
        now, claim = self.found_anew(a), a["claim"]
        oracle = now.oracle(claim)
        if oracle.world.is_judgement(claim):
            yield "Conflict", "NOTHING_TO_SIGN"
        if oracle.world.risk(claim) != "serious":
            yield "Conflict", "NOT_NEEDED"
        if now.state.signature(claim, self.kind):
            yield "Conflict", "READ_ALREADY"
        signoff = now.state.signature(claim, "finding", *SIGNED)
        signers = {signoff["proposed_by"], signoff["decided_by"]} if signoff else set()
        own = now.state.writers(claim) | oracle.collectors(claim) | signers
        if self.kind == "standards" and a.actor.id in own:
            yield "Forbidden", "FOUR_EYES"

    def effect(self, a: Attempt) -> None:
        self.sign(a, self.kind, "approved", a.actor.id)
        a.refresh(a["claim"])


class ReadStandards(Read):
    name, kind = "signoff.read_standards", "standards"


class ReadLegal(Read):
    name, kind = "signoff.read_legal", "legal"


class Decide(Action):
    """A decision on a proposal."""

    table = "signoff"
    states: tuple[str, ...] = ("proposed",)

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        rows = draw.state["signoff"]
        signoff = draw.key("signoff", likely=lambda key: rows[key]["state"] == "proposed")
        return {"signoff": signoff, **self.more(draw)} if signoff else None

    def likely(self, state: State, key: str) -> bool:
        return state["signoff"][key]["state"] in self.states

    def more(self, draw: Chooser) -> dict[str, Any]:
        return {}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("claim", a.row("signoff", "signoff")["claim"], self.name, False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a.row("signoff", "signoff")["state"] not in self.states:
            yield "Conflict", "DECIDED_ALREADY"
        yield from self.against(a)

    def against(self, a: Attempt) -> Iterator[Ground]:
        """Further grounds for refusal."""
        return iter(())


class Approve(Decide):
    name = "signoff.approve"

    def against(self, a: Attempt) -> Iterator[Ground]:
        claim, me = a.row("signoff", "signoff")["claim"], a.actor.id
        now = a.within(a.state.copy())
        now.after = now.after or a.state
        if not a.state.live(claim):
            return
        now.refresh(claim)
        signoff, oracle = now.state["signoff"][a["signoff"]], now.oracle(claim)
        if signoff["state"] != "proposed" or signoff["finding"] != oracle.found(claim):
            yield "Conflict", "FINDING_CHANGED"
        if me in now.state.writers(claim):
            yield "Conflict", "WROTE_STORY"
        if me in oracle.collectors(claim):
            yield "Conflict", "COLLECTED_EVIDENCE"
        if me == signoff["proposed_by"]:
            yield "Conflict", "PROPOSED"
        if not oracle.read(claim, "standards"):
            yield "Conflict", "STANDARDS_NEEDED"
        standards = now.state.signature(claim, "standards")
        if standards and standards["decided_by"] == me:
            yield "Conflict", "FOUR_EYES"

    def effect(self, a: Attempt) -> None:
        row = a.row("signoff", "signoff")
        a.refresh(row["claim"])
        row |= {"state": "approved", "decided_by": a.actor.id}
        a.refresh(row["claim"])


class Reject(Decide):
    name = "signoff.reject"
    states = SIGNED

    def more(self, draw: Chooser) -> dict[str, Any]:
        return {"reason": "Too thin." if draw.usually() else " "}

    def against(self, a: Attempt) -> Iterator[Ground]:
        if not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"

    def effect(self, a: Attempt) -> None:
        row = a.row("signoff", "signoff")
        row |= {"state": "rejected", "decided_by": a.actor.id}
        a.refresh(row["claim"])


ACTIONS = [Propose, Approve, Reject, ReadStandards, ReadLegal]
