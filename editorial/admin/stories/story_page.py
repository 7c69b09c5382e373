"""What the story page shows: the gate in plain words, claim by claim, and what is ticked off or overridden."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from editorial.admin.framework.action_buttons import Offer, offers
from editorial.admin.stories.story_buttons import OVERRIDE, TICK
from editorial.models import ClaimUse, ConditionTick, GateOverride, Story
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.publication import gate
from editorial.policy.vocabulary import Code, Gate
from editorial.workflow.stories import gates


@dataclass(slots=True)
class Objection:
    """One code of the gate on one use of a claim, in plain words, and what can be done about it here."""

    code: Code
    tick: ConditionTick | None = None
    override: GateOverride | None = None
    offers: list[Offer] = field(default_factory=list)

    @property
    def explained(self) -> str:
        """What it objects to and what to do."""
        return gate.explain(self.code)

    @property
    def severity(self) -> Gate:
        """The gate that this alone would set."""
        return self.code.gate

    @property
    def settled(self) -> bool:
        """Ticked off, or overridden."""
        return self.tick is not None or self.override is not None


@dataclass(slots=True)
class Used:
    """How the story uses one claim, and what the gate says to it."""

    use: ClaimUse
    gate: Gate
    objections: list[Objection]
    relies: list[Any]


@dataclass(slots=True)
class Judgement:
    """The gate of a story as everything stands at this moment."""

    gate: Gate
    uses: list[Used]
    open_now: bool

    @property
    def kept_by(self) -> list[tuple[Used, Objection]]:
        """What keeps it from running, worst first."""
        found = [(used, one) for used in self.uses for one in used.objections if not one.settled]
        return sorted(found, key=lambda pair: -list(Gate).index(pair[1].severity))

    @property
    def says(self) -> str:
        """The verdict in one sentence."""
        left = [one for _, one in self.kept_by]
        if not left:
            return "Nothing keeps it from running." if self.open_now else ""
        if any(one.severity in (Gate.BLOCK, Gate.HOLD) for one in left):
            hard = sum(one.severity in (Gate.BLOCK, Gate.HOLD) for one in left)
            return f"{hard} thing{'s keep' if hard > 1 else ' keeps'} it from running."
        return f"{len(left)} condition{'s' if len(left) > 1 else ''} to be ticked off by a copy editor."


def judged(
    story: Story, *, now: datetime, actor: ActorFacts | None = None, own: SubjectFacts | None = None
) -> Judgement:
    """Ask the gate, and say what it says; with buttons for an actor."""
    verdict = gates.judge(story, now=now)
    revision = gates.last_revision(story)
    ticks = {
        (str(tick.claim_id), tick.code): tick
        for tick in ConditionTick.objects.filter(revision=revision).select_related("ticked_by")
    }
    overrides = {
        one.code: one for one in GateOverride.objects.filter(revision=revision).select_related("overridden_by")
    }
    uses = story.uses.select_related("claim").prefetch_related("relies__source").order_by("id")
    judged_uses = []
    for use in uses:
        key = str(use.claim_id)
        result = verdict.result.uses.get(key)
        objections = [
            Objection(code, ticks.get((key, code.value)), overrides.get(code.value))
            for code in (result.codes if result else ())
        ]
        for one in objections:
            if actor is not None and not one.settled:
                one.offers = _offers(story, use, one.code, actor, own)
        objections.sort(key=lambda one: (one.settled, -list(Gate).index(one.severity), one.code))
        judged_uses.append(Used(use, result.gate if result else Gate.PASS, objections, list(use.relies.all())))
    judged_uses.sort(key=lambda used: -list(Gate).index(used.gate))
    return Judgement(verdict.result.gate, judged_uses, not verdict.refusals and not verdict.unticked)


def _offers(story: Story, use: ClaimUse, code: Code, actor: ActorFacts, own: SubjectFacts | None) -> list[Offer]:
    if code.gate is Gate.CONDITIONAL:
        return offers([TICK], story, actor, subject=own, query={"claim_id": str(use.claim_id), "code": code.value})
    if code.overridable:
        return offers([OVERRIDE], story, actor, subject=own, query={"code": code.value})
    return []
