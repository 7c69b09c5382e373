"""Claim uses: which claims a story uses, in what mode, relying on which statements. Part of revising a story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from editorial.models import Claim, ClaimUse, Statement, Story, User
from editorial.policy.vocabulary import Mode
from editorial.workflow.core.actions import apply_changes, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock_many


def replace(story: Story, uses: Iterable[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Replace the story's uses. Returns the changes, for the event."""
    wanted: dict[UUID, Mapping[str, Any]] = {}
    for use in uses:
        claim = get_visible(Claim, use.get("claim", ""), actor, field="uses")
        _require_live(claim)
        if claim.pk in wanted:
            raise ValidationFailed(Reason("DUPLICATE_CLAIM", "A claim is listed twice.", "uses"))
        wanted[claim.pk] = use
    # Lock newly used claims against a concurrent drop or merge; the story's lock protects those in use already.
    fresh = set(wanted) - set(story.uses.values_list("claim_id", flat=True))
    for claim in lock_many(Claim, fresh, actor, field="uses"):
        _require_live(claim)
    changed: list[dict[str, Any]] = []
    for old in story.uses.select_for_update():
        if old.claim_id not in wanted:
            changed.append({"claim": str(old.claim_id), "mode": [old.mode, None]})
            old.delete()
    for key, use in wanted.items():
        change = _set_use(story, key, use)
        if change:
            changed.append(change)
    return changed


def _require_live(claim: Claim) -> None:
    if not claim.live:
        raise Conflict(Reason("CLAIM_CLOSED", "A dropped or merged claim cannot be used.", "uses"))


def _set_use(story: Story, key: UUID, use: Mapping[str, Any]) -> dict[str, Any] | None:
    row = story.uses.filter(claim=key).first() or ClaimUse(story=story, claim_id=key)
    fresh = row._state.adding
    before = None if fresh else row.mode
    changed = apply_changes(
        row,
        {name: value for name, value in use.items() if name not in ("claim", "relies_on")},
        allowed=("mode", "central", "stated_source_count"),
    )
    if fresh and row.mode not in set(Mode):
        raise ValidationFailed(
            Reason("UNKNOWN_MODE", f"Choose how the story uses the claim: {', '.join(Mode)}.", "uses")
        )
    if fresh or changed:
        validate_and_save(row)
    if "relies_on" in use or fresh:
        changed |= _set_evidence(row, use.get("relies_on") or [])
    return {"claim": str(key), "mode": [before, row.mode]} | changed if fresh or changed else None


def _set_evidence(use: ClaimUse, statements: Iterable[UUID | str]) -> dict[str, Any]:
    """Replace the statements that the use relies on; each must be about this claim or a member of it."""
    asked = {str(key) for key in statements}
    members = [use.claim_id, *use.claim.member_links.values_list("member_id", flat=True)]
    wanted = set(Statement.objects.filter(pk__in=asked, claim__in=members).values_list("pk", flat=True))
    if len(wanted) != len(asked):
        raise ValidationFailed(
            Reason(
                "EVIDENCE_OF_OTHER_CLAIM",
                "A use can rely only on statements about its claim or the claim's members.",
                "uses",
            )
        )
    held = set(use.evidence_links.values_list("statement_id", flat=True))
    use.evidence_links.exclude(statement__in=wanted).delete()
    for key in sorted(wanted - held):
        use.evidence_links.create(statement_id=key)
    return {"relies_on": [sorted(map(str, held)), sorted(map(str, wanted))]} if held != wanted else {}
