"""What readers get, before and after a story is published."""

from __future__ import annotations

import pytest
from django.urls import reverse

from editorial.workflow.stories import publication, stories
from tests.admin.conftest import page_text

pytestmark = pytest.mark.exhaustive  # plays whole stories


def preview(browser, story):
    return browser.client.get(reverse("admin:editorial_story_preview", args=[story.pk]))


def test_before_print_it_shows_the_copy_the_byline_and_who_is_named(room, visit):
    claim = room.claim("The lock was broken.")
    room.says(room.person("Lida Fenn"), claim)
    room.says(room.person("Omar Quist"), claim)
    story = room.story(claim, mode="attributed")
    stories.revise(story_id=story.pk, body="It stood open, says Lida Fenn.", actor=room.people["rosa"], now=room.now)
    (view,) = preview(visit("edith"), story).context["views"]
    assert (view.title, view.version.revision.body) == (
        "Version 1, if it went out now",
        "It stood open, says Lida Fenn.",
    )
    assert view.named_sources == ["Lida Fenn"], "the copy does not name Omar Quist"
    assert view.rated_claims == [], "nothing is signed"
    assert view.byline in page_text(preview(visit("edith"), story))


def test_new_copy_is_shown_beside_what_is_in_print(room, visit):
    claim = room.verified("The lock was broken.")
    story = room.published(claim)
    (printed,) = preview(visit("edith"), story).context["views"]
    assert printed.title == "Version 1, as readers have it"
    assert printed.rated_claims == [claim]
    stories.revise(story_id=story.pk, body="It stood ajar.", actor=room.people["rosa"], now=room.now)
    printed, upcoming = preview(visit("edith"), story).context["views"]
    assert (printed.version.revision.body, upcoming.version.revision.body) == ("It stood wide open.", "It stood ajar.")
    assert upcoming.title == "Version 2, if it went out now"
    assert "Your note to readers appears here." in page_text(preview(visit("edith"), story))


def test_of_a_story_that_was_taken_down_readers_get_no_copy(room, visit):
    story = room.published(room.verified())
    publication.withhold(story_id=story.pk, reason="A call.", actor=room.people["edith"], now=room.now)
    page = preview(visit("edith"), story)
    assert "Taken down. Readers get the headline and no copy." in page_text(page)
    assert "It stood wide open." not in page_text(page)
    assert "A call." not in page_text(page), "the reason stays inside"


def test_another_desk_gets_no_preview(room, visit):
    assert preview(visit("carl"), room.story(room.claim())).status_code == 404
