"""Restrictions on claims: restrict and lift. `stories/story_restrictions.py` does the same for whole stories."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, MessageKind, Restriction, User
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    atomic_action,
    require_permission,
    require_reason,
    require_valid_times,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, NotFound, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock_many
from editorial.workflow.evidence import name_guard


@atomic_action
def restrict(
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
    claim = lock_with_members(claim_id, actor, expected_version)
    require_permission(actor, Action.CLAIM_RESTRICT, claim.access_facts())
    if not claim.live:
        raise Conflict("This claim was dropped or merged.", code="CLAIM_CLOSED")
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    restriction = impose(Restriction(claim=claim), kind, reason, until, actor, now)
    audit.log(claim, Action.CLAIM_RESTRICT, actor=actor, now=now, **event_data(restriction), reason=restriction.reason)
    enqueue_assessments(claim, now)
    return restriction


@atomic_action
def lift(
    *,
    claim_id: UUID | str,
    restriction_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Restriction:
    """Lift a restriction on a claim before it expires."""
    claim = lock_with_members(claim_id, actor, expected_version)
    require_permission(actor, Action.CLAIM_LIFT_RESTRICTION, claim.access_facts())
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    restriction = end(claim.restrictions, restriction_id, reason, actor, now)
    audit.log(
        claim, Action.CLAIM_LIFT_RESTRICTION, actor=actor, now=now,
        **event_data(restriction), reason=restriction.lift_reason,
    )  # fmt: skip
    enqueue_assessments(claim, now)
    return restriction


def lock_with_members(claim_id: UUID | str, actor: User | None, expected_version: ExpectedVersion = None) -> Claim:
    """Lock a claim and its members. A story that uses all members is blocked too, and publishing it locks only them."""
    claim = get_visible(Claim, claim_id, actor)
    members = claim.member_links.values_list("member_id", flat=True)
    locked = {row.pk: row for row in lock_many(Claim, [claim.pk, *members], None, field="id")}
    check_version(locked[claim.pk], expected_version)
    return locked[claim.pk]


def impose(
    restriction: Restriction, kind: str, reason: str, until: datetime | None, actor: User, now: datetime
) -> Restriction:
    """Save a new restriction, in the caller's transaction."""
    require_valid_times(until=until)
    if until is not None and until <= now:
        raise ValidationFailed(Reason("IN_THE_PAST", "This time is in the past.", "until"))
    restriction.kind, restriction.until = kind, until
    restriction.reason = require_reason(reason, "name the court order, the agreement or the danger.")
    restriction.restricted_by, restriction.restricted_at = actor, now
    validate_and_save(restriction)
    return restriction


def end(restrictions: Any, restriction_id: UUID | str, reason: str, actor: User, now: datetime) -> Restriction:
    """Lift one of these restrictions, in the caller's transaction."""
    reason = require_reason(reason, "say who lifted or waived it, and when.")
    restriction = _one_of(restrictions, restriction_id)
    if restriction.lifted_at:
        raise Conflict("This restriction has already been lifted or has expired.", code="ALREADY_LIFTED")
    restriction.lifted_at, restriction.lifted_by, restriction.lift_reason = now, actor, reason
    validate_and_save(restriction)
    return restriction


def event_data(restriction: Restriction) -> dict[str, Any]:
    """The event data of a restriction."""
    until = restriction.until.isoformat() if restriction.until else None
    return {"restriction": str(restriction.pk), "kind": restriction.kind, "until": until}


def enqueue_assessments(claim: Claim, now: datetime) -> None:
    """Reevaluate every story that uses the claim, its compounds or its members."""
    members = claim.member_links.values_list("member_id", flat=True)
    compounds = claim.compound_links.values_list("compound_id", flat=True)
    for key in {claim.pk, *members, *compounds}:
        outbox.send(MessageKind.ASSESS_CLAIM, key, now=now)


def _one_of(restrictions: Any, restriction_id: UUID | str) -> Restriction:
    restriction = get_visible(Restriction, restriction_id, None, field="restriction", locked=True)
    if not restrictions.filter(pk=restriction.pk).exists():
        raise NotFound(Reason("NOT_FOUND", "No such restriction exists here.", "restriction"))
    return restriction
