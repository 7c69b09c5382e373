"""Goals: the next step toward a claim's signature, or a story's publication. Random steps seldom get there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from tests.proofs.model.spec import (
    claims,
    publication,
    replies,
    returns,
    review_tasks,
    signoffs,
    sources,
    statements,
    stories,
)
from tests.proofs.model.spec.actions import Action, Chooser
from tests.proofs.model.spec.oracle import Oracle
from tests.proofs.model.spec.state import LIVE, SIGNABLE, SIGNED, State

_FAR = ["published", "withheld", "pitched", "draft", "submitted", "cleared", "scheduled"]
Step = tuple[Action, dict[str, Any]] | None


def next_step_for_claim(draw: Chooser, rules: dict[str, Any]) -> Step:
    """Evidence, ratings, reviews, a proposal, its approval – whichever is next."""
    state = draw.state
    live = [key for key, row in state["claim"].items() if state.live(key) and row["kind"] != "opinion"]
    # The most advanced claim goes first, or none would ever be signed.
    far = sorted(live, key=lambda key: (len(state.statements(key, *state.parts(key))), key))
    claim = draw.pick(far[-3:] if draw.chance(7) else live)
    if claim is None:
        return claims.File(), claims.File().draw(draw)
    oracle = Oracle(state, {claim}, rules)
    if oracle.found(claim) not in SIGNABLE:
        return _evidence(draw, draw.pick(oracle.world.bodies(claim)))
    for kind, read in (("standards", signoffs.ReadStandards()), ("legal", signoffs.ReadLegal())):
        if not oracle.read(claim, kind):
            return read, {"claim": claim}
    signoff = state.signature(claim, "finding", *SIGNED)
    if signoff is None:
        return signoffs.Propose(), {"claim": claim}
    if signoff["state"] == "proposed":
        return signoffs.Approve(), {"signoff": signoff["id"]}
    if not oracle.stands(claim):  # its approver has become involved since
        return signoffs.Reject(), {"signoff": signoff["id"], "reason": "Another editor has to approve it."}
    unsigned = [part for part in state.parts(claim) if not oracle.stands(part)]
    return (signoffs.Propose(), {"claim": unsigned[0]}) if unsigned else None


def _evidence(draw: Chooser, claim: str) -> Step:
    """One more eyewitness who has not spoken; for a contested claim, the affirmations are withdrawn first."""
    state, contested = draw.state, _is_contested(draw.state, claim)
    spoken = {row["source"]: row for row in state.statements(claim)}
    if contested and (standing := _standing_statements(state, claim, "affirms")):
        return statements.End(), {"ended": "withdrawn", "statement": draw.pick(standing), "reason": "Seen elsewhere."}
    for source in spoken:
        if not state["source"][source]["reliability"]:
            return sources.Rate(), {"source": source, "reliability": "B"}
    free = [
        key
        for key, row in state["source"].items()
        if row["type"] == "person" and not row["merged_into"] and key not in spoken and not row["unnamed"]
    ]
    if not free:
        return sources.Register(), {"desk": draw.pick(draw.desks), "type": "person"}
    stance = "denies" if contested else "affirms"
    fields = {
        "claim": claim,
        "source": draw.pick(free),
        "stance": stance,
        "directness": "first_hand",
        "benefits_if": "neither",
    }
    return statements.Record(), fields


def _is_contested(state: State, claim: str) -> bool:
    """Whether its statements point against it."""
    return sum(map(ord, state["claim"][claim]["text"])) % 3 == 0


def _standing_statements(state: State, claim: str, stance: str) -> list[str]:
    rows = [row for row in state.statements(claim) if row["stance"] == stance]
    return [row["id"] for row in rows if not row["ended"] and not row["struck"]]


def invalidate(draw: Chooser, rules: dict[str, Any]) -> Step:
    """Published claims lose their witnesses; signed ones get a new text."""
    state = draw.state
    printed = [row for row in state["printed"].values() if row["mode"] in ("asserted", "attributed")]
    ran = [row["claim"] for row in printed if state["story"][row["story"]]["status"] == "published"]
    statements_of = {
        candidate: _standing_statements(state, candidate, "affirms")
        for claim in ran
        for candidate in (claim, *state.parts(claim))
    }
    shaken = [candidate for candidate, standing in statements_of.items() if standing]
    if shaken and draw.chance(7):
        # The claim with the fewest witnesses is nearest to having none.
        claim = min(shaken, key=lambda candidate: (len(statements_of[candidate]), candidate))
        if draw.chance(2):
            return _contradict(draw, claim)
        return statements.End(), {
            "ended": "withdrawn",
            "statement": draw.pick(statements_of[claim]),
            "reason": "He was not there.",
        }
    if draw.chance(6):
        return None
    signed = {row["claim"] for row in state["signoff"].values() if row["state"] in SIGNED}
    claim = draw.pick([key for key in signed if state.live(key)])
    return (claims.Revise(), {"claim": claim, "text": f"It was shut, {draw.luck.randint(1, 99)}."}) if claim else None


def _contradict(draw: Chooser, claim: str) -> Step:
    """A denial by a source who gains from it."""
    spoken = {row["source"] for row in draw.state.statements(claim)}
    people = draw.state.all("source", type="person", merged_into=None, unnamed=False)
    ids = {key for key, row in draw.state["source"].items() if row in people} - spoken
    if not ids:
        return sources.Register(), {"desk": draw.pick(draw.desks), "type": "person"}
    fields = {
        "claim": claim,
        "source": draw.pick(ids),
        "stance": "denies",
        "directness": "first_hand",
        "benefits_if": "disbelieved",
    }
    return statements.Record(), fields


def exhaust_task(draw: Chooser, rules: dict[str, Any]) -> Step:
    """A task's holder finds nothing; where few tasks of a claim are left, a user takes one."""
    state = draw.state
    live = [row for row in state["task"].values() if row["state"] in LIVE]
    count = Counter(row["claim"] for row in live)
    unfound = [row for row in live if state["claim"][row["claim"]]["status"] in ("under_investigation", "unverified")]
    task = min(unfound, key=lambda row: (count[row["claim"]], row["claim"], row["id"]), default=None)
    if task is None:
        return None
    if task["state"] == "open":
        return review_tasks.Take(), {"task": task["id"]}
    return review_tasks.Finish(), {"task": task["id"], "outcome": "exhausted", "note": "Rang everybody."}


