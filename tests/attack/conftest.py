"""The fixtures of the API and the admin."""

from __future__ import annotations

from uuid import uuid4

import pytest

from editorial.models import User
from editorial.policy.roles import Role
from editorial.workflow.review import replies
from tests.admin.conftest import visit  # noqa: F401
from tests.api.conftest import room  # noqa: F401
from tests.support.confidential import Planted, reader_at


@pytest.fixture
def stranger(planted: Planted, city) -> User:
    """A reader at another desk, with every role there."""
    return reader_at(city, "nina", set(Role))


@pytest.fixture
def rows(planted, stranger, city, room) -> dict[str, str]:  # noqa: F811
    """Rows of the reader's own desk, by the names of the fields and resources that may hold them."""
    room.desk = city
    room.people["rosa"] = room.people["hugo"]
    claim, second = room.claim("The bridge was closed."), room.claim("The ferry ran.")
    source = room.person("Carla Cityperson")
    statement, repeat = room.says(source, claim), room.says(room.person("Ed Echo"), claim, directness="relayed")
    story = room.story(claim, by="hugo", relies_on=[])
    asked = replies.send(to_id=source.pk, covers=[claim.pk], question="Was it?", actor=stranger, now=room.now)
    return {
        "desk": str(city.pk), "claim": str(claim.pk), "claims": str(claim.pk), "covers": str(claim.pk),
        "into": str(second.pk), "statement": str(statement.pk), "statements": str(statement.pk),
        "origin": str(statement.pk), "derived": str(repeat.pk), "source": str(source.pk), "sources": str(source.pk),
        "to": str(source.pk), "story": str(story.pk), "stories": str(story.pk), "authors": str(stranger.pk),
        "reply-requests": str(asked.pk), "reply_request": str(asked.pk), "relies_on": str(statement.pk),
        "other": str(uuid4()),
    }  # fmt: skip
