"""What each revision of a story changed, for those who see the story."""

from __future__ import annotations

from django.urls import reverse

from editorial.workflow.stories import stories


def test_each_revision_shows_what_it_changed_and_who_made_it(room, visit):
    story, rosa = room.story(), room.people["rosa"]
    stories.revise(story_id=story.pk, body="It stood open all <night>.", actor=rosa, now=room.now)
    stories.revise(story_id=story.pk, body="It stood shut all <night>.", actor=rosa, now=room.now)
    edith = visit("edith")
    address = reverse("admin:editorial_story_revisions", args=[story.pk])
    assert address in edith.page(story).content.decode()
    page = edith.client.get(address).content.decode()
    assert "It stood<del> open</del><ins> shut</ins> all &lt;night&gt;." in page
    assert "Revision 1 " in page
    assert "UTC" in page


def test_revisions_of_a_story_of_another_desk_are_not_found(room, visit):
    address = reverse("admin:editorial_story_revisions", args=[room.story().pk])
    assert visit("noel").client.get(address).status_code == 302
    assert visit("edith").client.get(address.replace(address.split("/")[-3], "nothing")).status_code == 404
