"""Background work: jobs and due work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.publication import DUE, Correct, Publish
from tests.proofs.model.spec.review_tasks import free
from tests.proofs.model.spec.state import GONE_FROM_VIEW, LIVE
from tests.proofs.model.spec.stories import gate_of, lapse_correction, leave_schedule


class Background(Action):
    """An action of the system; it is never refused."""

    def subjects(self, a: Attempt) -> list[Subject]:
        return []

    def silent(self, a: Attempt) -> bool:
        return True


class Work(Background):
    """A job of the outbox."""

    name, table = "work", "message"

    def effect(self, a: Attempt) -> None:
        {"assess_claim": _claim, "reevaluate_story": _story}.get(a["kind"], _nothing)(a, a["reference"])


class RunDue(Background):
    """All due work is done."""

    name, table = "run_due", "clock"

    def draw(self, draw: Chooser) -> dict[str, Any]:
        return {}

    def effect(self, a: Attempt) -> None:
        now = a.state.now.isoformat()
        for row in a.state["request"].values():
            row["expired"] = row["expired"] or (row["deadline_at"] is not None and row["deadline_at"] <= now)
        for row in a.state["statement"].values():
            row["lifted"] = row["lifted"] or (row["embargo_until"] is not None and row["embargo_until"] <= now)
        scheduled = [(row["publish_at"], key) for key, row in a.state["story"].items() if row["status"] == "scheduled"]
        for at, key in sorted(scheduled):
            if at <= now:
                self._publish(a, key)
        planned = [(row["correction_at"], key) for key, row in a.state["story"].items() if row["correction_at"]]
        for at, key in sorted(planned):
            if at <= now:
                self._correct(a, key)
        for row in a.state["task"].values():
            if row["state"] == "taken" and row["lease_until"] <= now:
                free(row)
            row["overdue"] = row["overdue"] or (row["state"] in LIVE and row["due_at"] <= now)
        for row in a.state["correction"].values():
            row["overdue"] = row["overdue"] or (not row["closed"] and row["due_at"] <= now)

    def _publish(self, a: Attempt, story: str) -> None:
        publish = a.within(a.state)
        publish.action, publish.arguments, publish.refreshed = Publish(), {"story": story}, a.refreshed
        if publish.grounds():
            leave_schedule(a.state["story"][story])
            a.state["story"][story]["status"] = "cleared"
        else:
            publish.action.effect(publish)

    def _correct(self, a: Attempt, story: str) -> None:
        correct, row = a.within(a.state), a.state["story"][story]
        correct.action, correct.arguments, correct.refreshed = Correct(), {"story": story}, a.refreshed
        if _sealed_since(a, row) or correct.grounds() or _refused_for_a_name(a, story):
            lapse_correction(row)
        else:
            correct.action.effect(correct)


class Adopt(Action):
    """Another policy: stricter, laxer, or the first again."""

    name, table = "policy.adopt", "house"

    def draw(self, draw: Chooser) -> dict[str, Any]:
        return {"policy": draw.pick(sorted(POLICIES)), "reason": "So be it."}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("house", "", self.name, False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        return iter(())

    def effect(self, a: Attempt) -> None:
        version = max(row["version"] for row in a.state["policy"].values()) + 1
        a.state.put("policy", version, version=version, in_force_at=a.state.now.isoformat())


# The requirements of each policy: rows of groups by risk (in the order of the page), and hours to reply.
_DEFAULT = {
    "routine": [(1, 1, 1, 0, 1)],
    "contentious": [(2, 1, 0, 1, 1)],
    "serious": [(2, 1, 1, 1, 1), (3, 2, 0, 1, 1)],
}
POLICIES: dict[str, dict[str, Any]] = {
    "default": {"rows": _DEFAULT, "window": {"contentious": 4, "serious": 24}},
    "stricter": {"rows": _DEFAULT | {"contentious": [(3, 1, 1, 1, 1)]}, "window": {"contentious": 8, "serious": 24}},
    "laxer": {"rows": _DEFAULT | {"contentious": [(1, 1, 0, 0, 0)]}, "window": {"contentious": 1, "serious": 4}},
}


def _nothing(a: Attempt, reference: str) -> None:
    """Notifications change nothing that the model knows."""


def _claim(a: Attempt, claim: str) -> None:
    if a.state.live(claim):
        a.refresh(claim)
        return
    for task in a.state.all("task", claim=claim):
        if task["state"] in LIVE:
            free(task, state="closed")


def _story(a: Attempt, story: str) -> None:
    row = a.state["story"][story]
    if row["status"] not in GONE_FROM_VIEW:
        row["gate"] = gate_of(a.state, story, a.oracle(*a.state.uses(story)).gate(story))
    if row["status"] in ("published", "withheld"):
        _flag(a, story, row)


def _flag(a: Attempt, story: str, row: dict[str, Any]) -> None:
    """The current remedy of the story."""
    remedy, claims = a.oracle(*a.state.printed(story)).remedy(story)
    correction = next(iter(a.state.all("correction", story=story, closed=False)), None)
    known = {link["claim"] for link in a.state.all("owed", correction=correction["id"])} if correction else set()
    if row["remedy"] == remedy and known == claims:
        return
    row["remedy"] = remedy
    if remedy == "retraction" and row["status"] == "published":
        row["status"] = "withheld"
        lapse_correction(row)
    if remedy == "none":
        if correction:
            correction["closed"] = True
        return
    if correction is None:
        fresh = [key for key in a.after["correction"] if key not in a.state["correction"]]
        key = next((key for key in fresh if a.after["correction"][key]["story"] == story), "missing")
        correction = {"id": key, "story": story, "closed": False, "closed_by": None}
        a.state["correction"][key] = correction
    due = a.state.now + timedelta(hours=DUE[remedy])
    correction |= {"remedy": remedy, "due_at": due.isoformat(), "overdue": False}
    a.state.drop("owed", correction=correction["id"])
    for claim in claims:
        a.state.put("owed", correction["id"], claim, correction=correction["id"], claim=claim)


def _sealed_since(a: Attempt, story: dict[str, Any]) -> bool:
    """Whether a source of the story's desk has another identity than when the correction was planned."""
    identities = a.state["sealed"].values()
    at_desk = [row["at"] for row in identities if a.state["source"][row["source"]]["desk"] == story["desk"]]
    return any(at >= story["correction_planned_at"] for at in at_desk)


def _refused_for_a_name(a: Attempt, story: str) -> bool:
    """Whether its words were compared with too few names. Which sources it concerns is not modelled."""
    return bool(a.state["sealed"]) and a.after["story"][story]["version"] == a.state["story"][story]["version"]


ACTIONS = [Adopt]
