"""The house, as others are told of it in what is passed on to them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from rest_framework.renderers import JSONRenderer

from editorial.models import User
from editorial.workflow.core.actions import Conflict


class JSONLDRenderer(JSONRenderer):
    """JSON-LD, which is JSON under a name of its own."""

    media_type = "application/ld+json"
    format = "jsonld"


def story_url(story_id: UUID) -> str:
    """Where readers find a story. Refused where nobody has said."""
    if not settings.STORY_URL:
        raise Conflict(
            "Nobody has said where readers find stories. Whoever runs the newsroom sets STORY_URL.",
            code="STORY_URL_NOT_SET",
        )
    return str(settings.STORY_URL).replace("{id}", str(story_id))


def byline(authors: list[User]) -> str:
    """The names of those who wrote it, as they stand above a story."""
    names = [author.get_full_name() or author.get_username() for author in authors]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
