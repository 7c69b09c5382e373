"""Published stories as ninjs 3.1, the IPTC's News in JSON, for agencies and content systems.

Field names are the standard's (https://iptc.org/std/ninjs/userguide). A correction is a separate small item beside the
story, with its own time and text.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from editorial.api.framework import publisher
from editorial.models import Correction
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.evidence.confidentiality import disclosure
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
    """The standard that this document follows."""

    name = serializers.CharField(help_text="ninjs.")
    version = serializers.CharField(help_text="The version of the standard.")
    schema = serializers.URLField(help_text="The standard's schema.")


class NinjsTextSerializer(serializers.Serializer[Any]):
    """A text and its role."""

    role = serializers.CharField(help_text="Always main.")
    contentType = serializers.CharField(help_text="Always text/plain.")
    value = serializers.CharField(help_text="The text.")


class NinjsBodySerializer(NinjsTextSerializer):
    """The copy."""

    charCount = serializers.IntegerField(help_text="The number of characters.")
    wordCount = serializers.IntegerField(help_text="The number of words.")


class NinjsInfoSourceSerializer(serializers.Serializer[Any]):
    """A source of the story."""

    name = serializers.CharField(help_text="The name: the publisher's, or one that the copy gives too.")
    role = serializers.CharField(help_text="publisher, or source.")
    uri = serializers.URLField(required=False, help_text="The publisher's URL, if it has one.")


class NinjsRenditionSerializer(serializers.Serializer[Any]):
    """A place where the story can be read."""

    name = serializers.CharField(help_text="Always web.")
    href = serializers.URLField(help_text="The URL of the page.")
    contentType = serializers.CharField(help_text="Always text/html.")


class NinjsAltIdSerializer(serializers.Serializer[Any]):
    """An id of the story in the newsroom."""

    role = serializers.CharField(help_text="The type of id: story, or revision.")
    value = serializers.CharField(help_text="The id.")


class NinjsCorrectionSerializer(serializers.Serializer[Any]):
    """A correction published to readers, as a separate item."""

    name = serializers.CharField(help_text="The kind of remedy.")
    rel = serializers.CharField(help_text="Always correction.")
    uri = serializers.CharField(help_text="The globally unique id.")
    type = serializers.CharField(help_text="Always text.")
    versionCreated = serializers.DateTimeField(help_text="When it was published to readers.")
    bodies = NinjsTextSerializer(many=True, help_text="The text for readers.")


class NinjsSerializer(serializers.Serializer[Any]):
    """The published version of a story as ninjs 3.1. Withheld and retracted stories omit the copy."""

    uri = serializers.CharField(help_text="The story's globally unique id, the same in every version.")
    standard = NinjsStandardSerializer(help_text="The standard that this document follows.")
    type = serializers.CharField(help_text="Always text.")
    representationType = serializers.CharField(help_text="full; partial if the copy is left out.")
    version = serializers.CharField(
        help_text="An integer that increases with every published version, whether the text, a note, the authors or "
        "pubStatus changed."
    )
    firstCreated = serializers.DateTimeField(help_text="When the story was first published.")
    versionCreated = serializers.DateTimeField(help_text="When this version was made.")
    pubStatus = serializers.CharField(
        help_text="usable; withheld while it is offline; canceled once it is retracted. If it is not usable, remove "
        "it from your pages."
    )
    language = serializers.CharField(help_text="The publisher's language (BCP 47).")
    copyrightHolder = serializers.CharField(help_text="The publisher.")
    by = serializers.CharField(required=False, help_text="The authors.")
    title = serializers.CharField(help_text="The headline again, for lists.")
    headlines = NinjsTextSerializer(many=True, help_text="The published headline.")
    bodies = NinjsBodySerializer(many=True, required=False, help_text="The published copy; left out unless usable.")
    infoSources = NinjsInfoSourceSerializer(
        many=True,
        help_text="The publisher, and sources who spoke on the record and are named in the copy. Nobody else, "
        "and no document that proved to be a fake.",
    )
    renditions = NinjsRenditionSerializer(many=True, required=False, help_text="Where readers can read it.")
    altIds = NinjsAltIdSerializer(many=True, help_text="Ids within the newsroom.")
    edNote = serializers.CharField(required=False, help_text="The latest correction, or the reason for a retraction.")
    associations = NinjsCorrectionSerializer(many=True, required=False, help_text="Corrections, oldest first.")


def ninjs_document(version: PublishedVersion) -> dict[str, Any]:
    story, revision = version.story, version.revision
    document: dict[str, Any] = {
        "uri": story.pk.urn,
        "standard": _STANDARD,
        "type": "text",
        "representationType": "full" if version.is_live else "partial",
        "version": str(version.number),
        "firstCreated": story.published_at,
        "versionCreated": version.created_at,
        "pubStatus": _PUB_STATUS.get(StoryStatus(story.status), "usable"),
        "language": settings.PUBLISHER_LANGUAGE,
        "copyrightHolder": settings.PUBLISHER_NAME,
        "title": revision.headline,
        "headlines": [_text(revision.headline)],
        "infoSources": [_publisher(), *_named_sources(version)],
        "altIds": [{"role": "story", "value": str(story.pk)}, {"role": "revision", "value": str(revision.pk)}],
    }
    if by := published_versions.byline(story):
        document["by"] = by
    if version.is_live:
        document["bodies"] = [
            _text(revision.body) | {"charCount": len(revision.body), "wordCount": len(revision.body.split())}
        ]
    if settings.STORY_URL:
        document["renditions"] = [{"name": "web", "href": publisher.story_url(story.pk), "contentType": "text/html"}]
    if version.corrections:
        document["associations"] = [_correction(correction) for correction in version.corrections]
    if note := version.retraction or (version.corrections[-1].text if version.corrections else ""):
        document["edNote"] = note
    return dict(NinjsSerializer(document).data)


def _text(value: str) -> dict[str, Any]:
    return {"role": _MAIN, "contentType": _PLAIN, "value": value}


def _publisher() -> dict[str, str]:
    info_source = {"name": settings.PUBLISHER_NAME, "role": "publisher"}
    return info_source | ({"uri": settings.PUBLISHER_URL} if settings.PUBLISHER_URL else {})


def _named_sources(version: PublishedVersion) -> list[dict[str, str]]:
    names = dict.fromkeys(map(disclosure.published_name, published_versions.named_sources(version)))
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
