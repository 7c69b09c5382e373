"""The publisher in syndicated content."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from rest_framework.renderers import JSONRenderer

from editorial.workflow.core.errors import Conflict


class JSONLDRenderer(JSONRenderer):
    """JSON-LD: JSON with its own media type."""

    media_type = "application/ld+json"
    format = "jsonld"


def story_url(story_id: UUID) -> str:
    """The public URL of a story. Rejected if none is configured."""
    if not settings.STORY_URL:
        raise Conflict(
            "Public story URLs are not configured. An operator must set STORY_URL.",
            code="STORY_URL_NOT_SET",
        )
    return str(settings.STORY_URL).replace("{id}", str(story_id))
