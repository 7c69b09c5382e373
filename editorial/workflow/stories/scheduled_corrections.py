"""Scheduled corrections: publish a correction of a published story at a set time, if the gate still lets it pass."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from editorial.models import Event, Story, User
from editorial.policy.actions import Action
from editorial.policy.publication import scheduled_corrections
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission
from editorial.workflow.core.errors import Conflict, Forbidden
from editorial.workflow.core.locking import ExpectedVersion, lock
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.stories import publication
from editorial.workflow.stories.states import checked_text, future_time, lapse_correction, lock_story, transition


@atomic_action
def schedule_correction(
    *,
    story_id: UUID | str,
    text: str,
    at: datetime,
    time_zone: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Schedule a correction of a published story, with its note to readers. It replaces the one that was scheduled.

    The gate is checked at that time. If the copy is revised or the story withheld before, it is cancelled.
    """
    story = lock_story(story_id, actor, Action.STORY_SCHEDULE_CORRECTION, expected_version)
    publish_at = future_time(at, time_zone, now)
    text = checked_text(story, text, "Tell readers what has changed.", actor=actor, now=now, field="text")
    story.correction_at, story.correction_by, story.correction_text = publish_at, actor, text
    story.correction_sources = sorted(name_guard.concerned_by(story))
    story.publish_time_zone = time_zone
    transition(story, Action.STORY_SCHEDULE_CORRECTION)
    audit.log(story, Action.STORY_SCHEDULE_CORRECTION, actor=actor, now=now, at=publish_at.isoformat())
    return story


@atomic_action
def cancel_correction(
    *, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Cancel a scheduled correction. Its note is kept for the next one."""
    story = lock_story(story_id, actor, Action.STORY_CANCEL_CORRECTION, expected_version)
    if story.correction_at is None:
        raise Conflict("No correction is scheduled.", code="NO_CORRECTION_SCHEDULED")
    story.correction_at = story.correction_by = None
    transition(story, Action.STORY_CANCEL_CORRECTION)
    audit.log(story, Action.STORY_CANCEL_CORRECTION, actor=actor, now=now)
    return story


@atomic_action
def publish_due_correction(*, story_id: UUID | str, now: datetime) -> Story | None:
    """Publish a scheduled correction that is due. If it may not run any more, return it to the desk with the codes."""
    story = lock(Story, story_id, None)
    if story.correction_at is None or story.correction_by is None or story.correction_at > now:
        return None
    if story.status != StoryStatus.PUBLISHED:
        lapse_correction(story, None, now)
        story.save()
        return story
    if _names_changed(story):
        story.correction_text = ""
        return _refuse(story, {scheduled_corrections.NAMES_CHANGED}, now)
    try:
        with transaction.atomic():
            _publish(story, story.correction_text, story.correction_by, now)
    except (Conflict, Forbidden) as refusal:
        return _refuse(lock(Story, story_id, None), {reason.code for reason in refusal.reasons}, now)
    return story


def _publish(story: Story, text: str, by: User, now: datetime) -> None:
    require_permission(by, Action.STORY_CORRECT, story.access_facts())
    story.correction_at, story.correction_by, story.correction_text = None, None, ""
    publication.publish_correction(story, text, by=by, actor=None, now=now)


def _refuse(story: Story, codes: set[str], now: datetime) -> Story:
    story.correction_at = story.correction_by = None
    story.save()
    audit.log(story, SystemEvent.CORRECTION_REFUSE, actor=None, now=now, codes=sorted(codes))
    return story


def _names_changed(story: Story) -> bool:
    """Whether a source may be concerned now with whose name the note was not compared.

    The version before this one does not note which sources were concerned: of its plans only the names since count.
    """
    noted = story.correction_sources
    another = noted is not None and not name_guard.concerned_by(story).issubset(noted)
    return another or name_guard.sealed_since(story, _scheduled_at(story))


def _scheduled_at(story: Story) -> datetime:
    """When its note was compared with the confidential names last."""
    scheduled = Event.objects.filter(stream=audit.stream_of(story), action=Action.STORY_SCHEDULE_CORRECTION.value)
    return scheduled.order_by("-number").values_list("at", flat=True)[:1].get()
