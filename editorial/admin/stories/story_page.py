"""View models of the story page: the gate's result per claim, with confirmations and overrides."""

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
    """A gate code on one claim use, with its explanation and the available actions."""

    code: Code
    condition_check: ConditionCheck | None = None
    override: GateOverride | None = None
    buttons: list[BoundButton] = field(default_factory=list)

    @property
    def explanation(self) -> str:
        """The problem and its remedy."""
        return gate.explain(self.code)

    @property
    def severity(self) -> Gate:
        """The gate that this issue alone would cause."""
        return self.code.gate

    @property
    def is_resolved(self) -> bool:
        """Whether it is confirmed or overridden."""
        return self.condition_check is not None or self.override is not None


@dataclass(slots=True)
class ClaimUseView:
    """A claim use with its gate issues."""

    claim_use: ClaimUse
    gate: Gate
    issues: list[GateIssue]
    relies_on: list[Any]


@dataclass(slots=True)
class GateView:
    """The current gate of a story."""

    gate: Gate
    uses: list[ClaimUseView]
    can_run: bool

    @property
    def open_issues(self) -> list[tuple[ClaimUseView, GateIssue]]:
        """The unresolved issues, most severe first."""
        found = [(used, one) for used in self.uses for one in used.issues if not one.is_resolved]
        return sorted(found, key=lambda pair: -list(Gate).index(pair[1].severity))

    @property
    def summary(self) -> str:
        """The gate's result in one sentence."""
        left = [one for _, one in self.open_issues]
        if not left:
            return "Ready to run." if self.can_run else ""
        if any(one.severity in (Gate.BLOCK, Gate.HOLD) for one in left):
            hard = sum(one.severity in (Gate.BLOCK, Gate.HOLD) for one in left)
            return f"{hard} issue{'s keep' if hard > 1 else ' keeps'} it from running."
        return f"{len(left)} condition{'s' if len(left) > 1 else ''} to be confirmed by a copy editor."


def evaluate_gate(
    story: Story, *, now: datetime, actor: ActorFacts | None = None, subject_facts: SubjectFacts | None = None
) -> GateView:
    """Evaluate the gate; with buttons if an actor is given."""
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
