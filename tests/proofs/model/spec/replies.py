"""Right of reply: sent, answered, waived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.claims import gone

STILL_WAITING = ("pending", "no_response", "unreachable")


class Send(Action):
    name, table = "reply.send", "claim"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        accusing = {link["claim"] for link in draw.state["adverse"].values()}
        claim = draw.pick(accusing) if accusing and draw.usually() else draw.live_claim()
        parties = [link["source"] for link in draw.state.all("adverse", claim=claim)] if claim else []
        to = draw.pick(parties) if parties and draw.usually() else draw.key("source")
        if not claim or not to:
            return None
        other = draw.live_claim() if draw.chance(2) else None
        return {
            "to": to,
            "covers": sorted({claim, other or claim}) if draw.luck.random() > 0.02 else [],
            "deadline": draw.state.now + timedelta(hours=draw.pick([1, 4, 4, 24, 24, -1])),
            "reason": draw.pick(["", "It runs tonight."]),
        } | self.more(draw)

    def more(self, draw: Chooser) -> dict[str, Any]:
        return {}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [*(("claim", key, self.name, False) for key in a["covers"]), ("source", a["to"], "", False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if not a["covers"]:
            yield "ValidationFailed", "NO_CLAIM"
        for claim in a["covers"]:
            yield from gone(a.state, claim)
        yield from self.against(a)

    def against(self, a: Attempt) -> Iterator[Ground]:
        """Further grounds for refusal."""
        if a["deadline"] < a.state.now:
            yield "ValidationFailed", "REPLY_DEADLINE_AFTER_SENDING"

    def effect(self, a: Attempt) -> None:
        self.enter(a, outcome="pending", deadline_at=a["deadline"].isoformat())

    def enter(self, a: Attempt, **fields: Any) -> None:
        row = {
            "id": a.outcome,
            "to": a["to"],
            "sent_at": a.state.now.isoformat(),
            "expired": False,
            "respondent_key": "",
            "sent_by": a.actor.id,
        }
        a.state.put("request", a.outcome, **row, reason=a["reason"], **fields)
        for claim in a["covers"]:
            a.state.put("cover", a.outcome, claim, request=a.outcome, claim=claim)


class Waive(Send):
    name = "reply.waive"

    def against(self, a: Attempt) -> Iterator[Ground]:
        if not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"

    def effect(self, a: Attempt) -> None:
        self.enter(a, outcome="waived", deadline_at=None)


class Answer(Action):
    name, table = "reply.answer", "request"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        rows = draw.state["request"]
        request = draw.key("request", likely=lambda key: rows[key]["outcome"] in STILL_WAITING)
        outcomes = ["replied", "declined", "no_response", "unreachable"] * 5 + ["waived"]
        arguments = {"request": request, "outcome": draw.pick(outcomes)}
        if draw.chance(5):
            arguments["respondent"] = draw.key("source")
        return arguments if request else None

    def subjects(self, a: Attempt) -> list[Subject]:
        # Recording an outcome needs permission at each claim of the request, and visibility of one of them.
        covers = [cover["claim"] for cover in a.state.all("cover", request=a["request"])]
        subjects: list[Subject] = [("request", a["request"], "", False)]
        subjects += [
            ("claim", key, self.name, False) for key in covers if not a.actor or a.actor.sees(a.state, "claim", key)
        ]
        return subjects + ([("source", a["respondent"], "", False)] if a["respondent"] else [])

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        covers = [cover["claim"] for cover in a.state.all("cover", request=a["request"])]
        if any(not a.actor.may(self.name, a.state.desks("claim", key)) for key in covers):
            yield "Forbidden", "FORBIDDEN"
        if a["outcome"] == "waived":
            yield "ValidationFailed", "UNKNOWN_OUTCOME"
        if a.row("request", "request")["outcome"] not in STILL_WAITING:
            yield "Conflict", "ANSWERED"
        if a["respondent"] and a.actor and a.row("request", "request")["sent_by"] != a.actor.id:
            yield "Forbidden", "NOT_THE_REQUESTER"

    def effect(self, a: Attempt) -> None:
        row = a.row("request", "request")
        row["outcome"] = a["outcome"]
        who = a.state["source"][a["respondent"]]["merged_into"] or a["respondent"] if a["respondent"] else ""
        row["respondent_key"] = (a.state["source"][who]["key"] or who) if who else ""


ACTS = [Send, Waive, Answer]
