"""View models of the story page: the gate's result per claim, with confirmations and overrides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from editorial.admin.framework import request_user
from editorial.admin.framework.action_buttons import BoundButton, bind_buttons
from editorial.admin.stories import resolutions
from editorial.admin.stories.story_buttons import CONFIRM_CONDITION, CONFIRM_MANY, CONFIRM_NO_CLAIMS, OVERRIDE_GATE
from editorial.models import Claim, ConditionCheck, GateOverride, NoClaimsCheck, Story, StoryRevision
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.facts import ClaimUseFacts
from editorial.policy.publication import gate, wording
from editorial.policy.publication.wire_items import WireItemCode
from editorial.policy.vocabulary import Code, FindingValue, Gate
from editorial.workflow.stories import gates


@dataclass(slots=True)
class GateIssue:
    """A gate code on one claim use, with its explanation and the available actions."""

    code: Code | WireItemCode
    condition_check: ConditionCheck | None = None
    override: GateOverride | None = None
    buttons: list[BoundButton] = field(default_factory=list)
    text: str = ""
    link: tuple[str, str] | None = None

    @property
    def explanation(self) -> str:
        """The problem and its remedy."""
        return self.text or gate.explain(Code(self.code))

    @property
    def severity(self) -> Gate:
        """The gate that this issue alone would cause."""
        return self.code.gate

    @property
    def is_resolved(self) -> bool:
        return self.condition_check is not None or self.override is not None


@dataclass(slots=True)
class ClaimUseView:
    """A claim that the story uses. `carriers`: the utterances that carry it, if that is why."""

    claim: Claim
    use: ClaimUseFacts
    carriers: list[Claim]
    gate: Gate
    issues: list[GateIssue]
    relies_on: list[Any]
    ask_custodian: str = ""
    number: int = 0

    @property
    def suggestion(self) -> str:
        """A wording that the copy may use."""
        status = FindingValue(self.claim.status) if self.claim.status else None
        return wording.suggestion(self.claim.text, mode=self.use.mode, status=status, contested=self.claim.contested)


@dataclass(slots=True)
class NoClaims:
    """For a story that lists no claims: who confirmed that its copy makes none, or the button to confirm it."""

    check: NoClaimsCheck | None
    buttons: list[BoundButton] = field(default_factory=list)
    explanation: str = gate.NO_CLAIMS_LISTED


@dataclass(slots=True)
class GateView:
    gate: Gate
    uses: list[ClaimUseView]
    can_run: bool
    no_claims: NoClaims | None = None
    restricted: str = ""
    withheld_count: int = 0
    item_blocks: list[GateIssue] = field(default_factory=list)
    revision: StoryRevision | None = None
    confirm_many: BoundButton | None = None

    @property
    def open_conditions(self) -> list[tuple[ClaimUseView, GateIssue]]:
        """The conditions that nobody has confirmed yet."""
        return [pair for pair in self.open_issues if pair[1].severity is Gate.CONDITIONAL]

    @property
    def open_issues(self) -> list[tuple[ClaimUseView, GateIssue]]:
        """The unresolved issues, most severe first."""
        issues = [(use_view, issue) for use_view in self.uses for issue in use_view.issues if not issue.is_resolved]
        return sorted(issues, key=lambda pair: -list(Gate).index(pair[1].severity))

    @property
    def summary(self) -> str:
        """The gate's result in one sentence."""
        if self.restricted:
            return "A restriction on the story keeps it from running."
        if not all(issue.is_resolved for issue in self.item_blocks):
            return "Its wire item keeps it from running."
        if self.no_claims is not None:
            return "Ready to run, without claims." if self.can_run else "No claims listed."
        severities = [issue.severity for _, issue in self.open_issues]
        if not severities and not self.withheld_count:
            return "Ready to run." if self.can_run else ""
        blocking_count = severities.count(Gate.BLOCK) + severities.count(Gate.HOLD) + self.withheld_count
        if blocking_count:
            return f"{blocking_count} issue{'s keep' if blocking_count > 1 else ' keeps'} it from running."
        return f"{len(severities)} condition{'s' if len(severities) > 1 else ''} to be confirmed by a copy editor."


