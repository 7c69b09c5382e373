"""Carried claims: what an utterance passes on. “S said P” carries P, so a story that uses the first uses the second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from editorial.models import CarriedClaim, Claim, User
from editorial.models.evidence import containment
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ClaimKind
from editorial.workflow.core.actions import require_permission
from editorial.workflow.core.errors import Conflict, Reason
from editorial.workflow.core.locking import get_all_visible, lock_many
from editorial.workflow.evidence.affected_claims import enqueue_assessments


def visible_ids(claim_ids: Iterable[UUID | str], actor: User) -> set[UUID]:
    """The ids of these claims, each of which the actor must see. Lock them with the utterance, in order of ids."""
    return {claim.pk for claim in get_all_visible(Claim, claim_ids, actor, field="carries")}


def lock_contained(claim_ids: Iterable[UUID | str]) -> list[Claim]:
    """Lock these claims and all that they contain, in order of ids."""
    claim_ids = list(claim_ids)
    return _lock_found(lambda: containment.contained_ids(claim_ids))


def lock_used(story_id: UUID) -> list[Claim]:
    """Lock what the story, which is locked, uses, and all that it contains, in order of ids."""
    return _lock_found(lambda: containment.used_ids(story_id))


def _lock_found(find: Callable[[], set[UUID]]) -> list[Claim]:
    """Lock the claims that are found, and find again.

    A compound or an utterance gains claims under its lock only: once everything found is locked, nothing is missing.
    """
    locked: dict[UUID, Claim] = {}
    while missing := find() - locked.keys():
        locked |= {claim.pk: claim for claim in lock_many(Claim, missing, None, field="claims")}
    return [locked[key] for key in sorted(locked)]


def replace(utterance: Claim, carried: Iterable[Claim], actor: User) -> tuple[set[UUID], set[UUID]]:
    """Replace what the utterance carries; all claims are locked. Returns what it carried before, and what now."""
    before = set(utterance.carried_links.values_list("carried_id", flat=True))
    after = {claim.pk for claim in carried}
    if after and utterance.kind != ClaimKind.UTTERANCE:
        raise Conflict(
            Reason("NOT_AN_UTTERANCE", "Only an utterance, such as “S said P”, carries other claims.", "carries")
        )
    for claim in carried:
        if claim.pk not in before:
            _require_may_be_carried(claim, actor)
    utterance.carried_links.exclude(carried__in=after).delete()
    for key in sorted(after - before):
        CarriedClaim.objects.create(utterance=utterance, carried_id=key)
    return before, after


def clear(utterance: Claim, actor: User, now: datetime) -> None:
    """A dropped utterance passes nothing on, so what it carried no longer depends on it."""
    before, _ = replace(utterance, (), actor)
    enqueue_assessments(containment.contained_ids(before), now)


def copy_to_members(utterance: Claim, members: Iterable[Claim]) -> None:
    """Let each part of a split utterance carry what the whole does, or splitting would be a way round the gate."""
    carried_ids = list(utterance.carried_links.values_list("carried_id", flat=True))
    for member in members:
        for key in carried_ids:
            CarriedClaim.objects.create(utterance=member, carried_id=key)


def merge(claim: Claim, into: Claim) -> None:
    """Move what a merged claim carries, and what carries it, to the claim that stays."""
    for link in CarriedClaim.objects.select_for_update().filter(utterance=claim):
        CarriedClaim.objects.get_or_create(utterance=into, carried_id=link.carried_id)
        link.delete()
    for link in CarriedClaim.objects.select_for_update().filter(carried=claim):
        CarriedClaim.objects.get_or_create(utterance_id=link.utterance_id, carried=into)
        link.delete()


def require_kind_fits(claim: Claim) -> None:
    """Raise `Conflict` if a claim of its new kind cannot carry, or be carried, as it is."""
    if claim.kind != ClaimKind.UTTERANCE and claim.carried_links.exists():
        raise Conflict(
            Reason("CARRIES", "It carries claims, and only an utterance can. Clear that list first.", "kind")
        )
    if claim.kind == ClaimKind.UTTERANCE and claim.carrier_links.exists():
        raise Conflict(Reason("CARRIED", "An utterance carries this claim, so it cannot become one.", "kind"))


def require_not_carried(claim: Claim) -> None:
    """Raise `Conflict` if an utterance carries the claim."""
    if claim.carrier_links.exists():
        raise Conflict("An utterance carries this claim. Remove it from that utterance first.", code="CARRIED")


def _require_may_be_carried(claim: Claim, actor: User) -> None:
    require_permission(actor, Action.CLAIM_CARRY, claim.access_facts())
    if not claim.live:
        raise Conflict(Reason("CLAIM_CLOSED", "A dropped or merged claim cannot be carried.", "carries"))
    if claim.kind == ClaimKind.UTTERANCE:
        raise Conflict(
            Reason("CARRIES_AN_UTTERANCE", "An utterance cannot be carried. List what it carries instead.", "carries")
        )
