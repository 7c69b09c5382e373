"""Right of reply: sent, answered with statements, waived. Claims are put in the words of that time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.proofs.model.spec import statements
from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.claims import gone
from tests.proofs.model.spec.state import State

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
            "deadline": draw.state.now + timedelta(hours=draw.pick([1, 4, 4, 24, 24, -1])) if draw.chance(8) else None,
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
        window = self.window(a)
        if a["deadline"] is None:
            if window is None:
                yield "ValidationFailed", "NO_DEADLINE"
        elif a["deadline"] < a.state.now:
            yield "ValidationFailed", "REPLY_DEADLINE_AFTER_SENDING"
        elif window is not None and a["deadline"] < a.state.now + window and not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"

    def window(self, a: Attempt) -> timedelta | None:
        """The longest time that the policy grants for a claim or a member."""
        concerned = {member for claim in a["covers"] for member in (claim, *a.state.parts(claim))}
        hours = [a.rules["window"].get(a.state["claim"][claim]["risk"]) for claim in concerned]
        return max((timedelta(hours=each) for each in hours if each is not None), default=None)

    def effect(self, a: Attempt) -> None:
        deadline = a["deadline"] or a.state.now + (self.window(a) or timedelta())
        self.enter(a, outcome="pending", deadline_at=deadline.isoformat())

    def enter(self, a: Attempt, **fields: Any) -> None:
        row = {
            "id": a.outcome,
            "to": a["to"],
            "sent_at": a.state.now.isoformat(),
            "expired": False,
            "respondent_key": "",
            "no_statement_reason": "",
            "sent_by": a.actor.id,
        }
        a.state.put("request", a.outcome, **row, reason=a["reason"], **fields)
        for claim in a["covers"]:
            text = a.state["claim"][claim]["text"]
            a.state.put("cover", a.outcome, claim, request=a.outcome, claim=claim, text=text, reworded=False)


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
        if request and arguments["outcome"] == ("replied" if draw.usually() else "declined"):
            said = {"stance": draw.pick(statements.STANCES), "directness": "first_hand"}
            claims = sorted(claim for claim in places(draw.state, request) if draw.chance(7))
            arguments["answers"] = [{"claim": claim, **said} for claim in claims]
            arguments["why"] = draw.pick(["", "Only threats."])
        return arguments if request else None

    def subjects(self, a: Attempt) -> list[Subject]:
        # Recording an outcome needs permission at each claim of the request, and visibility of one of them.
        covers = [cover["claim"] for cover in a.state.all("cover", request=a["request"])]
        subjects: list[Subject] = [("request", a["request"], "", False)]
        subjects += [
            ("claim", key, self.name, False) for key in covers if not a.actor or a.actor.sees(a.state, "claim", key)
        ]
        subjects += [("source", a["respondent"], "", False)] if a["respondent"] else []
        if not a["answers"]:
            return subjects
        subjects += [("claim", answer["claim"], statements.Record.name, False) for answer in a["answers"]]
        return [*subjects, ("source", self.speaker(a), "", False)]

    def speaker(self, a: Attempt) -> str:
        """A named respondent, otherwise the recipient."""
        sources = a.state["source"]
        respondent = a["respondent"] and (sources[a["respondent"]]["merged_into"] or a["respondent"])
        speaker = a.row("request", "request")["to"]
        if respondent and not sources[respondent]["unnamed"]:
            speaker = respondent
        return sources[speaker]["merged_into"] or speaker

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
        if a["outcome"] != "replied" and (a["answers"] or a["why"]):
            yield "ValidationFailed", "NOT_REPLIED"
        if a["outcome"] == "replied" and self.unanswered(a) and not a["why"]:
            yield "ValidationFailed", "NO_STATEMENT"
        for answer in a["answers"] or ():
            if answer["claim"] not in places(a.state, a["request"]):
                yield "ValidationFailed", "NOT_COVERED"

    def unanswered(self, a: Attempt) -> set[str]:
        """The claims on which nothing is recorded, although they were put in their present words."""
        said = {answer["claim"] for answer in a["answers"] or ()}
        owed = {cover["claim"] for cover in a.state.all("cover", request=a["request"], reworded=False)}
        answered = {
            cover for place, covers in places(a.state, a["request"]).items() if place in said for cover in covers
        }
        return {claim for claim in owed if a.state.live(claim)} - answered

    def effect(self, a: Attempt) -> None:
        recorded = [
            row for row in a.after.all("statement", request=a["request"]) if row["id"] not in a.state["statement"]
        ]
        for answer, row in zip(
            sorted(a["answers"] or (), key=lambda each: each["claim"]),
            sorted(recorded, key=lambda each: each["claim"]),
            strict=True,
        ):
            statements.insert(a, row["id"], **answer, source=self.speaker(a), request=a["request"])
        a.row("request", "request")["no_statement_reason"] = a["why"] or ""
        row = a.row("request", "request")
        row["outcome"] = a["outcome"]
        who = a.state["source"][a["respondent"]]["merged_into"] or a["respondent"] if a["respondent"] else ""
        row["respondent_key"] = (a.state["source"][who]["key"] or who) if who else ""


def places(state: State, request: str) -> dict[str, set[str]]:
    """Each claim on which an answer can be recorded, with the claims of the request that it answers."""
    places: dict[str, set[str]] = {}
    for cover in state.all("cover", request=request):
        if state.live(cover["claim"]):
            for claim in state.parts(cover["claim"]) or [cover["claim"]]:
                places.setdefault(claim, set()).add(cover["claim"])
    return places


ACTIONS = [Send, Waive, Answer]
