"""The page of an import."""

from __future__ import annotations

from editorial.models import Membership
from editorial.workflow.stories import desks, stories
from tests.admin.conftest import page_text
from tests.workflow.imports.test_imports import ITEM, wire


def test_a_story_that_has_moved_is_not_shown_to_its_former_desk(room, visit, city):
    edith = room.people["edith"]
    batch = wire(room, ITEM)
    story = batch.rows.get().story
    assert story.headline in page_text(visit("rosa").page(batch))
    Membership.objects.create(user=edith, desk=city, role="editor")
    desks.move(story_id=story.pk, desk_id=city.pk, reason="Theirs.", actor=edith, now=room.now)
    stories.revise(story_id=story.pk, headline="The council's secret", actor=edith, now=room.now)
    assert "secret" not in page_text(visit("rosa").page(batch))
    assert "secret" in page_text(visit("edith").page(batch))


def test_a_withdrawn_item_shows_that_its_archived_copy_is_the_notice(room, visit):
    story = wire(room, ITEM).rows.get().story
    assert "notice" not in page_text(visit("rosa").page(story))
    wire(room, ITEM | {"pubStatus": "canceled", "headlines": [{"value": "KILL"}]})
    words = " ".join(page_text(visit("rosa").page(story)).split())
    assert "The archived copy is the outlet's notice; this story is unchanged" in words
