"""Signed claims as schema.org's ClaimReview, in JSON-LD: what search engines and those who check facts collect.

Names are the vocabulary's (https://schema.org/ClaimReview). What is told is what was printed of the claim.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers

from editorial.api.framework import publisher
from editorial.models import Correction, Source, Statement
from editorial.policy.vocabulary import FindingValue, ObtainedBy, SourceType, Stance
from editorial.workflow.stories import published_versions
from editorial.workflow.stories.published_versions import PublishedRating

# On a scale of 1 to 5, of which nothing between is ever signed.
_WORST, _BEST = 1, 5
_RATING = {FindingValue.REFUTED: _WORST, FindingValue.VERIFIED: _BEST}
_SCHEMA_ORG_TYPE = {
    SourceType.PERSON: "Person",
    SourceType.ORGANIZATION: "Organization",
    SourceType.OUTLET: "NewsMediaOrganization",
}
_RATING_EXPLANATION = {
    FindingValue.REFUTED: "The evidence stands against it, and was signed.",
    FindingValue.VERIFIED: "The evidence supports it, and was signed.",
}


class ThingSerializer(serializers.Serializer[Any]):
    """A thing that says of what type it is."""

    leading_fields: ClassVar[tuple[str, ...]] = ("@type",)

    def get_fields(self) -> dict[str, Any]:
        """Its type, before everything else."""
        told = {"@type": "Its type in schema.org.", "@context": "Always https://schema.org."}
        return {
            name: serializers.CharField(help_text=told[name]) for name in self.leading_fields
        } | super().get_fields()


class ClaimReviewPartySerializer(ThingSerializer):
    """Somebody: the house, or whoever made the claim."""

    name = serializers.CharField(help_text="The name.")
    url = serializers.URLField(required=False, help_text="Of the house.")


class ClaimReviewAppearanceSerializer(ThingSerializer):
    """Something in which the claim was made."""

    url = serializers.URLField(help_text="Where it can be seen.")
    author = ClaimReviewPartySerializer(help_text="Whose it is.")


class ReviewedClaimSerializer(ThingSerializer):
    """The claim as it was made."""

    author = ClaimReviewPartySerializer(
        required=False, help_text="Who made it, on record and named in the copy; left out otherwise."
    )
    datePublished = serializers.DateTimeField(required=False, help_text="When they did, where that is known.")
    appearance = ClaimReviewAppearanceSerializer(
        many=True, required=False, help_text="Where outlets that the copy names published it."
    )


class ClaimReviewRatingSerializer(ThingSerializer):
    """What was found, and signed."""

    ratingValue = serializers.IntegerField(help_text="5 for verified, 1 for refuted; nothing else is signed.")
    bestRating = serializers.IntegerField(help_text="Always 5.")
    worstRating = serializers.IntegerField(help_text="Always 1.")
    alternateName = serializers.CharField(help_text="The same in a word: Verified, or Refuted.")
    ratingExplanation = serializers.CharField(help_text="The same in a sentence; it says where the claim is denied.")


class CorrectionCommentSerializer(ThingSerializer):
    """What readers of the story were told was changed."""

    text = serializers.CharField(help_text="The words.")
    datePublished = serializers.DateTimeField(help_text="When they were told.")


class ClaimReviewSerializer(ThingSerializer):
    """What a story that is in print says of a claim which was signed."""

    leading_fields = ("@context", "@type")

    url = serializers.URLField(help_text="The story that says so.")
    claimReviewed = serializers.CharField(help_text="The proposition as it was printed.")
    datePublished = serializers.DateTimeField(help_text="When the story first ran.")
    dateModified = serializers.DateTimeField(help_text="When it was printed last.")
    inLanguage = serializers.CharField(help_text="Of the house, after BCP 47.")
    author = ClaimReviewPartySerializer(help_text="The house.")
    itemReviewed = ReviewedClaimSerializer(help_text="The claim as it was made.")
    reviewRating = ClaimReviewRatingSerializer(help_text="What was found.")
    correction = CorrectionCommentSerializer(
        many=True, required=False, help_text="Corrections of the story, oldest first."
    )


def claim_review_document(verdict: PublishedRating) -> dict[str, Any]:
    """What was printed of the claim, as a ClaimReview."""
    use, printed = verdict.use, verdict.version
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": publisher.story_url(printed.story.pk),
        "claimReviewed": use.text,
        "datePublished": printed.story.published_at,
        "dateModified": printed.last_published_at,
        "inLanguage": settings.PUBLISHER_LANGUAGE,
        "author": _publisher(),
        "itemReviewed": _reviewed_claim(verdict),
        "reviewRating": _rating(FindingValue(use.finding), contested=use.contested),
    }
    if concerned := _relevant_corrections(verdict):
        told["correction"] = [
            {"@type": "CorrectionComment", "text": one.text, "datePublished": one.closed_at} for one in concerned
        ]
    return dict(ClaimReviewSerializer(told).data)


def _publisher() -> dict[str, str]:
    named = {"@type": "NewsMediaOrganization", "name": settings.PUBLISHER_NAME}
    return named | ({"url": settings.PUBLISHER_URL} if settings.PUBLISHER_URL else {})


def _rating(finding: FindingValue, *, contested: bool) -> dict[str, Any]:
    return {
        "@type": "Rating",
        "ratingValue": _RATING[finding],
        "bestRating": _BEST,
        "worstRating": _WORST,
        "alternateName": finding.label,
        "ratingExplanation": _RATING_EXPLANATION[finding] + (" There is a denial." if contested else ""),
    }


def _reviewed_claim(verdict: PublishedRating) -> dict[str, Any]:
    """The claim, and as much of who made it as the printed words tell."""
    said = [
        one
        for one in published_versions.attributable_statements(verdict.version, verdict.use.claim)
        if one.stance == Stance.AFFIRMS and one.source.type in _SCHEMA_ORG_TYPE
    ]
    told: dict[str, Any] = {"@type": "Claim"}
    if said:
        told["author"] = _party(said[0].source)
        told |= {"datePublished": said[0].said_at} if said[0].said_at else {}
    if seen := [one for one in said if _is_publication(one)]:
        told["appearance"] = [
            {"@type": "CreativeWork", "url": one.exhibit.url, "author": _party(one.source)}  # type: ignore[union-attr]
            for one in seen
        ]
    return told


def _is_publication(said: Statement) -> bool:
    """Whether it is an outlet's own publication, whose address we keep."""
    published = said.source.type == SourceType.OUTLET and said.obtained_by == ObtainedBy.EXTERNAL
    return published and said.exhibit is not None and said.exhibit.url.startswith(("https://", "http://"))


def _party(source: Source) -> dict[str, str]:
    return {"@type": _SCHEMA_ORG_TYPE[SourceType(source.type)], "name": source.name}


def _relevant_corrections(verdict: PublishedRating) -> list[Correction]:
    """The corrections that name the claim, or none in particular."""
    named = {one.pk: {claim.pk for claim in one.claims.all()} for one in verdict.version.corrections}
    return [one for one in verdict.version.corrections if not named[one.pk] or verdict.use.claim_id in named[one.pk]]
