"""Signed claims as schema.org's ClaimReview, in JSON-LD: what search engines and those who check facts collect.

Names are the vocabulary's (https://schema.org/ClaimReview). What is told is what was printed of the claim.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers

from editorial.api.framework import publisher
from editorial.models import Correction, Source, Statement
from editorial.policy.vocabulary import FindingValue, Got, SourceType, Stance
from editorial.workflow.stories import published_versions
from editorial.workflow.stories.published_versions import Verdict

# On a scale of 1 to 5, of which nothing between is ever signed.
_WORST, _BEST = 1, 5
_RATING = {FindingValue.REFUTED: _WORST, FindingValue.VERIFIED: _BEST}
_SOMEBODY = {
    SourceType.PERSON: "Person",
    SourceType.ORGANIZATION: "Organization",
    SourceType.OUTLET: "NewsMediaOrganization",
}
_EXPLAINED = {
    FindingValue.REFUTED: "The evidence stands against it, and was signed.",
    FindingValue.VERIFIED: "The evidence supports it, and was signed.",
}


class Thing(serializers.Serializer[Any]):
    """A thing that says of what type it is."""

    opens: ClassVar[tuple[str, ...]] = ("@type",)

    def get_fields(self) -> dict[str, Any]:
        """Its type, before everything else."""
        told = {"@type": "Its type in schema.org.", "@context": "Always https://schema.org."}
        return {name: serializers.CharField(help_text=told[name]) for name in self.opens} | super().get_fields()


class Party(Thing):
    """Somebody: the house, or whoever made the claim."""

    name = serializers.CharField(help_text="The name.")
    url = serializers.URLField(required=False, help_text="Of the house.")


class Appearance(Thing):
    """Something in which the claim was made."""

    url = serializers.URLField(help_text="Where it can be seen.")
    author = Party(help_text="Whose it is.")


class ClaimMade(Thing):
    """The claim as it was made."""

    author = Party(required=False, help_text="Who made it, on record and named in the copy; left out otherwise.")
    datePublished = serializers.DateTimeField(required=False, help_text="When they did, where that is known.")
    appearance = Appearance(many=True, required=False, help_text="Where outlets that the copy names published it.")


class ReviewRating(Thing):
    """What was found, and signed."""

    ratingValue = serializers.IntegerField(help_text="5 for verified, 1 for refuted; nothing else is signed.")
    bestRating = serializers.IntegerField(help_text="Always 5.")
    worstRating = serializers.IntegerField(help_text="Always 1.")
    alternateName = serializers.CharField(help_text="The same in a word: Verified, or Refuted.")
    ratingExplanation = serializers.CharField(help_text="The same in a sentence; it says where the claim is denied.")


class CorrectionComment(Thing):
    """What readers of the story were told was changed."""

    text = serializers.CharField(help_text="The words.")
    datePublished = serializers.DateTimeField(help_text="When they were told.")


class ClaimReview(Thing):
    """What a story that is in print says of a claim which was signed."""

    opens = ("@context", "@type")

    url = serializers.URLField(help_text="The story that says so.")
    claimReviewed = serializers.CharField(help_text="The proposition as it was printed.")
    datePublished = serializers.DateTimeField(help_text="When the story first ran.")
    dateModified = serializers.DateTimeField(help_text="When it was printed last.")
    inLanguage = serializers.CharField(help_text="Of the house, after BCP 47.")
    author = Party(help_text="The house.")
    itemReviewed = ClaimMade(help_text="The claim as it was made.")
    reviewRating = ReviewRating(help_text="What was found.")
    correction = CorrectionComment(many=True, required=False, help_text="Corrections of the story, oldest first.")


def review(verdict: Verdict) -> dict[str, Any]:
    """What was printed of the claim, as a ClaimReview."""
    use, printed = verdict.use, verdict.print
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": publisher.address(printed.story.pk),
        "claimReviewed": use.text,
        "datePublished": printed.story.published_at,
        "dateModified": printed.printed_at,
        "inLanguage": settings.HOUSE_LANGUAGE,
        "author": _house(),
        "itemReviewed": _made(verdict),
        "reviewRating": _rating(FindingValue(use.finding), contested=use.contested),
    }
    if concerned := _concerned(verdict):
        told["correction"] = [
            {"@type": "CorrectionComment", "text": one.text, "datePublished": one.closed_at} for one in concerned
        ]
    return dict(ClaimReview(told).data)


def _house() -> dict[str, str]:
    named = {"@type": "NewsMediaOrganization", "name": settings.HOUSE_NAME}
    return named | ({"url": settings.HOUSE_URL} if settings.HOUSE_URL else {})


def _rating(finding: FindingValue, *, contested: bool) -> dict[str, Any]:
    return {
        "@type": "Rating",
        "ratingValue": _RATING[finding],
        "bestRating": _BEST,
        "worstRating": _WORST,
        "alternateName": finding.label,
        "ratingExplanation": _EXPLAINED[finding] + (" There is a denial." if contested else ""),
    }


def _made(verdict: Verdict) -> dict[str, Any]:
    """The claim, and as much of who made it as the printed words tell."""
    said = [
        one
        for one in published_versions.named_in(verdict.print, verdict.use.claim)
        if one.stance == Stance.AFFIRMS and one.source.type in _SOMEBODY
    ]
    told: dict[str, Any] = {"@type": "Claim"}
    if said:
        told["author"] = _party(said[0].source)
        told |= {"datePublished": said[0].said_at} if said[0].said_at else {}
    if seen := [one for one in said if _is_public(one)]:
        told["appearance"] = [
            {"@type": "CreativeWork", "url": one.exhibit.url, "author": _party(one.source)}  # type: ignore[union-attr]
            for one in seen
        ]
    return told


def _is_public(said: Statement) -> bool:
    """Whether it is an outlet's own publication, whose address we keep."""
    published = said.source.type == SourceType.OUTLET and said.got == Got.EXTERNAL
    return published and said.exhibit is not None and said.exhibit.url.startswith(("https://", "http://"))


def _party(source: Source) -> dict[str, str]:
    return {"@type": _SOMEBODY[SourceType(source.type)], "name": source.name}


def _concerned(verdict: Verdict) -> list[Correction]:
    """The corrections that name the claim, or none in particular."""
    named = {one.pk: {claim.pk for claim in one.claims.all()} for one in verdict.print.corrections}
    return [one for one in verdict.print.corrections if not named[one.pk] or verdict.use.claim_id in named[one.pk]]
