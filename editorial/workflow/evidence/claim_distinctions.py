"""Claim distinctions: mark two similar claims as not the same, undo that, and list them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from editorial.models import Claim, ClaimDistinction, User
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock_many
from editorial.workflow.evidence.confidentiality import name_guard

MAX_LISTED = 50
"""Of the claims that one is not the same as, so many are listed, the newest."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """A claim that another one is not the same as."""

    claim: Claim
    distinction: ClaimDistinction


@atomic_action
def mark_distinct(
    *,
    claim_id: UUID | str,
    other_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Claim:
    """Mark two similar claims as not the same. Neither is proposed as related to the other again."""
    claim, other = _lock_pair(claim_id, other_id, expected_version, Action.CLAIM_MARK_DISTINCT, actor)
    reason = require_reason(reason, "Say how the two claims differ.")
    name_guard.check({"reason": reason}, claims=[claim, other], actor=actor, now=now)
    if between(claim, other).exists():
        raise Conflict("These two claims are already marked as not the same.", code="ALREADY_DISTINCT")
    first, second = sorted((claim, other), key=lambda each: each.pk)
    validate_and_save(ClaimDistinction(first=first, second=second, reason=reason, marked_by=actor, marked_at=now))
    _log(Action.CLAIM_MARK_DISTINCT, claim, other, actor, now)
    return claim


@atomic_action
def unmark_distinct(
    *,
    claim_id: UUID | str,
    other_id: UUID | str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Claim:
    """Undo that two claims were marked as not the same."""
    claim, other = _lock_pair(claim_id, other_id, expected_version, Action.CLAIM_UNMARK_DISTINCT, actor)
    if not between(claim, other).delete()[0]:
        raise Conflict("These two claims are not marked as not the same.", code="NOT_DISTINCT")
    _log(Action.CLAIM_UNMARK_DISTINCT, claim, other, actor, now)
    return claim


def between(claim: Claim, other: Claim) -> QuerySet[ClaimDistinction]:
    """The distinction of these two claims, if there is one."""
    first, second = sorted((claim.pk, other.pk))
    return ClaimDistinction.objects.filter(first=first, second=second)


def distinct_from(claim: Claim, reader: ActorFacts) -> list[Distinct]:
    """The claims that this one is not the same as, as far as the reader may see them; the newest first."""
    rows = ClaimDistinction.objects.filter(Q(first=claim) | Q(second=claim)).select_related("marked_by")
    rows_by_other = {_other(row, claim): row for row in rows.order_by("-pk")[:MAX_LISTED]}
    visible = {each.pk: each for each in Claim.objects.visible_to(reader).filter(pk__in=rows_by_other)}
    return [Distinct(visible[key], row) for key, row in rows_by_other.items() if key in visible]


def distinct_ids(claim: Claim) -> set[UUID]:
    """The ids of all claims that this one is not the same as."""
    rows = ClaimDistinction.objects.filter(Q(first=claim) | Q(second=claim)).values_list("first", "second")
    return {key for pair in rows for key in pair} - {claim.pk}


def move_all(claim: Claim, into: Claim) -> None:
    """Let the claim that takes over be distinct from whatever the merged one was distinct from."""
    for row in ClaimDistinction.objects.filter(Q(first=claim) | Q(second=claim)):
        first, second = sorted((into.pk, _other(row, claim)))
        marked = {"reason": row.reason, "marked_by_id": row.marked_by_id, "marked_at": row.marked_at}
        ClaimDistinction.objects.get_or_create(first_id=first, second_id=second, defaults=marked)
        row.delete()


def _other(row: ClaimDistinction, claim: Claim) -> UUID:
    return row.second_id if row.first_id == claim.pk else row.first_id


def _lock_pair(
    claim_id: UUID | str, other_id: UUID | str, expected_version: ExpectedVersion, action: Action, actor: User
) -> tuple[Claim, Claim]:
    claim, other = get_visible(Claim, claim_id, actor), get_visible(Claim, other_id, actor, field="other")
    if claim.pk == other.pk:
        raise ValidationFailed(Reason("SAME_OBJECT", "Name another claim.", "other"))
    locked = {each.pk: each for each in lock_many(Claim, [claim.pk, other.pk], actor, field="other")}
    check_version(locked[claim.pk], expected_version)
    for each in locked.values():
        require_permission(actor, action, each.access_facts())
    return locked[claim.pk], locked[other.pk]


def _log(action: Action, claim: Claim, other: Claim, actor: User, now: datetime) -> None:
    """Log it on both claims. The reason, which may quote either, is not for those who see only one of them."""
    pairs: Iterable[tuple[Claim, Claim]] = sorted([(claim, other), (other, claim)], key=lambda pair: pair[0].pk)
    for each, counterpart in pairs:
        audit.log(each, action, actor=actor, now=now, claim=str(counterpart.pk))
