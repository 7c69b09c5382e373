"""Escalation of stories: a schedule that the gate does not pass, and a correction that is due soon."""

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
    if story.status != StoryStatus.SCHEDULED or story.publish_at is None or story.publish_at <= now:
        return
    codes = gates.evaluate(story, now=now).open_codes
    if codes:
        escalations.announce(
            story,
            EscalationStep.REMIND,
            SystemEvent.STORY_WARN,
            due_at=story.publish_at,
            now=now,
            codes=codes,
            at=story.publish_at.isoformat(),
        )


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
