"""Publication: publish, correct, withhold, restore, retract, and re-evaluation when facts change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, Correction, MessageKind, PublishedUse, Story, User
from editorial.policy.actions import Action
from editorial.policy.publication import gate, wire_items
from editorial.policy.publication.remedy import DUE, Remedy, UseRemedy
from editorial.policy.publication.transitions import IN_PRINT, StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import Code, RemedyKind
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.errors import Conflict, Reason
from editorial.workflow.core.locking import ExpectedVersion, get_visible, lock
from editorial.workflow.evidence import carried_claims
from editorial.workflow.review import assessments
from editorial.workflow.stories import gates, published_versions
from editorial.workflow.stories.gates import Verdict
from editorial.workflow.stories.states import (
    checked_text,
    lapse_correction,
    leave_schedule,
    lock_story,
    log_and_reevaluate,
    transition,
)


@atomic_action
def publish(
    *, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User | None, now: datetime
) -> Story:
    """Publish the story if the gate, re-evaluated now, lets it pass."""
    story = lock_story(story_id, actor, Action.STORY_PUBLISH, expected_version)
    verdict = _evaluate_locked(story, now)
    _require_open_gate(verdict, actor)
    _record_publication(story, Action.STORY_PUBLISH, verdict, now)
    audit.log(story, Action.STORY_PUBLISH, actor=actor, now=now, codes=_code_values(verdict.result.codes))
    return story


@atomic_action
def correct(
    *, story_id: UUID | str, text: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Publish a corrected version, with a note to readers. The gate applies again."""
    story = lock_story(story_id, actor, Action.STORY_CORRECT, expected_version)
    text = checked_text(story, text, "Tell readers what has changed.", actor=actor, now=now, field="text")
    lapse_correction(story, actor, now)
    publish_correction(story, text, by=actor, actor=actor, now=now)
    return story


def publish_correction(story: Story, text: str, *, by: User, actor: User | None, now: datetime) -> None:
    """Publish the locked story again with this note `by` a person. A scheduled correction has no `actor`."""
    _require_no_embargo_on_return(story, now)
    verdict = _evaluate_locked(story, now)
    _require_open_gate(verdict, actor)
    correction = _open_correction(story)
    if correction is None:
        correction = Correction(
            story=story, remedy=RemedyKind.UPDATE.value, because="Changed by the desk.", opened_at=now
        )
        correction.due_at = now
    correction.text, correction.closed_at, correction.closed_by = text, now, by
    correction.save()
    _record_publication(story, Action.STORY_CORRECT, verdict, now)
    audit.log(
        story, Action.STORY_CORRECT, actor=actor, now=now, correction=str(correction.pk), remedy=correction.remedy
    )