def next_step_for_story(draw: Chooser, rules: dict[str, Any]) -> Step:
    """Uses, copy, clearing, replies, conditions, publication, and the remedy afterwards."""
    state = draw.state
    standing = [key for key, row in state["story"].items() if row["status"] not in ("spiked", "retracted")]
    if draw.chance(6):  # the most advanced story goes first
        standing = sorted(standing, key=lambda key: _FAR.index(state["story"][key]["status"]))[-2:]
    restorable = [key for key in standing if _restorable(state, key)]
    if restorable and draw.chance(7):
        return returns.Restore(), {"story": draw.pick(restorable), "reason": "It holds."}
    story = draw.pick(standing) if standing and draw.usually() else None
    if story is None:
        return stories.Pitch(), {"desk": draw.pick(draw.desks), "body": "It stood open."}
    status, it = state["story"][story]["status"], {"story": story}
    if status == "pitched" or (status == "draft" and not state.uses(story) and draw.usually()):
        return stories.Revise(), it | {"body": "It stood wide open.", "uses": _uses(draw)}
    if status == "draft":
        empty = not state.revision(story)["body"]
        return (stories.Revise(), it | {"body": "It stood open."}) if empty else (stories.Submit(), it)
    if status == "submitted":
        return stories.Clear(), it
    return _toward_publication(draw, story, rules)


def _restorable(state: State, story: str) -> bool:
    row = state["story"][story]
    is_same = row["printed_revision"] == state.revision(story)["number"]
    return row["status"] == "withheld" and row["remedy"] == "none" and is_same


def _uses(draw: Chooser) -> list[dict[str, Any]]:
    state = draw.state
    ripe = {key: row["status"] for key, row in state["claim"].items() if state.live(key) and row["kind"] != "opinion"}
    signed = {key for key, status in ripe.items() if status in SIGNABLE}
    claim = draw.pick(signed or ripe)
    modes = {"verified": "asserted", "refuted": "debunk", "withdrawn": "debunk"}
    if claim is None:
        return []
    return [{"claim": claim, "mode": modes.get(ripe[claim], "attributed"), "central": not draw.chance(3)}]


def _toward_publication(draw: Chooser, story: str, rules: dict[str, Any]) -> Step:
    state, it = draw.state, {"story": story}
    status, number = state["story"][story]["status"], state.revision(story)["number"]
    if not stories.lists_claims(state, story) and not stories.confirmed_none(state, story):
        return stories.ConfirmNoClaims(), it
    for claim, codes in Oracle(state, set(state.uses(story)), rules).gate(story).items():
        for code in sorted(codes):
            if code == "E_REPLY_NOT_SENT":
                return _send_reply_request(draw, claim)
            if code in stories.OVERRIDABLE and not state.all("override", story=story, number=number, code=code):
                return stories.Override(), it | {"code": code, "reason": "It is midnight there."}
            if code.startswith("E_"):
                return stories.Revise(), it | {"uses": _uses(draw)}
            if not state.all("tick", story=story, number=number, claim=claim, code=code):
                return stories.ConfirmCondition(), it | {"claim": claim, "code": code}
    if status in ("published", "withheld"):
        is_owed = state["story"][story]["remedy"] != "none"
        if is_owed or status == "withheld":
            return publication.Correct(), it | {"reason": "It was shut."}
        if draw.chance(3):
            return publication.Withhold(), it | {"reason": "A court asks."}
        planned = returns.CancelCorrection() if draw.chance(3) else returns.ScheduleCorrection()
        return (planned, {**it, **planned.more(draw, story)}) if draw.chance(3) else None
    later = it | {"at": state.now + timedelta(minutes=30)}
    return (stories.Schedule(), later) if draw.chance(2) else (publication.Publish(), it)


def _send_reply_request(draw: Chooser, claim: str) -> Step:
    accusing = [
        candidate for candidate in (claim, *draw.state.parts(claim)) if draw.state.all("adverse", claim=candidate)
    ]
    for request in draw.state["request"].values():
        if request["outcome"] == "pending":
            return replies.Answer(), {"request": request["id"], "outcome": "replied", "why": "Threats."}
    if not accusing:
        return None
    parties = [link["source"] for link in draw.state.all("adverse", claim=accusing[0])]
    send = replies.Send().draw(draw)
    return (replies.Send(), send | {"to": draw.pick(parties), "covers": [accusing[0]]}) if send else None
