"""Ways back before print: take a story off the schedule, send it back to its authors, unspike it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Story, User
from editorial.policy.actions import Action
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import ExpectedVersion
from editorial.workflow.stories.states import (
    checked_text,
    leave_schedule,
    lock_story,
    log_and_reassess,
    transition,
    void_clearance,
)


@atomic_action
def unschedule(*, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> Story:
    """Take a scheduled story off the schedule. It stays cleared, and its planned time is kept beside it."""
    story = lock_story(story_id, actor, Action.STORY_UNSCHEDULE, expected_version)
    leave_schedule(story)
    return _finish(story, Action.STORY_UNSCHEDULE, actor, now)


@atomic_action
def send_back(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Send a submitted or cleared story back to its authors, with a reason. It is a draft again."""
    story = lock_story(story_id, actor, Action.STORY_SEND_BACK, expected_version)
    reason = checked_text(story, reason, "Tell its authors what to change.", actor=actor, now=now)
    void_clearance(story)
    return _finish(story, Action.STORY_SEND_BACK, actor, now, reason)


@atomic_action
def unspike(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Revive a spiked story. It is a draft again, whatever it was before."""
    story = lock_story(story_id, actor, Action.STORY_UNSPIKE, expected_version)
    if story.merged_into_id is not None:
        raise Conflict("This draft was merged into another. Unmerge it instead.", code="MERGED")
    reason = checked_text(story, reason, "Tell its authors why.", actor=actor, now=now)
    return _finish(story, Action.STORY_UNSPIKE, actor, now, reason)


def _finish(story: Story, action: Action, actor: User, now: datetime, reason: str = "") -> Story:
    transition(story, action)
    log_and_reassess(story, action, actor, now, **({"reason": reason} if reason else {}))
    return story
