"""A story that moves to another desk: by the right at both, told to both, and no source seen by more people."""

from __future__ import annotations

import pytest

from editorial.models import Claim, Event, Membership, Notification, Source, Story, User
from editorial.notifications import notices
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.evidence import disclosure
from editorial.workflow.stories import desks, stories
from tests.support.cast import assert_refused


@pytest.fixture
def both(edith, city) -> User:
    """Edith, who is an editor of both desks."""
    Membership.objects.create(user=edith, desk=city, role="editor")
    return edith


def move(room, story, desk, actor, reason="It is about a council."):
    return desks.move(story_id=story.pk, desk_id=desk.pk, reason=reason, actor=actor, now=room.now)


def visible(model, person) -> set[object]:
    return set(model.objects.visible_to(person.facts()))


def test_the_new_desk_sees_the_story_and_its_claims_and_the_old_one_no_longer(room, city, both, cleo, edgar):
    claim = room.claim()
    story = room.story(claim)
    assert (visible(Story, cleo), visible(Claim, cleo)) == (set(), set())
    move(room, story, city, both)
    assert (visible(Story, cleo), visible(Claim, cleo)) == ({story}, {claim})
    assert visible(Story, edgar) == set()
    assert claim in visible(Claim, edgar), "it belongs to the old desk"


def test_the_new_desk_learns_no_more_of_a_confidential_source_than_any_other(room, city, both, cleo):
    source = room.person("a clerk", unnamed=True, identity_name="Lida Fenn", identity_known_by="1961")
    claim = room.claim()
    room.says(source, claim)
    move(room, room.story(claim), city, both)
    assert source not in visible(Source, cleo)
    assert disclosure.label(source, cleo.facts()) == "a protected source"


def test_it_needs_the_right_at_both_desks(room, city, edith, cleo):
    story = room.story()
    with assert_refused(Forbidden, "FORBIDDEN"):
        move(room, story, city, edith)
    Membership.objects.create(user=cleo, desk=room.desk, role="reporter")
    with assert_refused(Forbidden, "FORBIDDEN"):
        move(room, story, city, cleo)


def test_it_needs_another_desk_and_a_reason(room, city, both):
    story = room.story()
    with assert_refused(Conflict, "SAME_DESK"):
        move(room, story, room.desk, both)
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        move(room, story, city, both, reason="")


def test_both_desks_and_the_authors_are_told_and_read_the_headline_of_then(room, city, both):
    story = room.story()
    move(room, story, city, both)
    stories.revise(story_id=story.pk, headline="The council's secret", actor=both, now=room.later(minutes=1))
    notices.notify(event_id=Event.objects.get(action="story.move").pk, now=room.now)
    sent = {notice.user.username: notice for notice in Notification.objects.select_related("user")}
    assert set(sent) == {"edgar", "sena", "cleo", "rosa"}
    assert {notice.subject for notice in sent.values()} == {"Story moved: The gate"}
    assert "from the desk Politics to the desk City" in sent["edgar"].body
    assert not any("secret" in notice.body for notice in sent.values())


def test_its_authors_stay(room, city, both, rosa):
    story = room.story()
    move(room, story, city, both)
    assert list(story.authors.all()) == [rosa]
