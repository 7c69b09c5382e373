"""The desk of a story."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial import outbox
from editorial.models import MessageKind, Story, User
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_desk, require_reason
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import ExpectedVersion
from editorial.workflow.evidence import name_guard
from editorial.workflow.stories.states import lock_story, reassess_claims, transition


@atomic_action
def move(
    *,
    story_id: UUID | str,
    desk_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Move the story to another desk, as an editor of both. Both desks are notified; the former no longer sees it.

    The new desk sees the claims that the story uses, but no more of an unnamed source than any other desk.
    """
    story = lock_story(story_id, actor, Action.STORY_MOVE, expected_version)
    desk, former = require_desk(desk_id, actor, Action.STORY_MOVE), story.desk
    if desk == former:
        raise Conflict("The story is at this desk already.", code="SAME_DESK")
    reason = require_reason(reason, "both desks will ask why.")
    name_guard.check_story({"reason": reason}, story=story, actor=actor, now=now)
    story.desk = desk
    transition(story, Action.STORY_MOVE)
    desks = [str(former.pk), str(desk.pk)]
    audit.log(story, Action.STORY_MOVE, actor=actor, now=now, desk_id=former.pk, desks=desks, reason=reason)
    outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)
    reassess_claims(story, now)
    return story
