"""Restrictions on claims and on whole stories: restrict, lift, expire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, MessageKind, Restriction, Story, User
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    atomic_action,
    require_permission,
    require_reason,
    require_valid_times,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, NotFound, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock, lock_many
from editorial.workflow.evidence import claims
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.stories import states


@atomic_action
def restrict_claim(
    *,
    claim_id: UUID | str,
    kind: str,
    reason: str,
    until: datetime | None = None,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Restriction:
    """Forbid publication of a claim, even if it is true, until a given time or until somebody lifts the restriction.

    A published story that uses it stays up until somebody withholds it.
    """
    claim = _lock_with_members(claim_id, actor, expected_version)
    require_permission(actor, Action.CLAIM_RESTRICT, claim.access_facts())
    if not claim.live:
        raise Conflict("This claim was dropped or merged.", code="CLAIM_CLOSED")
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    return _impose(Restriction(claim=claim), Action.CLAIM_RESTRICT, kind, reason, until, actor, now)


@atomic_action
def restrict_story(
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
    story = states.lock_story(story_id, actor, Action.STORY_RESTRICT, expected_version)
    name_guard.check_story({"reason": reason}, story=story, actor=actor, now=now)
    return _impose(Restriction(story=story), Action.STORY_RESTRICT, kind, reason, until, actor, now)


@atomic_action
def lift_from_claim(
    *,
    claim_id: UUID | str,
    restriction_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Restriction:
    """Lift a restriction on a claim before it expires."""
    claim = _lock_with_members(claim_id, actor, expected_version)
    require_permission(actor, Action.CLAIM_LIFT_RESTRICTION, claim.access_facts())
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    return _lift(claim, Action.CLAIM_LIFT_RESTRICTION, restriction_id, reason, actor, now)


@atomic_action
def lift_from_story(
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
    return _lift(story, Action.STORY_LIFT_RESTRICTION, restriction_id, reason, actor, now)


@atomic_action
def expire(*, restriction_id: UUID | str, now: datetime) -> None:
    """Record that a restriction expired, and re-evaluate every gate that it blocked. A system action."""
    subject = _subject(get_visible(Restriction, restriction_id, None))
    lock(type(subject), subject.pk, None)
    restriction = lock(Restriction, restriction_id, None)
    if restriction.until is None or restriction.until > now or restriction.lifted_at:
        return
    restriction.lifted_at = now
    restriction.save(update_fields=["lifted_at"])
    _log_and_reevaluate(restriction, SystemEvent.RESTRICTION_EXPIRE, None, now)


def _lock_with_members(claim_id: UUID | str, actor: User, expected_version: ExpectedVersion) -> Claim:
    """Lock a claim and its parts. A story that uses all parts is blocked too, and publishing it locks only them."""
    claim = get_visible(Claim, claim_id, actor)
    members = claim.member_links.values_list("member_id", flat=True)
    locked = {row.pk: row for row in lock_many(Claim, [claim.pk, *members], None, field="id")}
    check_version(locked[claim.pk], expected_version)
    return locked[claim.pk]


def _impose(
    restriction: Restriction, action: Action, kind: str, reason: str, until: datetime | None, actor: User, now: datetime
) -> Restriction:
    require_valid_times(until=until)
    if until is not None and until <= now:
        raise ValidationFailed(Reason("IN_THE_PAST", "This time is in the past.", "until"))
    restriction.kind, restriction.until = kind, until
    restriction.reason = require_reason(reason, "Name the court order, the agreement or the danger.")
    restriction.restricted_by, restriction.restricted_at = actor, now
    validate_and_save(restriction)
    _log_and_reevaluate(restriction, action, actor, now, reason=restriction.reason)
    return restriction


def _lift(
    subject: Claim | Story, action: Action, restriction_id: UUID | str, reason: str, actor: User, now: datetime
) -> Restriction:
    """Lift one of the restrictions of a claim or story."""
    reason = require_reason(reason, "Say who lifted or waived it, and when.")
    restriction = get_visible(Restriction, restriction_id, None, field="restriction", locked=True)
    if _subject(restriction) != subject:
        raise NotFound(Reason("NOT_FOUND", "No such restriction exists here.", "restriction"))
    if restriction.lifted_at:
        raise Conflict("This restriction has already been lifted or has expired.", code="ALREADY_LIFTED")
    restriction.lifted_at, restriction.lifted_by, restriction.lift_reason = now, actor, reason
    validate_and_save(restriction)
    _log_and_reevaluate(restriction, action, actor, now, reason=reason)
    return restriction


def _log_and_reevaluate(restriction: Restriction, action: str, actor: User | None, now: datetime, **data: Any) -> None:
    """Log the event on the claim or story, and re-evaluate every story that the restriction blocks or blocked."""
    subject = _subject(restriction)
    until = restriction.until.isoformat() if restriction.until else None
    data = {"restriction": str(restriction.pk), "kind": restriction.kind, "until": until} | data
    audit.log(subject, action, actor=actor, now=now, **data)
    if isinstance(subject, Claim):
        claims.enqueue_assessments(subject, now)
    else:
        outbox.send(MessageKind.REEVALUATE_STORY, subject.pk, now=now)


def _subject(restriction: Restriction) -> Claim | Story:
    return cast("Claim | Story", restriction.claim or restriction.story)  # a constraint: it has one of them
