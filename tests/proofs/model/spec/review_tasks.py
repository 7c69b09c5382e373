"""Review tasks: one task, one holder, for half an hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.permissions import Person
from tests.proofs.model.spec.state import Row, State

LEASE = timedelta(minutes=30)


class TakeNext(Action):
    """The most urgent task that a user may do; None if there is none."""

    name, table = "review.take", "queue"

    def draw(self, draw: Chooser) -> dict[str, Any]:
        return {"queue": draw.pick([None, "investigate", "corroborate"])}

    def subjects(self, a: Attempt) -> list[Subject]:
        return []

    def silent(self, a: Attempt) -> bool:
        return a.outcome is None

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        return iter(())

    def effect(self, a: Attempt) -> None:
        able = [task for task in a.state["task"].values() if takable(a.state, task, a.actor)]
        able = [task for task in able if a["queue"] in (None, task["queue"])]
        if a.outcome is None:
            assert not able or not a.sequential, f"{a.actor.name} was offered nothing, although there is {able[0]}"
            return
        best = min(((-task["urgency"], task["due_at"], task["id"]) for task in able), default=None)
        task = a.state["task"][a.outcome]
        assert task in able, f"{a.actor.name} was given a task that is not for them: {task}"
        assert not a.sequential or best == (-task["urgency"], task["due_at"], task["id"]), (
            f"there is a more urgent task than {task}"
        )
        assign(a, task)


class TaskAction(Action):
    """An action on one task."""

    table = "task"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        task = draw.key("task", likely=lambda key: self.likely(draw.state, key))
        return {"task": task, **self.more(draw)} if task else None

    def more(self, draw: Chooser) -> dict[str, Any]:
        return {}

    def likely(self, state: State, key: str) -> bool:
        return state["task"][key]["state"] == "taken"

    def subjects(self, a: Attempt) -> list[Subject]:
        task = a.row("task", "task")
        own = a.actor is not None and task["taken_by"] == a.actor.id
        right = self.name if task["state"] == "taken" else ""  # of a task without a holder the state is reported first
        return [("task", a["task"], right, own)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a.row("task", "task")["state"] != "taken":
            yield "Conflict", "NOT_TAKEN"


class Take(TaskAction):
    name = "review.take"

    def likely(self, state: State, key: str) -> bool:
        return state["task"][key]["state"] == "open"

    def subjects(self, a: Attempt) -> list[Subject]:
        return [("task", a["task"], f"task:{a.row('task', 'task')['kind']}", False)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        task = a.row("task", "task")
        if task["state"] != "open":
            yield "Conflict", "NOT_OPEN"
        if not may_review(a.state, task, a.actor):
            yield "Conflict", "FOUR_EYES"

    def effect(self, a: Attempt) -> None:
        assign(a, a.row("task", "task"))


class Extend(TaskAction):
    name = "review.extend"

    def effect(self, a: Attempt) -> None:
        a.row("task", "task")["lease_until"] = (a.state.now + LEASE).isoformat()


class Release(TaskAction):
    name = "review.release"

    def effect(self, a: Attempt) -> None:
        free(a.row("task", "task"))


class Finish(TaskAction):
    name = "review.finish"

    def more(self, draw: Chooser) -> dict[str, Any]:
        outcome = draw.pick(["found", "exhausted", "exhausted", "closed" if draw.chance(1) else "found"])
        return {"outcome": outcome, "note": "Rang everybody." if draw.usually() else " "}

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        yield from super().grounds(a)
        if a["outcome"] not in ("found", "exhausted"):
            yield "ValidationFailed", "UNKNOWN_OUTCOME"
        if a["outcome"] == "exhausted" and not a["note"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"

    def effect(self, a: Attempt) -> None:
        free(a.row("task", "task"), state=a["outcome"])


def assign(a: Attempt, task: Row) -> None:
    """Assigned for half an hour."""
    until = (a.state.now + LEASE).isoformat()
    task |= {"state": "taken", "taken_by": a.actor.id, "lease_until": until}


def free(task: Row, *, state: str = "open") -> None:
    """Without a holder."""
    task |= {"state": state, "taken_by": None, "lease_until": None}


def takable(state: State, task: Row, person: Person) -> bool:
    """Whether it is open to this user."""
    desks = state.desks("task", task["id"])
    return task["state"] == "open" and person.may_take(task["kind"], desks) and may_review(state, task, person)


def may_review(state: State, task: Row, person: Person) -> bool:
    """Second reviews are for users who may sign: they may propose, or approve and are uninvolved."""
    if task["kind"] != "SECOND_REVIEW":
        return True
    claim = task["claim"]
    proposal = state.signature(claim, "finding", "proposed")
    involved = state.writers(claim) | {row["collected_by"] for row in state.statements(claim)}
    roles = {role for role, _ in person.roles}
    if proposal is None:
        return "fact_checker" in roles
    return bool(roles & {"editor", "senior_editor"}) and person.id not in involved | {proposal["proposed_by"]}


ACTIONS = [TakeNext, Take, Extend, Release, Finish]
