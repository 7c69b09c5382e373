"""States of a story, for its actions: lock it, move it on, take it or its correction off the schedule."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from editorial import outbox
from editorial.models import MessageKind, Story, User
from editorial.models.evidence import containment
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    require_permission,
    require_reason,
    require_supported_year,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, lock
from editorial.workflow.evidence.confidentiality import name_guard


def lock_story(story_id: UUID | str, actor: User | None, action: Action, expected_version: ExpectedVersion) -> Story:
    """Lock the story; check the actor's permission and that its state allows the action."""
    story = lock(Story, story_id, actor, expected_version=expected_version)
    require_permission(actor, action, story.access_facts())
    allowed = transitions.may_transition(action, StoryStatus(story.status))
    if not allowed:
        raise Conflict(*allowed.reasons, code="WRONG_STATE")
    return story


def checked_text(story: Story, text: str, hint: str, *, actor: User, now: datetime, field: str = "reason") -> str:
    """The stripped text, which is required and must contain no confidential name."""
    text = require_reason(text, hint, field)
    name_guard.check_story({field: text}, story=story, actor=actor, now=now)
    return text


def void_clearance(story: Story) -> None:
    """Take it off the schedule, keeping the planned time beside it; an editor must clear it again."""
    leave_schedule(story)
    story.cleared_at = story.cleared_by = None


def leave_schedule(story: Story) -> None:
    """Take it off the schedule, and keep the time that was planned."""
    story.planned_at, story.publish_at = story.publish_at or story.planned_at, None


def transition(story: Story, action: Action) -> None:
    """Move the story to the state after the action, and save it as a new version of the row."""
    story.status = transitions.next_status(action, StoryStatus(story.status)).value
    validate_and_save(story)


def log_and_reevaluate(story: Story, action: Action, actor: User, now: datetime, **data: Any) -> None:
    """Log the action, and have gate and remedy computed again."""
    audit.log(story, action, actor=actor, now=now, **data)
    outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)


def log_and_reassess(story: Story, action: Action, actor: User, now: datetime, **data: Any) -> None:
    """Log the action, and have the story re-evaluated and its claims reassessed."""
    audit.log(story, action, actor=actor, now=now, **data)
    reassess_with_claims(story, now)


def reassess_with_claims(story: Story, now: datetime, also: Collection[str] = ()) -> None:
    """Have the story re-evaluated and its claims reassessed: urgency and signers depend on the stories using a claim.

    `also`: claims that it may have used until now.
    """
    claims = containment.used_ids(story.pk) | (containment.contained_ids(also) if also else set())
    outbox.send_all({MessageKind.REEVALUATE_STORY: [story.pk], MessageKind.ASSESS_CLAIM: claims}, now=now)


def lapse_correction(story: Story, actor: User | None, now: datetime) -> None:
    """Take its scheduled correction, if any, off the schedule: it was scheduled for another copy, or another state."""
    if story.correction_at is not None:
        audit.log(story, SystemEvent.CORRECTION_LAPSE, actor=actor, now=now, at=story.correction_at.isoformat())
        story.correction_at = story.correction_by = None


def future_time(at: datetime, time_zone: str, now: datetime) -> datetime:
    """The time in UTC, read in the zone if it has no offset. Raises `ValidationFailed` unless it lies ahead."""
    require_supported_year(at=at)
    moment = _in_utc(at, time_zone)
    if moment <= now:
        raise ValidationFailed(
            Reason("IN_THE_PAST", "This time is in the past. Choose a later one, or publish now.", "at")
        )
    return moment


def _in_utc(at: datetime, time_zone: str) -> datetime:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationFailed(
            Reason("UNKNOWN_TIME_ZONE", "Give an IANA time zone such as Europe/London.", "time_zone")
        ) from error
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    local = at.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise ValidationFailed(
            Reason(
                "NONEXISTENT_LOCAL_TIME",
                f"This time does not exist in {time_zone}, where clocks skip it. Choose another.",
                "at",
            )
        )
    return local.astimezone(UTC)
