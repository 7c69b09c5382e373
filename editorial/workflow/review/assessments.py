"""Assessments: a claim's facts give its finding, its agenda of tasks and its status. A system action.

It moves a claim's status only toward caution. Only people's signatures (signoffs.py) move it the other way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial import outbox
from editorial.models import (
    Assessment,
    Claim,
    CorroborationPolicy,
    MessageKind,
    ReviewTask,
    Story,
)
from editorial.models.evidence import containment
from editorial.models.review.tasks import LIVE_STATES
from editorial.models.stories.stories import stories_using
from editorial.policy.facts import CaseFacts
from editorial.policy.publication import signoffs
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.review import agenda
from editorial.policy.review.agenda import AgendaItem
from editorial.policy.system_events import SystemEvent
from editorial.policy.verification import digest, finding, thresholds
from editorial.policy.verification.finding import Finding
from editorial.policy.vocabulary import Risk, TaskState
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.locking import lock
from editorial.workflow.evidence import facts, signatures
from editorial.workflow.review import policies

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
        _close(ReviewTask.objects.select_for_update().filter(claim=claim, state__in=LIVE_STATES), now)
        return None
    assessment = refresh(claim, now=now)
    for story in _stories_using(claim):
        outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)
    return assessment


def refresh(claim: Claim, *, now: datetime) -> Assessment:
    """Reassess a claim that the caller has locked, in the caller's transaction."""
    version, policy = policies.in_force(now)
    case = facts.case([claim.pk], now=now)
    key = str(claim.pk)

    initial = finding.assess(case, policy, hangs_on=False)
    case_signatures = signatures.for_case(case)
    items = agenda.agenda(case, initial, key, policy, case_signatures.facts(initial, policy)[key])
    _apply_task_plan(claim, items, policy, now)

    # Updating the tasks may have changed the review progress, and with it the finding.
    case = dataclasses.replace(case, tasks={**case.tasks, key: facts.review_progress([claim.pk])[claim.pk]})
    findings = finding.assess(case, policy)
    assessment = _store(claim, findings[key], version, case, now)
    if signatures.void_stale(claim, findings[key].finding, now=now):
        # A voided signature is needed again.
        case_signatures = signatures.for_case(case)
        items = agenda.agenda(case, findings, key, policy, case_signatures.facts(findings, policy)[key])
        _apply_task_plan(claim, items, policy, now)
    _set_status(
        claim, findings, signoffs.is_signed(case, key, case_signatures.facts(findings, policy), policy), case, now
    )
    return assessment


def _store(
    claim: Claim, claim_finding: Finding, version: CorroborationPolicy, case: CaseFacts, now: datetime
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
    last = Assessment.objects.filter(claim=claim).order_by("-number").first()
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
    effective = signoffs.effective_status(claim_finding.finding, signed=signed)
    value = effective.value if effective else ""
    if (claim.status, claim.contested) != (value, claim_finding.contested):
        claim.status, claim.contested = value, claim_finding.contested
        claim.save(update_fields=["status", "contested"])
        _reassess_compounds(claim, case, now)  # a compound is signed once all its members are


def _apply_task_plan(claim: Claim, items: list[AgendaItem], policy: thresholds.PolicyRules, now: datetime) -> None:
    """Open, close, reopen and refresh the claim's review tasks to match the agenda."""
    plan = agenda.plan(items, facts.tasks([claim.pk])[claim.pk])
    due_at = now + timedelta(hours=policy.rules[Risk(claim.risk)].review_hours)
    urgency = _urgency(claim)
    opened = [
        ReviewTask(
            claim=claim,
            queue=item.queue.value,
            kind=item.kind.value,
            subject=item.subject,
            question=item.question,
            because=list(item.because),
            urgency=urgency,
            opened_at=now,
            due_at=due_at,
        )
        for item in plan.open
    ]
    ReviewTask.objects.bulk_create(opened)
    audit.log_created(opened, SystemEvent.REVIEW_OPEN, actor=None, now=now, desk=claim.desk, data=_task_data)
    for old, item in plan.reopen:
        task = ReviewTask.objects.select_for_update().get(pk=old.id)
        task.state, task.ended_at, task.ended_by, task.note = TaskState.OPEN.value, None, None, ""
        task.because, task.question, task.urgency = list(item.because), item.question, urgency
        task.opened_at, task.due_at, task.overdue_at = now, due_at, None
        task.save()
        _log(task, SystemEvent.REVIEW_REOPEN, now)
    for old, item in plan.refresh:
        ReviewTask.objects.filter(pk=old.id).update(because=list(item.because), question=item.question)
    _close(ReviewTask.objects.select_for_update().filter(pk__in=[task.id for task in plan.close]), now)
    ReviewTask.objects.filter(claim=claim, state__in=LIVE_STATES).exclude(urgency=urgency).update(urgency=urgency)


def _close(tasks: Iterable[ReviewTask], now: datetime) -> None:
    """Close tasks that are no longer needed, even if somebody has taken them."""
    for task in tasks:
        task.state, task.taken_by, task.lease_until = TaskState.CLOSED.value, None, None
        task.ended_at, task.ended_by = now, None
        task.save()
        _log(task, SystemEvent.REVIEW_CLOSE, now)


def _log(task: ReviewTask, event_type: SystemEvent, now: datetime) -> None:
    audit.log(task, event_type, actor=None, now=now, desk=task.claim.desk, **_task_data(task))


def _task_data(task: ReviewTask) -> dict[str, Any]:
    return {"claim": str(task.claim_id), "kind": task.kind}


def _urgency(claim: Claim) -> int:
    """Ten for each step of risk, plus more the nearer a story that uses the claim is to publication."""
    story_urgency = max(
        (_STATUS_URGENCY.get(StoryStatus(story.status), 0) for story in _stories_using(claim)), default=0
    )
    return 10 * Risk(claim.risk).rank + story_urgency


def _stories_using(claim: Claim) -> list[Story]:
    """Id and status of the stories that use the claim or one that contains it, in their draft or as published."""
    used_claims = containment.all_containing(claim.pk)
    return list(stories_using(used_claims).order_by("pk").only("status"))
