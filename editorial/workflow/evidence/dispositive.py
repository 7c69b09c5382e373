"""Which claims a document or an observation settles by itself."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from editorial.models import Claim, DispositiveEvidence, Source, User
from editorial.models.evidence.sources import SettlingEffect
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.core.locking import get_all_visible


def replace(
    source: Source, establishes: Iterable[UUID | str], contradicts: Iterable[UUID | str], actor: User
) -> list[str]:
    """Replace the claims that the source settles, among those that the actor may see. Returns these."""
    effects = {
        (effect.value, str(claim.pk))
        for effect, keys in ((SettlingEffect.ESTABLISHES, establishes), (SettlingEffect.CONTRADICTS, contradicts))
        for claim in get_all_visible(Claim, keys, actor, field=effect.value)
    }
    if effects and source.type not in (SourceType.DOCUMENT, SourceType.OBSERVATION):
        raise ValidationFailed(
            Reason("NOT_DISPOSITIVE", "Only a document or an observation can settle a claim.", "establishes")
        )
    visible = Claim.objects.visible_to(actor.facts())
    for evidence in source.dispositive_evidence.filter(claim__in=visible):
        if (evidence.effect, str(evidence.claim_id)) not in effects:
            evidence.delete()
    for effect, claim in sorted(effects):
        DispositiveEvidence.objects.get_or_create(source=source, claim_id=claim, effect=effect)
    return sorted({claim for _, claim in effects})


def claims_settled_by(source: Source, effect: SettlingEffect, actor: User) -> list[str]:
    """Ids of the claims that the source establishes, or contradicts, among those that the actor may see."""
    settled = source.dispositive_evidence.filter(effect=effect.value, claim__in=Claim.objects.visible_to(actor.facts()))
    return [str(key) for key in settled.values_list("claim_id", flat=True)]
