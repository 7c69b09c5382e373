"""Restrictions on whole stories: restrict and lift; and the expiry of any restriction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, MessageKind, Restriction, Story, User
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission
from editorial.workflow.core.locking import ExpectedVersion, get_visible, lock
from editorial.workflow.evidence import name_guard
from editorial.workflow.review import restrictions


@atomic_action
def restrict(
    *,
    story_id: UUID | str,
    kind: str,
    reason: str,
    until: datetime | None = None,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Restriction:
    """Forbid publication of a story as a whole, until a given time or until somebody lifts the restriction.

    A published story stays up until somebody withholds it.
    """
    story = lock(Story, story_id, actor, expected_version=expected_version)
    require_permission(actor, Action.STORY_RESTRICT, story.access_facts())
    name_guard.check_story({"reason": reason}, story=story, actor=actor, now=now)
    restriction = restrictions.impose(Restriction(story=story), kind, reason, until, actor, now)
    _log_and_reevaluate(story, Action.STORY_RESTRICT, restriction, actor, now, reason=restriction.reason)
    return restriction


@atomic_action
def lift(
    *,
    story_id: UUID | str,
    restriction_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Restriction:
    """Lift a restriction on a story before it expires."""
    story = lock(Story, story_id, actor, expected_version=expected_version)
    require_permission(actor, Action.STORY_LIFT_RESTRICTION, story.access_facts())
    name_guard.check_story({"reason": reason}, story=story, actor=actor, now=now)
    restriction = restrictions.end(story.restrictions, restriction_id, reason, actor, now)
    _log_and_reevaluate(story, Action.STORY_LIFT_RESTRICTION, restriction, actor, now, reason=restriction.lift_reason)
    return restriction


@atomic_action
def expire(*, restriction_id: UUID | str, now: datetime) -> None:
    """Record that a restriction expired, and reevaluate every gate that it blocked. A system action."""
    unlocked = get_visible(Restriction, restriction_id, None)
    subject = lock(Claim, unlocked.claim_id, None) if unlocked.claim_id else lock(Story, str(unlocked.story_id), None)
    restriction = lock(Restriction, restriction_id, None)
    if restriction.until is None or restriction.until > now or restriction.lifted_at:
        return
    restriction.lifted_at = now
    restriction.save(update_fields=["lifted_at"])
    if isinstance(subject, Story):
        _log_and_reevaluate(subject, SystemEvent.RESTRICTION_EXPIRE, restriction, None, now)
    else:
        audit.log(subject, SystemEvent.RESTRICTION_EXPIRE, actor=None, now=now, **restrictions.event_data(restriction))
        restrictions.enqueue_assessments(subject, now)


def _log_and_reevaluate(
    story: Story, action: str, restriction: Restriction, actor: User | None, now: datetime, **data: Any
) -> None:
    audit.log(story, action, actor=actor, now=now, **restrictions.event_data(restriction), **data)
    outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)
