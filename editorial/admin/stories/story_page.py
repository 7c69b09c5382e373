"""What the story page shows: the gate in plain words, claim by claim, and what is ticked off or overridden."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from editorial.admin.framework.action_buttons import BoundButton, bind_buttons
from editorial.admin.stories.story_buttons import CONFIRM_CONDITION, OVERRIDE_GATE
from editorial.models import ClaimUse, ConditionCheck, GateOverride, Story
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.publication import gate
from editorial.policy.vocabulary import Code, Gate
from editorial.workflow.stories import gates


@dataclass(slots=True)
class GateIssue:
    """One code of the gate on one use of a claim, in plain words, and what can be done about it here."""

    code: Code
    condition_check: ConditionCheck | None = None
    override: GateOverride | None = None
    buttons: list[BoundButton] = field(default_factory=list)

    @property
    def explanation(self) -> str:
        """What it objects to and what to do."""
        return gate.explain(self.code)

    @property
    def severity(self) -> Gate:
        """The gate that this alone would set."""
        return self.code.gate

    @property
    def is_resolved(self) -> bool:
        """Ticked off, or overridden."""
        return self.condition_check is not None or self.override is not None


@dataclass(slots=True)
class ClaimUseView:
    """How the story uses one claim, and what the gate says to it."""

    claim_use: ClaimUse
    gate: Gate
    issues: list[GateIssue]
    relies_on: list[Any]


@dataclass(slots=True)
class GateView:
    """The gate of a story as everything stands at this moment."""

    gate: Gate
    uses: list[ClaimUseView]
    can_run: bool

    @property
    def open_issues(self) -> list[tuple[ClaimUseView, GateIssue]]:
        """What keeps it from running, worst first."""
        found = [(used, one) for used in self.uses for one in used.issues if not one.is_resolved]
        return sorted(found, key=lambda pair: -list(Gate).index(pair[1].severity))

    @property
    def summary(self) -> str:
        """The verdict in one sentence."""
        left = [one for _, one in self.open_issues]
        if not left:
            return "Nothing keeps it from running." if self.can_run else ""
        if any(one.severity in (Gate.BLOCK, Gate.HOLD) for one in left):
            hard = sum(one.severity in (Gate.BLOCK, Gate.HOLD) for one in left)
            return f"{hard} thing{'s keep' if hard > 1 else ' keeps'} it from running."
        return f"{len(left)} condition{'s' if len(left) > 1 else ''} to be ticked off by a copy editor."


def evaluate_gate(
    story: Story, *, now: datetime, actor: ActorFacts | None = None, subject_facts: SubjectFacts | None = None
) -> GateView:
    """Ask the gate, and say what it says; with buttons for an actor."""
    verdict = gates.evaluate(story, now=now)
    revision = gates.last_revision(story)
    ticks = {
        (str(tick.claim_id), tick.code): tick
        for tick in ConditionCheck.objects.filter(revision=revision).select_related("confirmed_by")
    }
    overrides = {
        one.code: one for one in GateOverride.objects.filter(revision=revision).select_related("overridden_by")
    }
    uses = story.uses.select_related("claim").prefetch_related("relies_on__source").order_by("id")
    judged_uses = []
    for use in uses:
        key = str(use.claim_id)
        result = verdict.result.uses.get(key)
        objections = [
            GateIssue(code, ticks.get((key, code.value)), overrides.get(code.value))
            for code in (result.codes if result else ())
        ]
        for one in objections:
            if actor is not None and not one.is_resolved:
                one.buttons = _issue_buttons(story, use, one.code, actor, subject_facts)
        objections.sort(key=lambda one: (one.is_resolved, -list(Gate).index(one.severity), one.code))
        judged_uses.append(
            ClaimUseView(use, result.gate if result else Gate.PASS, objections, list(use.relies_on.all()))
        )
    judged_uses.sort(key=lambda used: -list(Gate).index(used.gate))
    return GateView(verdict.result.gate, judged_uses, not verdict.refusals and not verdict.unconfirmed)


def _issue_buttons(
    story: Story, use: ClaimUse, code: Code, actor: ActorFacts, own: SubjectFacts | None
) -> list[BoundButton]:
    if code.gate is Gate.CONDITIONAL:
        return bind_buttons(
            [CONFIRM_CONDITION], story, actor, subject=own, query={"claim_id": str(use.claim_id), "code": code.value}
        )
    if code.overridable:
        return bind_buttons([OVERRIDE_GATE], story, actor, subject=own, query={"code": code.value})
    return []
