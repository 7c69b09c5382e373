"""Assessments: a claim's facts give its finding, its agenda of tasks and its status. A system action.

It moves a claim's status only toward caution. Only people's signatures (signoffs.py) move it the other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from editorial.models import Assessment, Claim, MessageKind, Signoff
from editorial.policy.publication import replies, signoffs, status
from editorial.policy.publication.transitions import SignoffKind, StoryStatus
from editorial.policy.review import agenda
from editorial.policy.system_events import SystemEvent
from editorial.policy.verification import digest, finding
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import Risk
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.changes import Changes
from editorial.workflow.core.locking import lock_many
from editorial.workflow.evidence import signatures
from editorial.workflow.evidence.facts import LoadedCase
from editorial.workflow.review import task_updates
from editorial.workflow.review.reassessment_inputs import ReassessmentInputs

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
    """Reassess a claim, update its review tasks, and enqueue the re-evaluation of its stories.

    Returns the current assessment; None for a claim that was dropped or merged.
    """
    return _reassess([claim_id], now).get(UUID(str(claim_id)))


@atomic_action
def reassess_all(*, claim_ids: Iterable[UUID | str], now: datetime) -> None:
    """The same for several claims, with as many statements as for one."""
    _reassess(claim_ids, now)


def _reassess(claim_ids: Iterable[UUID | str], now: datetime) -> dict[UUID, Assessment]:
    claims, changes = lock_many(Claim, claim_ids, None, field="id"), Changes(now)
    inputs = ReassessmentInputs([claim.pk for claim in claims], now=now)
    current = {}
    for claim in claims:
        if claim.live:
            reassessment = Reassessment(claim, now=now, inputs=inputs, changes=changes)
            current[claim.pk] = reassessment.assess()
            changes.send(MessageKind.REEVALUATE_STORY, reassessment.stories)
        else:
            task_updates.close_all(claim, inputs.loaded.tasks[claim.pk], changes)
    changes.save()
    return current


class Reassessed(NamedTuple):
    """The facts about several claims after their reassessment, and the policy in force."""

    loaded: LoadedCase
    policy: PolicyRules


def refresh_all(claims: list[Claim], *, now: datetime) -> Reassessed:
    """Reassess these claims, which the caller has locked, on facts that are read once for all of them."""
    inputs, changes = ReassessmentInputs([claim.pk for claim in claims], now=now), Changes(now)
    for claim in claims:
        if claim.live:
            Reassessment(claim, now=now, inputs=inputs, changes=changes).assess()
    changes.save()
    return Reassessed(inputs.reloaded(), inputs.policy)


class Reassessment:
    """A claim that the caller has locked, with the facts about it, read once. Assess it again once it is signed.

    `inputs`, `changes`: of several claims that are reassessed together, in turn.
    """

    def __init__(
        self, claim: Claim, *, now: datetime, inputs: ReassessmentInputs | None = None, changes: Changes | None = None
    ) -> None:
        self.claim, self._key = claim, str(claim.pk)
        self._inputs, self._changes = inputs or ReassessmentInputs([claim.pk], now=now), changes or Changes(now)
        self._case = self._inputs.case(self._key)
        self._tasks, self.policy = self._inputs.loaded.tasks[claim.pk], self._inputs.policy
        self._signatures = self._inputs.signatures(self._case)
        self.stories = self._inputs.stories(claim.pk)

    @property
    def authors(self) -> frozenset[str]:
        """The authors of stories that use the claim or a claim that contains it."""
        return self._signatures.authors[self._key]

    @property
    def collectors(self) -> frozenset[str]:
        """The users who recorded a statement that now counts for the claim or a part of it."""
        return signatures.collectors(self._case, self._key, self._signatures.collectors)

    @property
    def risk(self) -> Risk:
        """The highest risk of the claim and its members."""
        return replies.risk_of(self._case, self._key)

    def signoff(self, kind: SignoffKind) -> Signoff | None:
        """The claim's sign-off of that kind, if one is proposed or in effect."""
        live = (each for each in self._signatures.live if each.claim_id == self.claim.pk)
        return next((each for each in live if each.kind == kind), None)

    def refresh_signed(self, signoff: Signoff) -> Assessment:
        """Reassess after this signature of the claim was given."""
        self._inputs.signoffs = (signoff, *(each for each in self._inputs.signoffs if each != signoff))
        self._signatures = self._inputs.signatures(self._case)
        return self.refresh()

    def refresh(self) -> Assessment:
        """Reassess the claim in the caller's transaction."""
        assessment = self.assess()
        self._changes.save()
        self._changes = Changes(self._changes.now)
        return assessment

    def assess(self) -> Assessment:
        """The same, without saving."""
        findings = finding.assess(self._case, self.policy)
        self._apply_agenda(findings)
        case = self._inputs.refresh_progress(self.claim, self._case)
        if case.tasks != self._case.tasks:  # updating the tasks has changed the review progress, and so the finding
            self._case, findings = case, finding.assess(case, self.policy)
        claim_finding = findings[self._key]
        assessment = self._store(claim_finding)
        signatures_left = self._signatures.void_stale(self.claim, claim_finding.finding, self._changes)
        if signatures_left is not self._signatures:
            self._signatures = signatures_left
            self._inputs.drop_voided()
            # A voided signature is needed again.
            self._apply_agenda(findings)
        self._set_status(findings)
        return assessment

    def _apply_agenda(self, findings: Mapping[str, Finding]) -> None:
        signed = self._signatures.facts(findings, self.policy)[self._key]
        items = agenda.agenda(self._case, findings, self._key, self.policy, signed)
        urgency = _urgency(self.claim, self.stories.values())
        task_updates.apply_agenda(self.claim, self._tasks, items, self.policy, self._changes, urgency=urgency)

    def _store(self, claim_finding: Finding) -> Assessment:
        """Store the assessment if anything has changed since the last one; log an event if the finding has."""
        last = self._inputs.last.get(self.claim.pk)
        values = claim_finding.to_dict(joins=_joins_are_storable(claim_finding))
        new = Assessment(
            claim=self.claim,
            number=last.number + 1 if last else 1,
            policy_id=self._inputs.policy_id,
            digest=digest.digest(self._case, self._key),
            assessed_at=self._changes.now,
            **values | {"finding": values["finding"] or "", "basis": values["basis"] or ""},
        )
        if last and _is_unchanged(last, new):
            return last
        self._changes.insert([new])
        self._inputs.last[self.claim.pk] = new
        if last is None or (last.finding, last.contested) != (new.finding, new.contested):
            self._changes.log(
                self.claim,
                SystemEvent.CLAIM_ASSESS,
                finding=[last.finding if last else None, new.finding],
                contested=[last.contested if last else None, new.contested],
                assessment=str(new.pk),
            )
        self._reassess_compounds()
        return new

    def _set_status(self, findings: Mapping[str, Finding]) -> None:
        signed = signoffs.is_signed(self._case, self._key, self._signatures.facts(findings, self.policy), self.policy)
        effective = status.effective_status(findings[self._key].finding, signed=signed)
        value, contested = effective.value if effective else "", findings[self._key].contested
        if (self.claim.status, self.claim.contested) != (value, contested):
            self._changes.update([self.claim], status=value, contested=contested)
            self._reassess_compounds()  # a compound is signed once all its parts are

    def _reassess_compounds(self) -> None:
        self._changes.send(MessageKind.ASSESS_CLAIM, self._case.compounds_of.get(self._key, ()))


def _joins_are_storable(claim_finding: Finding) -> bool:
    """Whether every group is small enough to store its joins, whose number grows with the square of its size."""
    groups = (*claim_finding.groups.independent, *claim_finding.groups.against, *claim_finding.groups.origins)
    return all(len(group.statements) <= _MAX_STORED_JOINS for group in groups)


def _is_unchanged(last: Assessment, new: Assessment) -> bool:
    names = ("policy_id", "finding", "basis", "contested", "origins", "independent", "against", "digest", "hangs_on")
    return all(getattr(last, name) == getattr(new, name) for name in names)


def _urgency(claim: Claim, stories: Iterable[StoryStatus]) -> int:
    """Ten for each step of risk, plus more the nearer a story that uses the claim is to publication."""
    story_urgency = max((_STATUS_URGENCY.get(status_of_story, 0) for status_of_story in stories), default=0)
    return 10 * Risk(claim.risk).rank + story_urgency
