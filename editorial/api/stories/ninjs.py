"""Stories as ninjs 3.1, the IPTC's News in JSON: what agencies and content systems take, of what readers got.

Field names are the standard's (https://iptc.org/std/ninjs/userguide). A correction is a small item of its own beside
the story, with its own time and words.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from editorial.api.framework import publisher
from editorial.models import Correction
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.stories import published_versions
from editorial.workflow.stories.published_versions import PublishedVersion

_STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
}
_PUB_STATUS = {StoryStatus.WITHHELD: "withheld", StoryStatus.RETRACTED: "canceled"}
_MAIN, _PLAIN = "main", "text/plain"


class NinjsStandardSerializer(serializers.Serializer[Any]):
    """Which standard this follows."""

    name = serializers.CharField(help_text="ninjs.")
    version = serializers.CharField(help_text="Of the standard.")
    schema = serializers.URLField(help_text="Its schema.")


class NinjsTextSerializer(serializers.Serializer[Any]):
    """Words, and what they are for."""

    role = serializers.CharField(help_text="Always main.")
    contentType = serializers.CharField(help_text="Always text/plain.")
    value = serializers.CharField(help_text="The words.")


class NinjsBodySerializer(NinjsTextSerializer):
    """The copy."""

    charCount = serializers.IntegerField(help_text="Its characters.")
    wordCount = serializers.IntegerField(help_text="Its words.")


class NinjsInfoSourceSerializer(serializers.Serializer[Any]):
    """Somebody from whom it comes."""

    name = serializers.CharField(help_text="The name, which stands in the copy too, or that of the house.")
    role = serializers.CharField(help_text="publisher, or source.")
    uri = serializers.URLField(required=False, help_text="Of the house, where it has an address.")


class NinjsRenditionSerializer(serializers.Serializer[Any]):
    """Where it can be read."""

    name = serializers.CharField(help_text="Always web.")
    href = serializers.URLField(help_text="The page.")
    contentType = serializers.CharField(help_text="Always text/html.")


class NinjsAltIdSerializer(serializers.Serializer[Any]):
    """By which it is known in the newsroom."""

    role = serializers.CharField(help_text="Of what: story, or revision.")
    value = serializers.CharField(help_text="The id.")


class NinjsCorrectionSerializer(serializers.Serializer[Any]):
    """What readers were told was changed, as an item of its own."""

    name = serializers.CharField(help_text="What kind of remedy it is.")
    rel = serializers.CharField(help_text="Always correction.")
    uri = serializers.CharField(help_text="By which it is known everywhere.")
    type = serializers.CharField(help_text="Always text.")
    versionCreated = serializers.DateTimeField(help_text="When readers were told.")
    bodies = NinjsTextSerializer(many=True, help_text="What they were told.")


class NinjsSerializer(serializers.Serializer[Any]):
    """A story as it was printed last, as ninjs 3.1. Of one that does not stand, everything but the copy."""

    uri = serializers.CharField(help_text="By which the story is known everywhere; the same in every version.")
    standard = NinjsStandardSerializer(help_text="Which standard this follows.")
    type = serializers.CharField(help_text="Always text.")
    representationType = serializers.CharField(help_text="full; partial where the copy is left out.")
    version = serializers.CharField(help_text="The number of the revision that was printed.")
    firstCreated = serializers.DateTimeField(help_text="When the story first ran.")
    versionCreated = serializers.DateTimeField(help_text="When it was printed last.")
    pubStatus = serializers.CharField(
        help_text="usable; withheld while it is taken down, canceled once it was retracted: take it off your pages."
    )
    language = serializers.CharField(help_text="Of the house, after BCP 47.")
    copyrightHolder = serializers.CharField(help_text="The house.")
    by = serializers.CharField(required=False, help_text="Who wrote it.")
    title = serializers.CharField(help_text="The headline once more, for lists.")
    headlines = NinjsTextSerializer(many=True, help_text="The headline as it was printed.")
    bodies = NinjsBodySerializer(
        many=True, required=False, help_text="The copy as it was printed; left out unless usable."
    )
    infoSources = NinjsInfoSourceSerializer(
        many=True, help_text="The house, and who spoke on record and is named in the copy. Nobody else."
    )
    renditions = NinjsRenditionSerializer(many=True, required=False, help_text="Where readers find it.")
    altIds = NinjsAltIdSerializer(many=True, help_text="Ids within the newsroom.")
    edNote = serializers.CharField(required=False, help_text="What was last corrected, or why it was retracted.")
    associations = NinjsCorrectionSerializer(many=True, required=False, help_text="Corrections, oldest first.")


def ninjs_document(printed: PublishedVersion) -> dict[str, Any]:
    """The print as a ninjs document."""
    story, words = printed.story, printed.revision
    told: dict[str, Any] = {
        "uri": story.pk.urn,
        "standard": _STANDARD,
        "type": "text",
        "representationType": "full" if printed.is_live else "partial",
        "version": str(words.number),
        "firstCreated": story.published_at,
        "versionCreated": printed.last_published_at,
        "pubStatus": _PUB_STATUS.get(StoryStatus(story.status), "usable"),
        "language": settings.PUBLISHER_LANGUAGE,
        "copyrightHolder": settings.PUBLISHER_NAME,
        "title": words.headline,
        "headlines": [_text(words.headline)],
        "infoSources": [_publisher(), *_named_sources(printed)],
        "altIds": [{"role": "story", "value": str(story.pk)}, {"role": "revision", "value": str(words.pk)}],
    }
    if by := publisher.byline(list(story.authors.order_by("author_links__id"))):
        told["by"] = by
    if printed.is_live:
        told["bodies"] = [_text(words.body) | {"charCount": len(words.body), "wordCount": len(words.body.split())}]
    if settings.STORY_URL:
        told["renditions"] = [{"name": "web", "href": publisher.story_url(story.pk), "contentType": "text/html"}]
    if printed.corrections:
        told["associations"] = [_correction(one) for one in printed.corrections]
    if note := printed.retraction or (printed.corrections[-1].text if printed.corrections else ""):
        told["edNote"] = note
    return dict(NinjsSerializer(told).data)


def _text(value: str) -> dict[str, Any]:
    return {"role": _MAIN, "contentType": _PLAIN, "value": value}


def _publisher() -> dict[str, str]:
    named = {"name": settings.PUBLISHER_NAME, "role": "publisher"}
    return named | ({"uri": settings.PUBLISHER_URL} if settings.PUBLISHER_URL else {})


def _named_sources(printed: PublishedVersion) -> list[dict[str, str]]:
    if not printed.is_live:  # without the copy there is nothing that names them
        return []
    names = dict.fromkeys(one.source.name for one in published_versions.attributable_statements(printed))
    return [{"name": name, "role": "source"} for name in names]


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "name": correction.get_remedy_display(),
        "rel": "correction",
        "uri": correction.pk.urn,
        "type": "text",
        "versionCreated": correction.closed_at,
        "bodies": [_text(correction.text)],
    }
