"""Versions of what others were given, numbered by the database where code does not."""

from __future__ import annotations

import pgtrigger
import pytest

from editorial.models import Story
from editorial.workflow.stories import publication

pytestmark = pytest.mark.exhaustive  # plays whole stories


@pytest.fixture
def earlier(room, edith) -> tuple[Story, Story]:
    """A published and a withheld story of the release that did not number versions. Others know revision 2 of each."""
    claim = room.verified()
    published, withheld = room.published(claim), room.published(claim)
    publication.withhold(story_id=withheld.pk, reason="A call.", actor=edith, now=room.now)
    with pgtrigger.ignore("editorial.Story:story_published_version"):
        Story.objects.update(published_version=0, published_version_at=None)
    return published, withheld


def test_stories_that_the_earlier_release_changes_during_an_upgrade_continue_from_the_number_that_others_know(earlier):
    published, _ = earlier
    Story.objects.filter(pk=published.pk).update(status="withheld")
    published.refresh_from_db()
    assert published.published_version == 3
