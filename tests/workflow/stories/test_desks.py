"""A story that moves to another desk: by the right at both, told to both, and no source seen by more people."""

from __future__ import annotations

from typing import ClassVar

import pytest

from editorial.models import Claim, Event, MatchingAttempt, Membership, Notification, Source, Story, StoryRevision, User
from editorial.notifications import notices
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence import sources
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.ops import scheduler
from editorial.workflow.stories import desks, restrictions, scheduled_corrections, stories
from tests.support.cast import HOUR, assert_refused, events


@pytest.fixture
def both(edith, city) -> User:
    """Edith, who is an editor of both desks."""
    Membership.objects.create(user=edith, desk=city, role="editor")
    return edith


def move(room, story, desk, actor, reason="It is about a council."):
    return desks.move(story_id=story.pk, desk_id=desk.pk, reason=reason, actor=actor, now=room.now)


def visible(model, person) -> set[object]:
    return set(model.objects.visible_to(person.facts()))


def notified(room, action) -> dict[str, Notification]:
    """Notify of the event. Returns the notices by user."""
    notices.notify(event_id=Event.objects.get(action=action).pk, now=room.now)
    return {notice.user.username: notice for notice in Notification.objects.select_related("user")}


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


def test_a_move_notifies_both_desks_with_the_headline_at_that_time(room, city, both):
    story = room.story()
    move(room, story, city, both)
    stories.revise(story_id=story.pk, headline="The council's secret", actor=both, now=room.later(minutes=1))
    sent = notified(room, "story.move")
    assert set(sent) == {"edgar", "sena", "cleo", "rosa"}
    assert {notice.subject for notice in sent.values()} == {"Story moved: The gate"}
    assert "from the desk Politics to the desk City" in sent["edgar"].body
    assert not any("secret" in notice.body for notice in sent.values())


class TestNames:
    """The new desk reads every revision, so a story that names a confidential source stays."""

    LIDA: ClassVar = {"identity_name": "Lida Fenn", "identity_known_by": "1961"}

    def test_a_story_that_ever_contained_one_stays_and_so_do_its_revisions(self, room, city, both, cleo, rosa):
        claim = room.claim()
        room.says(room.person("a clerk", unnamed=True, **self.LIDA), claim)
        story = room.story(claim)
        for headline in ("Lida Fenn opened it", "A clerk opened it"):
            stories.revise(story_id=story.pk, headline=headline, actor=rosa, now=room.later(minutes=1))
        with assert_refused(Conflict, "NAME_IN_COPY"):
            move(room, story, city, both)
        assert visible(StoryRevision, cleo) == set()
        with assert_refused(NotFound, "NOT_FOUND"):
            move(room, story, city, cleo)

    @pytest.mark.parametrize("field", ["headline", "body"])
    @pytest.mark.parametrize("later", [{}, {"headline": "A clerk opened it", "body": "A clerk did."}])
    def test_a_name_registered_since_is_found_in_every_revision(self, room, city, both, rosa, field, later):
        claim = room.claim()
        clerk = room.person("Lida Fenn")
        room.says(clerk, claim)
        story = room.story(claim)
        for copy in ({field: "Lida Fenn opened it."}, later):
            stories.revise(story_id=story.pk, **copy, actor=rosa, now=room.later(minutes=1))
        sources.protect(source_id=clerk.pk, name="a clerk", actor=rosa, now=room.now, **self.LIDA)
        attempts = MatchingAttempt.objects.count()
        with pytest.raises(Conflict, match="earlier revision"):
            move(room, story, city, both)
        assert events(story)[-1] == "story.name_in_copy", "custodians are notified of it"
        assert Event.objects.get(action="story.name_in_copy").desk == room.desk
        assert MatchingAttempt.objects.count() == attempts + 1, "the refusal confirms a guess"

    def test_a_headline_that_contained_one_is_not_quoted_to_the_old_desk(self, room, city, both, rosa):
        claim = room.claim()
        clerk = room.person("Lida Fenn")
        room.says(clerk, claim)
        story = room.story(claim)
        stories.revise(story_id=story.pk, headline="Lida Fenn opened it", actor=rosa, now=room.now)
        move(room, story, city, both)
        sources.protect(source_id=clerk.pk, name="a clerk", actor=rosa, now=room.now, **self.LIDA)
        for headline in ("Lida Fenn opened the gate", "A clerk opened it"):
            stories.revise(story_id=story.pk, headline=headline, actor=both, now=room.later(minutes=1))
        sent = notified(room, "story.move")
        assert {notice.subject for notice in sent.values()} == {"Story moved"}
        assert not any("Fenn" in notice.body for notice in sent.values())

    def test_a_name_registered_since_is_found_in_notes_and_reasons(self, room, city, both, rosa, edgar):
        by = {"actor": edgar, "now": room.now}
        claim, clerk, story = room.claim(), room.person("Lida Fenn"), room.published(room.verified())
        room.says(clerk, claim)
        uses = [{"claim": claim.pk, "mode": "omitted"}]
        stories.revise(story_id=story.pk, uses=uses, actor=rosa, now=room.now)
        at = {"at": room.now + HOUR, "time_zone": "UTC"}
        scheduled_corrections.schedule_correction(story_id=story.pk, text="Lida Fenn saw it.", **at, **by)
        other = room.story(claim)
        restrictions.restrict_story(story_id=other.pk, kind="minor", reason="Lida Fenn is sixteen.", **by)
        sources.protect(source_id=clerk.pk, name="a clerk", actor=rosa, now=room.now, **self.LIDA)
        for each in (story, other):
            with pytest.raises(Conflict, match="notes, reasons or comments"):
                move(room, each, city, both)

    @pytest.mark.parametrize("moved_first", [False, True])
    def test_the_alert_goes_to_the_desk_of_the_source_wherever_the_story_is(self, room, city, both, moved_first):
        for username, desk in (("petra", room.desk), ("cito", city)):
            custodian = User.objects.create(username=username, password="!")
            Membership.objects.create(user=custodian, desk=desk, role="custodian")
        claim = room.claim()
        room.says(room.person("a clerk", unnamed=True, **self.LIDA), claim)
        story = room.story(claim)
        if moved_first:
            move(room, story, city, both)
        stories.revise(story_id=story.pk, headline="Lida Fenn opened it", actor=both, now=room.now)
        Story.objects.filter(pk=story.pk).update(desk=city)  # as by a release that moved it regardless
        sent = notified(room, "story.name_in_copy")
        assert "petra" in sent
        assert "cito" not in sent


def test_its_authors_stay(room, city, both, rosa):
    story = room.story()
    move(room, story, city, both)
    assert list(story.authors.all()) == [rosa]


def test_a_scheduled_correction_of_the_old_desk_does_not_run_at_the_new_one(room, city, both, edgar):
    story = room.published(room.verified())
    scheduled_corrections.schedule_correction(
        story_id=story.pk, text="Ajar.", at=room.now + HOUR, time_zone="UTC", actor=edgar, now=room.now
    )
    move(room, story, city, both)
    scheduler.run_due(now=room.later(hours=2))
    story.refresh_from_db()
    assert (story.correction_at, story.correction_by, story.correction_text) == (None, None, "Ajar.")
    assert not story.corrections.exists()
    assert "story.lapse_correction" in events(story)
