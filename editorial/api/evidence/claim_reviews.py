"""Signed claims as schema.org ClaimReview in JSON-LD, for search engines and fact-check collections.

Property names are schema.org's (https://schema.org/ClaimReview). The content is the published version of the claim.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers

from editorial.api.framework import publisher
from editorial.models import Correction, Source, Statement
from editorial.policy.vocabulary import FindingValue, ObtainedBy, SourceType, Stance
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.stories import published_versions
from editorial.workflow.stories.published_versions import PublishedRating

# A scale of 1 to 5; only its ends are ever signed.
_WORST, _BEST = 1, 5
_RATING = {FindingValue.REFUTED: _WORST, FindingValue.VERIFIED: _BEST}
_SCHEMA_ORG_TYPE = {
    SourceType.PERSON: "Person",
    SourceType.ORGANIZATION: "Organization",
    SourceType.OUTLET: "NewsMediaOrganization",
}
_RATING_EXPLANATION = {
    FindingValue.REFUTED: "The evidence is against the claim, and the finding is signed.",
    FindingValue.VERIFIED: "The evidence supports the claim, and the finding is signed.",
}


class ThingSerializer(serializers.Serializer[Any]):
    """A schema.org object with its type."""

    leading_fields: ClassVar[tuple[str, ...]] = ("@type",)

    def get_fields(self) -> dict[str, Any]:
        """Its type, before all other fields."""
        help_texts = {"@type": "Its type at schema.org.", "@context": "Always https://schema.org."}
        return {
            name: serializers.CharField(help_text=help_texts[name]) for name in self.leading_fields
        } | super().get_fields()


class ClaimReviewPartySerializer(ThingSerializer):
    """The publisher, or the maker of the claim."""

    name = serializers.CharField(help_text="The name.")
    url = serializers.URLField(required=False, help_text="The publisher's URL.")


class ClaimReviewAppearanceSerializer(ThingSerializer):
    """A publication in which the claim was made."""

    url = serializers.URLField(help_text="Where it can be read.")
    author = ClaimReviewPartySerializer(help_text="The outlet.")


class ReviewedClaimSerializer(ThingSerializer):
    """The claim as it was made."""

    author = ClaimReviewPartySerializer(
        required=False, help_text="The maker of the claim, if on the record and named in the copy; left out otherwise."
    )
    datePublished = serializers.DateTimeField(required=False, help_text="When it was made, if known.")
    appearance = ClaimReviewAppearanceSerializer(
        many=True, required=False, help_text="Where outlets named in the copy published it."
    )


class ClaimReviewRatingSerializer(ThingSerializer):
    """The signed finding."""

    ratingValue = serializers.IntegerField(help_text="5 for verified, 1 for refuted; no other finding is signed.")
    bestRating = serializers.IntegerField(help_text="Always 5.")
    worstRating = serializers.IntegerField(help_text="Always 1.")
    alternateName = serializers.CharField(help_text="The rating in a word: Verified, or Refuted.")
    ratingExplanation = serializers.CharField(
        help_text="The rating in a sentence, and whether the claim is denied or misleads without its context."
    )


class CorrectionCommentSerializer(ThingSerializer):
    """A correction published to readers of the story."""

    text = serializers.CharField(help_text="The text for readers.")
    datePublished = serializers.DateTimeField(help_text="When it was published.")


class ClaimReviewSerializer(ThingSerializer):
    """A published story's review of a signed claim."""

    leading_fields = ("@context", "@type")

    url = serializers.URLField(help_text="The story that contains the review.")
    claimReviewed = serializers.CharField(help_text="The proposition as published.")
    datePublished = serializers.DateTimeField(help_text="When the story was first published.")
    dateModified = serializers.DateTimeField(help_text="When it was last published.")
    inLanguage = serializers.CharField(help_text="The publisher's language (BCP 47).")
    author = ClaimReviewPartySerializer(help_text="The publisher.")
    itemReviewed = ReviewedClaimSerializer(help_text="The claim as it was made.")
    reviewRating = ClaimReviewRatingSerializer(help_text="The signed finding.")
    correction = CorrectionCommentSerializer(
        many=True, required=False, help_text="Corrections of the story, oldest first."
    )


def claim_review_document(rating: PublishedRating) -> dict[str, Any]:
    """The published version of the claim, as a ClaimReview."""
    use, version = rating.use, rating.version
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": publisher.story_url(version.story.pk),
        "claimReviewed": use.text,
        "datePublished": version.story.published_at,
        "dateModified": version.created_at,
        "inLanguage": settings.PUBLISHER_LANGUAGE,
        "author": publisher_party(),
        "itemReviewed": _reviewed_claim(rating),
        "reviewRating": _rating(
            FindingValue(use.finding), contested=use.contested, needs_context=use.claim.needs_context
        ),
    }
    if corrections := _relevant_corrections(rating):
        document["correction"] = [
            {"@type": "CorrectionComment", "text": correction.text, "datePublished": correction.closed_at}
            for correction in corrections
        ]
    return dict(ClaimReviewSerializer(document).data)


def publisher_party() -> dict[str, str]:
    """The publisher as schema.org names it."""
    party = {"@type": "NewsMediaOrganization", "name": settings.PUBLISHER_NAME}
    return party | ({"url": settings.PUBLISHER_URL} if settings.PUBLISHER_URL else {})


def _rating(finding: FindingValue, *, contested: bool, needs_context: bool) -> dict[str, Any]:
    remarks = [_RATING_EXPLANATION[finding]]
    remarks += ["There is a denial."] if contested else []
    remarks += ["It is misleading without the context that the story gives."] if needs_context else []
    return {
        "@type": "Rating",
        "ratingValue": _RATING[finding],
        "bestRating": _BEST,
        "worstRating": _WORST,
        "alternateName": finding.label,
        "ratingExplanation": " ".join(remarks),
    }


def _reviewed_claim(rating: PublishedRating) -> dict[str, Any]:
    """The claim, and its maker as far as the published copy names one."""
    statements = [
        statement
        for statement in published_versions.attributable_statements(rating.version, rating.use.claim)
        if statement.stance == Stance.AFFIRMS and statement.source.type in _SCHEMA_ORG_TYPE
    ]
    document: dict[str, Any] = {"@type": "Claim"}
    if statements:
        document["author"] = _party(statements[0].source)
        document |= {"datePublished": statements[0].said_at} if statements[0].said_at else {}
    if appearances := [statement for statement in statements if _is_publication(statement)]:
        document["appearance"] = [
            {"@type": "CreativeWork", "url": statement.exhibit.url, "author": _party(statement.source)}  # type: ignore[union-attr]
            for statement in appearances
        ]
    return document


def _is_publication(statement: Statement) -> bool:
    """Whether it is an outlet's own publication with a known URL."""
    published = statement.source.type == SourceType.OUTLET and statement.obtained_by == ObtainedBy.EXTERNAL
    return published and statement.exhibit is not None and statement.exhibit.url.startswith(("https://", "http://"))


def _party(source: Source) -> dict[str, str]:
    return {"@type": _SCHEMA_ORG_TYPE[SourceType(source.type)], "name": disclosure.published_name(source)}


def _relevant_corrections(rating: PublishedRating) -> list[Correction]:
    """Corrections that name the claim, or no claim in particular."""
    claim_ids = {
        correction.pk: {claim.pk for claim in correction.claims.all()} for correction in rating.version.corrections
    }
    return [
        correction
        for correction in rating.version.corrections
        if not claim_ids[correction.pk] or rating.use.claim_id in claim_ids[correction.pk]
    ]
