"""Concurrent actions: the result must be that of some order of them."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from tests.proofs.model.spec import (
    background,
    claims,
    publication,
    relays,
    replies,
    returns,
    review_tasks,
    signoffs,
    sources,
    statements,
    stories,
)
from tests.proofs.model.spec.actions import Action, Attempt, Chooser
from tests.proofs.model.spec.state import State

# Groups of conflicting actions; a concurrent step runs two or three of one group.
CONFLICT_GROUPS: dict[str, list[type[Action]]] = {
    "print": [
        publication.Publish, publication.Publish, publication.Publish, statements.Record, statements.End,
        stories.Revise, claims.Revise, signoffs.Reject, background.Work, background.RunDue, sources.Merge,
        publication.Correct, publication.Retract, publication.Withhold, stories.Spike, stories.ConfirmCondition,
        claims.Carry, returns.Restore, returns.ScheduleCorrection, returns.CancelCorrection,
    ],
    "tasks": [
        review_tasks.Take, review_tasks.Take, review_tasks.TakeNext, review_tasks.TakeNext,
        review_tasks.Finish, review_tasks.Release, background.Work, background.RunDue, statements.Record,
    ],
    "claim": [
        claims.Split, claims.Split, claims.Merge, claims.Merge, statements.Record, relays.Move, claims.Drop,
        stories.Revise, signoffs.Propose, claims.Revise, claims.Carry, background.Work, replies.Send,
    ],
    "signature": [
        signoffs.Approve, signoffs.Approve, statements.End, claims.Revise, sources.BreakGlass, sources.Rate,
        signoffs.ReadStandards, signoffs.Reject, statements.Record, background.Work, signoffs.Propose, signoffs.Propose,
    ],
    "story": [
        claims.Drop, stories.Submit, stories.Clear, stories.Spike, stories.Schedule, stories.Revise, stories.Assign,
        publication.Publish, background.RunDue, background.Work, claims.Merge, returns.SendBack, returns.Unschedule,
        returns.Unspike, returns.Move,
    ],
    "sources": [
        sources.Merge, sources.Merge, sources.Rate, sources.Protect, sources.Vouch, sources.BreakGlass,
        statements.Record, sources.MatchIdentity, background.Work, statements.Revise,
    ],
}  # fmt: skip

# Refusals that are allowed if the object changed concurrently, in whatever order the actions are explained.
CONFLICT_CODES = {("Conflict", "MOVED"), ("Conflict", "IN_USE"), ("Conflict", "NAME_TAKEN")}


class FocusedChooser(Chooser):
    """Draws objects around one claim, so that actions conflict."""

    focused_keys: dict[str, list[str]] = {}

    def focus_on(self, claim: str | None) -> FocusedChooser:
        """Draw only this claim and what belongs to it."""
        state = self.state
        if claim:
            statements = state.statements(claim)
            self.focused_keys = {
                "claim": [claim],
                "statement": [row["id"] for row in statements],
                "source": sorted({row["source"] for row in statements}),
                "task": [row["id"] for row in state.all("task", claim=claim)],
                "signoff": [row["id"] for row in state.all("signoff", claim=claim)],
                "story": sorted(state.using(claim)),
            }
        if self.chance(5):  # one of each, so that all draw the same object
            self.focused_keys = {table: [self.pick(keys)] for table, keys in self.focused_keys.items() if keys}
        return self

    def key(self, table: str, *, likely: Any = None) -> str | None:
        hot = [key for key in self.focused_keys.get(table, ()) if likely is None or likely(key)]
        return self.pick(hot) if hot and self.chance(8) else super().key(table, likely=likely)


def unexplained_outcomes(
    before: State, after: State, attempts: list[Attempt], outcomes: list[Any], refusals: Any
) -> list[str]:
    """The reasons why no order of the attempts explains the outcomes; an empty list if one does."""
    violations = []
    for order in permutations(range(len(attempts))):
        fault = _order_violation(before.copy(), after, [(attempts[each], outcomes[each]) for each in order], refusals)
        if fault is None:
            return []
        violations.append(f"{' < '.join(type(attempts[each].action).__name__ for each in order)}: {fault}")
    return violations


def _order_violation(state: State, after: State, order: list[tuple[Attempt, Any]], refusals: Any) -> str | None:
    for attempt, outcome in order:
        tried = attempt.within(state)
        tried.after, tried.sequential = after, False
        try:
            grounds = tried.grounds()
            codes = refusals(outcome)
            if codes is not None:
                if not codes <= grounds | CONFLICT_CODES:
                    return f"refused for {sorted(codes)}, but the model knows {sorted(grounds)}"
                continue
            if grounds:
                return f"done, but {sorted(grounds)}"
            tried.outcome = outcome
            tried.action.effect(tried)
        except (AssertionError, KeyError) as problem:
            return f"{type(problem).__name__}: {problem}"
    return next(iter(state.differences(after)), None)
