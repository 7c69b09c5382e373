"""Assessments: a claim's facts give its finding, its agenda of tasks and its status. A system action.

It moves a claim's status only toward caution. Only people's signatures (signoffs.py) move it the other way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from editorial import outbox
from editorial.models import (
    Assessment,
    Claim,
    CorroborationPolicy,
    MessageKind,
    Signoff,
    Story,
)
from editorial.models.evidence import containment
from editorial.models.stories.stories import stories_using
from editorial.policy.facts import CaseFacts
from editorial.policy.publication import replies, signoffs, status
from editorial.policy.publication.transitions import SignoffKind, StoryStatus
from editorial.policy.review import agenda
from editorial.policy.system_events import SystemEvent
from editorial.policy.verification import digest, finding
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import Risk
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.locking import lock
from editorial.workflow.evidence import facts, signatures
from editorial.workflow.evidence.facts import LoadedCase
from editorial.workflow.review import policies, task_updates

_MAX_STORED_JOINS = 60  # statements in a group whose joins are still stored one by one

# Urgency that a story's status adds to the tasks of the claims it uses.
_STATUS_URGENCY = {
    StoryStatus.PUBLISHED: 6,
    StoryStatus.SCHEDULED: 5,
    StoryStatus.CLEARED: 4,
    StoryStatus.SUBMITTED: 3,
    StoryStatus.DRAFT: 1,
}


@atomic_action
def reassess(*, claim_id: UUID | str, now: datetime) -> Assessment | None:
    """Reassess a claim, update its review tasks, and enqueue the reevaluation of its stories.

    Returns the current assessment; None for a claim that was dropped or merged.
    """
    claim = lock(Claim, claim_id, None)
    if not claim.live:
        task_updates.close_all(claim, now=now)
        return None
    reassessment = Reassessment(claim, now=now)
    assessment = reassessment.refresh()
    for story in reassessment.stories:
        outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)
    return assessment


class Reassessed(NamedTuple):
    """The facts about several claims after their reassessment, and the policy in force."""

    loaded: LoadedCase
    policy: PolicyRules


def refresh_all(claims: list[Claim], *, now: datetime) -> Reassessed:
    """Reassess these claims, which the caller has locked, on facts that are read once for all of them."""
    loaded, policy = facts.load([claim.pk for claim in claims], now=now, known=claims), policies.in_force(now)
    for claim in claims:
        if claim.live:
            Reassessment(claim, now=now, loaded=loaded.around(claim), policy=policy).refresh()
            loaded = loaded.with_progress(claim)
    return Reassessed(loaded, policy[1])


class Reassessment:
    """A claim that the caller has locked, with the facts about it, read once. Assess it again once it is signed."""

    def __init__(
        self,
        claim: Claim,
        *,
        now: datetime,
        loaded: LoadedCase | None = None,
        policy: tuple[CorroborationPolicy, PolicyRules] | None = None,
    ) -> None:
        self.claim, self._now, self._key = claim, now, str(claim.pk)
        self._version, self.policy = policy or policies.in_force(now)
        self.stories = _stories_using(claim)
        loaded = loaded or facts.load([claim.pk], now=now, known=[claim])
        self._case, self._collectors, self._tasks = loaded.facts, loaded.collectors, loaded.tasks[claim.pk]
        alone = not self.stories and len(self._case.claims) == 1
        self._signatures = signatures.for_case(
            self._case, authors=frozenset() if alone else None, collectors=self._collectors
        )
        self._last = Assessment.objects.filter(claim=claim).defer("groups").order_by("-number").first()

    @property
    def authors(self) -> frozenset[str]:
        """The authors of stories that use the claim or a claim that contains it."""
        return self._signatures.authors[self._key]

    @property
    def collectors(self) -> frozenset[str]:
        """The users who recorded a statement that now counts for the claim or a part of it."""
        return signatures.collectors(self._case, self._key, self._collectors)

    @property
    def risk(self) -> Risk:
        """The highest risk of the claim and its members."""
        return replies.risk_of(self._case, self._key)

    def signoff(self, kind: SignoffKind) -> Signoff | None:
        """The claim's sign-off of that kind, if one is proposed or in effect."""
        live = (each for each in self._signatures.live if each.claim_id == self.claim.pk)
        return next((each for each in live if each.kind == kind), None)

    def refresh_signed(self) -> Assessment:
        """Reassess after the claim's signatures have changed."""
        self._signatures = self._signatures.reloaded()
        return self.refresh()

    def refresh(self) -> Assessment:
        """Reassess the claim in the caller's transaction."""
        self._apply_agenda(finding.assess(self._case, self.policy, hangs_on=False))
        # Updating the tasks may have changed the review progress, and with it the finding.
        progress = {**self._case.tasks, self._key: facts.review_progress(self._tasks)}
        self._case = dataclasses.replace(self._case, tasks=progress)
        findings = finding.assess(self._case, self.policy)
        claim_finding = findings[self._key]
        self._last = _store(self.claim, claim_finding, self._last, self._version, self._case, self._now)
        if self._signatures.void_stale(self.claim, claim_finding.finding, now=self._now):
            # A voided signature is needed again.
            self._signatures = self._signatures.reloaded()
            self._apply_agenda(findings)
        signed = signoffs.is_signed(self._case, self._key, self._signatures.facts(findings, self.policy), self.policy)
        _set_status(self.claim, findings, signed, self._case, self._now)
        return self._last

    def _apply_agenda(self, findings: Mapping[str, Finding]) -> None:
        signed = self._signatures.facts(findings, self.policy)[self._key]
        task_updates.apply_agenda(
            self.claim,
            self._tasks,
            agenda.agenda(self._case, findings, self._key, self.policy, signed),
            self.policy,
            urgency=_urgency(self.claim, self.stories),
            now=self._now,
        )