def evaluate_gate(
    story: Story, *, now: datetime, actor: ActorFacts | None = None, subject: SubjectFacts | None = None
) -> GateView:
    """Evaluate the gate, as the user may read it; with buttons if an actor is given."""
    verdict = gates.evaluate(story, now=now)
    withheld = gates.withheld_codes(verdict, request_user.reader())
    checks = {(str(check.claim_id), check.code): check for check in verdict.checks}
    overrides = {override.code: override for override in verdict.overrides}
    item_blocks = [
        GateIssue(
            block.code,
            override=overrides.get(block.code) if block.code in verdict.overridden else None,
            text=block.text,
        )
        for block in verdict.item_blocks
    ]
    for issue in item_blocks:
        if actor is not None and not issue.is_resolved:
            issue.buttons = _issue_buttons(story, "", issue.code, actor, subject)
    use_views = []
    prefetch_related_objects(verdict.claim_uses, "relies_on__source")
    relied_on = {str(use.claim_id): list(use.relies_on.all()) for use in verdict.claim_uses}
    for key, result in verdict.result.uses.items():
        issues = [
            GateIssue(code, checks.get((key, code.value)), overrides.get(code.value))
            for code in result.codes
            if (key, code) not in withheld
        ]
        for issue in issues:
            if actor is not None and not issue.is_resolved:
                issue.buttons = _issue_buttons(story, key, issue.code, actor, subject)
                issue.buttons += resolutions.buttons_for(issue.code, story, verdict.claims[key], actor)
                issue.link = resolutions.link_for(issue.code, verdict.claims[key])
        issues.sort(key=lambda issue: (issue.is_resolved, -list(Gate).index(issue.severity), issue.code))
        carriers = [verdict.claims[carrier] for carrier in verdict.carriers.get(key, ())]
        relies_on = [] if carriers else relied_on[key]
        advice = gate.ASK_CUSTODIAN if result.ask_custodian else ""
        claim, use = verdict.claims[key], verdict.uses[key]
        use_views.append(ClaimUseView(claim, use, carriers, result.gate, issues, relies_on, advice))
    use_views.sort(key=lambda use_view: -list(Gate).index(use_view.gate))
    for number, use_view in enumerate(use_views, 1):
        use_view.number = number
    no_claims = None
    if not verdict.lists_claims:
        no_claims = NoClaims(
            NoClaimsCheck.objects.filter(revision=verdict.revision).select_related("confirmed_by").first()
        )
        if actor is not None and no_claims.check is None:
            no_claims.buttons = bind_buttons(
                [CONFIRM_NO_CLAIMS], story, actor, subject=subject, query=version_of(story)
            )
    restricted = gate.STORY_RESTRICTED if verdict.restricted else ""
    gate_view = GateView(
        verdict.gate, use_views, verdict.may_run, no_claims, restricted, len(withheld), item_blocks, verdict.revision
    )
    if actor is not None and len(gate_view.open_conditions) > 1:
        bound = bind_buttons([CONFIRM_MANY], story, actor, subject=subject, query=version_of(story))
        gate_view.confirm_many = next(filter(lambda each: each.decision.allowed, bound), None)
    return gate_view


def version_of(story: Story) -> dict[str, str]:
    """The version that the page shows, for its buttons: nobody clears a copy that they have not read."""
    return {"expected_version": str(story.version)}


def _issue_buttons(
    story: Story, claim_id: str, code: Code | WireItemCode, actor: ActorFacts, subject: SubjectFacts | None
) -> list[BoundButton]:
    query = {"code": code.value} | version_of(story)
    if code.gate is Gate.CONDITIONAL:
        query = {"claim_id": claim_id, **query}
        return bind_buttons([CONFIRM_CONDITION], story, actor, subject=subject, query=query)
    return bind_buttons([OVERRIDE_GATE], story, actor, subject=subject, query=query) if code.overridable else []
