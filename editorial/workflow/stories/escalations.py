"""Escalation of stories: what is scheduled and the gate does not pass, and corrections that are due soon."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Correction, Story
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.review.escalation import EscalationStep
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import escalations
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.stories import gates


@atomic_action
def warn_of_schedule(*, story_id: UUID | str, now: datetime) -> None:
    """Announce, once for each time, that the gate does not pass a story that is to run soon. A system action."""
    story = lock(Story, story_id, None)
    if story.status == StoryStatus.SCHEDULED:
        _warn(story, SystemEvent.STORY_WARN, story.publish_at, now)


@atomic_action
def warn_of_scheduled_correction(*, story_id: UUID | str, now: datetime) -> None:
    """Announce, once for each time, that the gate does not pass a correction that is to run soon. A system action."""
    story = lock(Story, story_id, None)
    if story.status == StoryStatus.PUBLISHED:
        _warn(story, SystemEvent.CORRECTION_WARN, story.correction_at, now)


@atomic_action
def remind_of_correction(*, correction_id: UUID | str, now: datetime) -> None:
    """Announce, once, that a correction is due soon. A system action."""
    story = lock(Story, get_visible(Correction, correction_id, None).story_id, None)
    correction = lock(Correction, correction_id, None)
    if correction.closed_at or correction.due_at <= now:
        return
    escalations.announce(
        correction,
        EscalationStep.REMIND,
        SystemEvent.CORRECTION_REMIND,
        due_at=correction.due_at,
        now=now,
        log_to=story,
        remedy=correction.remedy,
        at=correction.due_at.isoformat(),
    )


def _warn(story: Story, event: SystemEvent, at: datetime | None, now: datetime) -> None:
    codes = gates.evaluate(story, now=now).open_codes
    if at is not None and at > now and codes:
        step = EscalationStep.REMIND
        escalations.announce(story, step, event, due_at=at, now=now, codes=codes, at=at.isoformat())