def _store(
    claim: Claim,
    claim_finding: Finding,
    last: Assessment | None,
    version: CorroborationPolicy,
    case: CaseFacts,
    now: datetime,
) -> Assessment:
    """Store the assessment if anything has changed since the last one; log an event if the finding has."""
    values = claim_finding.to_dict(joins=_joins_are_storable(claim_finding))
    new = Assessment(
        claim=claim,
        policy=version,
        digest=digest.digest(case, str(claim.pk)),
        assessed_at=now,
        **values | {"finding": values["finding"] or "", "basis": values["basis"] or ""},
    )
    if last and _is_unchanged(last, new):
        return last
    new.number = last.number + 1 if last else 1
    new.save(force_insert=True)
    if last is None or (last.finding, last.contested) != (new.finding, new.contested):
        audit.log(
            claim,
            SystemEvent.CLAIM_ASSESS,
            actor=None,
            now=now,
            finding=[last.finding if last else None, new.finding],
            contested=[last.contested if last else None, new.contested],
            assessment=str(new.pk),
        )
    _reassess_compounds(claim, case, now)
    return new


def _reassess_compounds(claim: Claim, case: CaseFacts, now: datetime) -> None:
    for compound in case.compounds_of.get(str(claim.pk), ()):
        outbox.send(MessageKind.ASSESS_CLAIM, compound, now=now)


def _joins_are_storable(claim_finding: Finding) -> bool:
    """Whether every group is small enough to store its joins, whose number grows with the square of its size."""
    groups = (*claim_finding.groups.independent, *claim_finding.groups.against, *claim_finding.groups.origins)
    return all(len(group.statements) <= _MAX_STORED_JOINS for group in groups)


def _is_unchanged(last: Assessment, new: Assessment) -> bool:
    names = ("policy_id", "finding", "basis", "contested", "origins", "independent", "against", "digest", "hangs_on")
    return all(getattr(last, name) == getattr(new, name) for name in names)


def _set_status(claim: Claim, findings: Mapping[str, Finding], signed: bool, case: CaseFacts, now: datetime) -> None:
    claim_finding = findings[str(claim.pk)]
    effective = status.effective_status(claim_finding.finding, signed=signed)
    value = effective.value if effective else ""
    if (claim.status, claim.contested) != (value, claim_finding.contested):
        claim.status, claim.contested = value, claim_finding.contested
        claim.save(update_fields=["status", "contested"])
        _reassess_compounds(claim, case, now)  # a compound is signed once all its parts are


def _urgency(claim: Claim, stories: Iterable[Story]) -> int:
    """Ten for each step of risk, plus more the nearer a story that uses the claim is to publication."""
    story_urgency = max((_STATUS_URGENCY.get(StoryStatus(story.status), 0) for story in stories), default=0)
    return 10 * Risk(claim.risk).rank + story_urgency


def _stories_using(claim: Claim) -> list[Story]:
    """Id and status of the stories that use the claim or one that contains it, in their draft or as published."""
    used_claims = containment.all_containing(claim.pk)
    return list(stories_using(used_claims).order_by("pk").only("status"))
