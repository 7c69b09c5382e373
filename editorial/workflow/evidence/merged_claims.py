"""Merged claims: everything that refers to a claim moves to the one that states the same."""

from __future__ import annotations

from typing import Any

from editorial.models import (
    AdverseParty,
    Claim,
    ClaimUse,
    DispositiveEvidence,
    PublishedUse,
    ReplyRequestClaim,
    Restriction,
    Statement,
)
from editorial.policy.vocabulary import Mode
from editorial.workflow.core.actions import validate_and_save
from editorial.workflow.evidence import carried_claims, claim_distinctions

_MODES_BY_STRENGTH = (Mode.OMITTED, Mode.ATTRIBUTED, Mode.DEBUNK, Mode.ASSERTED)


def move_all(claim: Claim, into: Claim) -> None:
    """Move evidence, replies, restrictions, what it carries, and uses. Both claims and their stories are locked."""
    for statement in Statement.objects.select_for_update().filter(claim=claim):
        statement.claim = into
        validate_and_save(statement)
    for link in AdverseParty.objects.filter(claim=claim):
        AdverseParty.objects.get_or_create(claim=into, source_id=link.source_id)
    for request_link in ReplyRequestClaim.objects.filter(claim=claim):
        as_put = {"text": request_link.text, "reworded_at": request_link.reworded_at}
        ReplyRequestClaim.objects.get_or_create(request_id=request_link.request_id, claim=into, defaults=as_put)
    for evidence in DispositiveEvidence.objects.filter(claim=claim):
        DispositiveEvidence.objects.get_or_create(source_id=evidence.source_id, claim=into, effect=evidence.effect)
    for restriction in Restriction.objects.select_for_update().filter(claim=claim, lifted_at=None):
        restriction.claim = into  # otherwise a merger would lift it
        restriction.save()
    carried_claims.merge(claim, into)
    claim_distinctions.move_all(claim, into)
    for model in (ClaimUse, PublishedUse):
        for use in model.objects.select_for_update().filter(claim=claim):
            existing = model.objects.select_for_update().filter(story=use.story_id, claim=into).first()
            if existing is None:
                use.claim = into
                use.save()
            else:
                _merge_uses(use, existing)


def _merge_uses(use: ClaimUse | PublishedUse, other: Any) -> None:
    """Merge a story's two uses of one claim: the stronger mode wins, and the evidence of both is kept."""
    stronger = max(use, other, key=lambda each: _MODES_BY_STRENGTH.index(Mode(each.mode)))
    other.mode, other.central = stronger.mode, use.central or other.central
    other.stated_source_count = max(use.stated_source_count or 0, other.stated_source_count or 0) or None
    if isinstance(use, ClaimUse):
        for link in use.evidence_links.all():
            other.evidence_links.get_or_create(statement_id=link.statement_id)
    else:
        other.finding, other.contested, other.text = stronger.finding, stronger.contested, stronger.text
    other.save()
    use.delete()