@atomic_action
def withhold(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Take a published story down temporarily."""
    story = lock_story(story_id, actor, Action.STORY_WITHHOLD, expected_version)
    reason = checked_text(story, reason, "Say what the desk can tell readers.", actor=actor, now=now)
    lapse_correction(story, actor, now)
    published_versions.issue(story, now)
    transition(story, Action.STORY_WITHHOLD)
    log_and_reevaluate(story, Action.STORY_WITHHOLD, actor, now, reason=reason)  # an embargo keeps it from returning
    return story


@atomic_action
def restore(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Publish a withheld story again, unchanged. The gate applies again.

    If readers are owed a remedy, publish a correction instead.
    """
    story = lock_story(story_id, actor, Action.STORY_RESTORE, expected_version)
    reason = checked_text(story, reason, "Say why the story can go back online.", actor=actor, now=now)
    if gates.last_revision(story) != story.published_revision:
        raise Conflict(
            "The copy was revised since. Publish a correction, with a note to readers.", code="REVISED_SINCE"
        )
    _require_no_embargo_on_return(story, now)
    verdict = _evaluate_locked(story, now)
    _require_open_gate(verdict, actor)
    if _open_correction(story) or gates.remedy_for(story, now=now).remedy is not RemedyKind.NONE:
        raise Conflict("Readers are owed a correction. Publish a correction instead.", code="CORRECTION_OWED")
    _record_publication(story, Action.STORY_RESTORE, verdict, now)
    audit.log(story, Action.STORY_RESTORE, actor=actor, now=now, reason=reason)
    return story


@atomic_action
def retract(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Retract a published story permanently, with a reason for readers."""
    story = lock_story(story_id, actor, Action.STORY_RETRACT, expected_version)
    reason = checked_text(story, reason, "Tell readers why: they will see this text.", actor=actor, now=now)
    correction = _open_correction(story)
    if correction is not None:
        correction.text, correction.closed_at, correction.closed_by = reason, now, actor
        correction.save()
    story.remedy = RemedyKind.NONE.value
    lapse_correction(story, actor, now)
    published_versions.issue(story, now)
    transition(story, Action.STORY_RETRACT)
    audit.log(story, Action.STORY_RETRACT, actor=actor, now=now, reason=reason)
    return story


@atomic_action
def reevaluate(*, story_id: UUID | str, now: datetime) -> Story:
    """Recompute the gate and, once the story has run, its remedy. A system action."""
    story = lock(Story, story_id, None)
    if StoryStatus(story.status) not in (StoryStatus.SPIKED, StoryStatus.RETRACTED):
        verdict = gates.evaluate(story, now=now)
        if story.gate != verdict.gate:
            before, story.gate = story.gate, verdict.gate.value
            story.save(update_fields=["gate"])
            audit.log(story, SystemEvent.STORY_GATE, actor=None, now=now, gate=[before, story.gate])
        if story.open_codes != verdict.open_codes:
            story.open_codes = verdict.open_codes
            story.save(update_fields=["open_codes"])
    if StoryStatus(story.status) in IN_PRINT:
        _update_remedy(story, gates.remedy_for(story, now=now), now)
    return story


@atomic_action
def publish_due(*, story_id: UUID | str, now: datetime) -> Story | None:
    """Publish a scheduled story that is due. If the gate refuses, return it to its desk with the codes."""
    story = lock(Story, story_id, None)
    if story.status != StoryStatus.SCHEDULED or story.publish_at is None or story.publish_at > now:
        return None
    try:
        return publish(story_id=story_id, actor=None, now=now)
    except Conflict as refusal:
        story = lock(Story, story_id, None)
        take_off_schedule(story, codes=[reason.code for reason in refusal.reasons], now=now)
        return story


def take_off_schedule(story: Story, *, codes: Iterable[str], now: datetime) -> None:
    """Return a story, which is locked, from the schedule to its desk, with the reasons; nothing if it has no time."""
    if story.status != StoryStatus.SCHEDULED:
        return
    leave_schedule(story)
    story.status = StoryStatus.CLEARED.value
    story.save()
    audit.log(story, SystemEvent.STORY_REFUSE, actor=None, now=now, codes=sorted(set(codes)))


@atomic_action
def mark_correction_overdue(*, correction_id: UUID | str, now: datetime) -> None:
    """Notify the desk, once, that a correction is overdue."""
    story = lock(Story, get_visible(Correction, correction_id, None).story_id, None)
    correction = lock(Correction, correction_id, None)
    if correction.closed_at or correction.overdue_at or correction.due_at > now:
        return
    correction.overdue_at = now
    correction.save(update_fields=["overdue_at"])
    audit.log(story, SystemEvent.CORRECTION_OVERDUE, actor=None, now=now, remedy=correction.remedy)


def _evaluate_locked(story: Story, now: datetime) -> Verdict:
    """Lock and reassess every claim the story uses, then evaluate: nothing can change before publication."""
    reassessed = assessments.refresh_all(carried_claims.lock_used(story.pk), now=now)
    return gates.evaluate(story, now=now, reassessed=reassessed)


def _require_open_gate(verdict: Verdict, actor: User | None) -> None:
    withheld = gates.withheld_codes(verdict, actor.facts() if actor else None) if verdict.refusals else frozenset()
    reasons = [Reason(Code.E_RESTRICTED.value, gate.STORY_RESTRICTED)] if verdict.restricted else []
    reasons += [Reason(block.code.value, block.text) for block in verdict.wire_item_refusals]
    reasons += [
        Reason(
            gate.public_name(code) if (claim, code) in withheld else code.value,
            f"{gate.ASK_CUSTODIAN if (claim, code) in withheld else gate.explain(code)} ({verdict.describe(claim)})",
            claim,
        )
        for claim, code in verdict.refusals
    ]
    if verdict.needs_no_claims_check:
        reasons.append(Reason("NO_CLAIMS_LISTED", gate.NO_CLAIMS_LISTED, "uses"))
    reasons += [
        Reason(
            code.value,
            f"A copy editor has not confirmed this condition: {gate.explain(code)} ({verdict.describe(claim)})",
            claim,
        )
        for claim, code in ([] if reasons else verdict.unconfirmed)
    ]
    if reasons:
        raise Conflict(*reasons)


def _require_no_embargo_on_return(story: Story, now: datetime) -> None:
    """A withheld story does not come back during an embargo of its wire item. One in print may be corrected."""
    if story.status == StoryStatus.WITHHELD:
        gates.require_usable_wire_item(story, at=now)


def _record_publication(story: Story, action: Action, verdict: Verdict, now: datetime) -> None:
    """Record the published revision, the claims it uses or carries, and their findings at publication."""
    story.published_uses.exclude(claim__in=list(verdict.uses)).delete()
    PublishedUse.objects.bulk_create(
        [
            PublishedUse(
                story=story,
                claim=verdict.claims[key],
                mode=use.mode.value,
                finding=verdict.claims[key].status,
                central=use.central,
                contested=verdict.findings[key].contested,
                stated_source_count=use.stated_source_count,
                text=verdict.claims[key].text,
                published_at=now,
            )
            for key, use in verdict.uses.items()
        ],
        update_conflicts=True,
        unique_fields=["story", "claim"],
        update_fields=["mode", "finding", "central", "contested", "stated_source_count", "text", "published_at"],
    )
    story.published_at = story.published_at or now
    story.published_revision, story.last_published_at = verdict.revision, now
    story.publish_at = story.planned_at = None
    published_versions.issue(story, now)
    story.gate, story.remedy = verdict.gate.value, RemedyKind.NONE.value
    transition(story, action)
    # Publication raises the urgency of their tasks.
    outbox.send_all({MessageKind.ASSESS_CLAIM: verdict.uses}, now=now)


def _update_remedy(story: Story, remedy: Remedy, now: datetime) -> None:
    """Open, change or close the story's correction; withhold the story immediately where the rules require it."""
    correction = _open_correction(story)
    reasons = _reasons(remedy)
    if is_remedy_current(story, correction, remedy):
        return
    before, story.remedy = story.remedy, remedy.remedy.value
    if remedy.withheld and story.status == StoryStatus.PUBLISHED:
        story.status = StoryStatus.WITHHELD.value
        lapse_correction(story, None, now)
        published_versions.issue(story, now)
        outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)  # as for one that a person withholds
    story.save()
    if remedy.remedy is RemedyKind.NONE:
        if correction is not None:
            correction.closed_at, correction.text = now, "No longer needed: the facts have changed back."
            correction.save()
        audit.log(story, SystemEvent.STORY_CLEAR_FLAG, actor=None, now=now, remedy=[before, remedy.remedy.value])
        return
    correction = correction or Correction(story=story, opened_at=now)
    correction.remedy, correction.due_at, correction.overdue_at = remedy.remedy.value, now + DUE[remedy.remedy], None
    because = [wire_items.WITHDRAWN_SINCE_PUBLICATION] if remedy.wire_item_withdrawn else []
    correction.because = " ".join(dict.fromkeys([*because, *(use.reason for use in reasons.values())]))
    correction.save()
    correction.claims.set(Claim.objects.filter(pk__in=list(reasons)))
    audit.log(
        story,
        SystemEvent.STORY_FLAG,
        actor=None,
        now=now,
        remedy=[before, remedy.remedy.value],
        claims=sorted(reasons),
        withheld=story.status == StoryStatus.WITHHELD,
        correction=str(correction.pk),
    )


def is_remedy_current(story: Story, correction: Correction | None, remedy: Remedy) -> bool:
    """Whether the story's stored remedy and its open correction match this remedy."""
    claim_ids = {str(claim) for claim in correction.claims.values_list("pk", flat=True)} if correction else set()
    flagged = correction is not None and wire_items.WITHDRAWN_SINCE_PUBLICATION in correction.because
    same_reasons = claim_ids == set(_reasons(remedy)) and flagged == remedy.wire_item_withdrawn
    return story.remedy == remedy.remedy and same_reasons


def _reasons(remedy: Remedy) -> dict[str, UseRemedy]:
    return {claim: use for claim, use in remedy.uses.items() if use.remedy is not RemedyKind.NONE}


def _open_correction(story: Story) -> Correction | None:
    return Correction.objects.select_for_update().filter(story=story, closed_at=None).first()


def _code_values(codes: Iterable[Code]) -> list[str]:
    return [code.value for code in codes]
