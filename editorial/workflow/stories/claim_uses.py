"""Claim uses: which claims a story uses, in what mode, relying on which statements. Part of revising a story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from editorial.models import Claim, ClaimUse, Statement, Story, User
from editorial.policy.vocabulary import Mode
from editorial.workflow.core.actions import apply_changes, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed, error_path
from editorial.workflow.core.locking import get_all_visible, get_visible, lock_many


def replace(story: Story, uses: Iterable[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Replace the story's uses. Returns the changes, for the event."""
    new_uses: dict[UUID, Mapping[str, Any]] = {}
    for place, use in enumerate(uses):
        with error_path(f"uses/{place}"):
            claim = get_visible(Claim, use.get("claim", ""), actor, field="claim")
            _require_live(claim)
            get_all_visible(Statement, use.get("relies_on") or (), actor, field="relies_on")
            if claim.pk in new_uses:
                raise ValidationFailed(Reason("DUPLICATE_CLAIM", "A claim is listed twice.", "claim"))
        new_uses[claim.pk] = use
    added = set(new_uses) - set(story.uses.values_list("claim_id", flat=True))
    for claim in _lock_claims_and_evidence(added, new_uses.values()):
        if claim.pk in added:
            with error_path(f"uses/{list(new_uses).index(claim.pk)}"):
                _require_live(claim)
    changed: list[dict[str, Any]] = []
    for old in story.uses.select_for_update():
        if old.claim_id not in new_uses:
            changed.append({"claim": str(old.claim_id), "mode": [old.mode, None]})
            old.delete()
    for place, (key, use) in enumerate(new_uses.items()):
        with error_path(f"uses/{place}"):
            change = _set_use(story, key, use)
        if change:
            changed.append(change)
    return changed


def _lock_claims_and_evidence(added: set[UUID], uses: Iterable[Mapping[str, Any]]) -> list[Claim]:
    """Lock newly used claims against a concurrent drop or merge, and statements against a concurrent strike or move.

    The story's lock protects the claims in use already. Statements are locked after their claims, as everywhere.
    """
    relied_on = Statement.objects.filter(pk__in={key for use in uses for key in use.get("relies_on") or ()})
    claims = lock_many(Claim, added | set(relied_on.values_list("claim_id", flat=True)), None, field="uses")
    lock_many(Statement, relied_on.values_list("pk", flat=True), None, field="uses")
    return claims


def _require_live(claim: Claim) -> None:
    if not claim.live:
        raise Conflict(Reason("CLAIM_CLOSED", "A dropped or merged claim cannot be used.", "claim"))


def _set_use(story: Story, key: UUID, use: Mapping[str, Any]) -> dict[str, Any] | None:
    row = story.uses.filter(claim=key).first() or ClaimUse(story=story, claim_id=key)
    is_new = row._state.adding
    before = None if is_new else row.mode
    changed = apply_changes(
        row,
        {name: value for name, value in use.items() if name not in ("claim", "relies_on")},
        allowed=("mode", "central", "stated_source_count"),
    )
    if is_new and row.mode not in set(Mode):
        raise ValidationFailed(
            Reason("UNKNOWN_MODE", f"Choose how the story uses the claim: {', '.join(Mode)}.", "mode")
        )
    if is_new or changed:
        validate_and_save(row)
    if "relies_on" in use or is_new:
        changed |= _set_evidence(row, use.get("relies_on") or [])
    return {"claim": str(key), "mode": [before, row.mode]} | changed if is_new or changed else None


def _set_evidence(use: ClaimUse, statements: Iterable[UUID | str]) -> dict[str, Any]:
    """Replace the statements that the use relies on; each must be about this claim or a part of it."""
    requested = {str(key) for key in statements}
    members = [use.claim_id, *use.claim.member_links.values_list("member_id", flat=True)]
    statement_ids = set(
        Statement.objects.filter(pk__in=requested, claim__in=members, struck_at=None).values_list("pk", flat=True)
    )
    if len(statement_ids) != len(requested):
        raise ValidationFailed(
            Reason(
                "EVIDENCE_OF_OTHER_CLAIM",
                "A use can rely only on statements about its claim or the claim's parts.",
                "relies_on",
            )
        )
    existing = set(use.evidence_links.values_list("statement_id", flat=True))
    use.evidence_links.exclude(statement__in=statement_ids).delete()
    for key in sorted(statement_ids - existing):
        use.evidence_links.create(statement_id=key)
    return (
        {"relies_on": [sorted(map(str, existing)), sorted(map(str, statement_ids))]}
        if existing != statement_ids
        else {}
    )
