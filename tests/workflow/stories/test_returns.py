"""Ways back: off the schedule, back to the authors, back from the spike, back to readers."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from editorial.models import Event, Story
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.evidence import statements
from editorial.workflow.review import assessments
from editorial.workflow.stories import gates, publication, restrictions, returns, stories
from tests.support.cast import HOUR, assert_refused, events


def fresh(row):
    row.refresh_from_db()
    return row


@pytest.fixture
def scheduled(room, edith) -> Story:
    story = room.cleared(room.verified())
    return stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)


class TestUnscheduling:
    def test_an_unscheduled_story_is_cleared_and_keeps_its_planned_time(self, room, scheduled, edgar):
        story = returns.unschedule(story_id=scheduled.pk, actor=edgar, now=room.now)
        assert (story.status, story.publish_at, story.planned_at) == ("cleared", None, room.now + HOUR)
        assert story.cleared_by == room.people["edith"]
        assert publication.publish_due(story_id=story.pk, now=room.later(hours=2)) is None
        assert fresh(story).status == "cleared"

    def test_it_is_scheduled_again_without_a_planned_time(self, room, scheduled, edith):
        returns.unschedule(story_id=scheduled.pk, actor=edith, now=room.now)
        at = room.now + 2 * HOUR
        story = stories.schedule(story_id=scheduled.pk, at=at, time_zone="UTC", actor=edith, now=room.now)
        assert (story.status, story.publish_at, story.planned_at) == ("scheduled", at, None)

    def test_a_story_that_the_gate_refuses_at_its_time_keeps_it_too(self, room, scheduled, lara):
        planned = scheduled.publish_at
        restrictions.restrict_story(story_id=scheduled.pk, kind="court", reason="!", actor=lara, now=room.now)
        publication.publish_due(story_id=scheduled.pk, now=room.later(hours=2))
        assert (fresh(scheduled).status, scheduled.publish_at, scheduled.planned_at) == ("cleared", None, planned)


class TestRevising:
    def test_a_revised_scheduled_story_must_be_cleared_again_and_leaves_the_schedule(self, room, scheduled, cora):
        planned = scheduled.publish_at
        stories.revise(story_id=scheduled.pk, body="A comma, corrected.", actor=cora, now=room.now)
        assert (fresh(scheduled).status, scheduled.publish_at, scheduled.planned_at) == ("submitted", None, planned)
        assert (scheduled.cleared_by, scheduled.cleared_at) == (None, None)
        assert events(scheduled)[-2:] == ["story.revise", "story.void_clearance"]
        assert Event.objects.get(action="story.void_clearance").data == {"at": planned.isoformat()}
        with assert_refused(Conflict, "WRONG_STATE"):
            publication.publish(story_id=scheduled.pk, actor=room.people["edith"], now=room.now)

    def test_a_revised_cleared_story_was_not_on_the_schedule(self, room, cora):
        story = room.cleared()
        stories.revise(story_id=story.pk, body="A comma, corrected.", actor=cora, now=room.now)
        assert Event.objects.get(action="story.void_clearance").data == {"at": None}
        assert fresh(story).planned_at is None

    def test_revising_without_a_change_voids_nothing(self, room, scheduled, cora):
        body = gates.last_revision(scheduled).body
        stories.revise(story_id=scheduled.pk, body=body, actor=cora, now=room.now)
        assert fresh(scheduled).status == "scheduled"


class TestSendingBack:
    @pytest.mark.parametrize("state", ["submitted", "cleared"])
    def test_a_story_is_sent_back_with_a_reason(self, room, edith, rosa, state):
        story = room.cleared() if state == "cleared" else room.story()
        if state == "submitted":
            stories.submit(story_id=story.pk, actor=rosa, now=room.now)
        returns.send_back(story_id=story.pk, reason="Who says so?", actor=edith, now=room.now)
        assert (fresh(story).status, story.cleared_by) == ("draft", None)
        assert Event.objects.get(action="story.send_back").data == {"reason": "Who says so?"}
        stories.submit(story_id=story.pk, actor=rosa, now=room.now)
        assert fresh(story).status == "submitted"

    def test_it_needs_a_reason_and_an_editor(self, room, edith, rosa):
        story = room.cleared()
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            returns.send_back(story_id=story.pk, reason=" ", actor=edith, now=room.now)
        with assert_refused(Forbidden, "FORBIDDEN"):
            returns.send_back(story_id=story.pk, reason="!", actor=rosa, now=room.now)


def test_a_spiked_story_is_taken_up_again_as_a_draft(room, scheduled, edith, rosa):
    planned = scheduled.publish_at
    stories.spike(story_id=scheduled.pk, reason="Old news.", actor=edith, now=room.now)
    returns.unspike(story_id=scheduled.pk, reason="News again.", actor=edith, now=room.now)
    assert (fresh(scheduled).status, scheduled.cleared_by, scheduled.planned_at) == ("draft", None, planned)
    room.settle()
    stories.submit(story_id=scheduled.pk, actor=rosa, now=room.now)


class TestRestoring:
    @pytest.fixture
    def withheld(self, room, edith) -> Story:
        story = room.published(room.verified())
        return publication.withhold(story_id=story.pk, reason="A call.", actor=edith, now=room.later(minutes=1))

    def test_a_withheld_story_is_published_again_unchanged(self, room, withheld, edith):
        publication.restore(story_id=withheld.pk, reason="A hoax.", actor=edith, now=room.later(minutes=1))
        assert (fresh(withheld).status, withheld.corrections.count()) == ("published", 0)
        assert withheld.last_published_at == room.now

    def test_a_revised_one_needs_a_correction(self, room, withheld, edith):
        stories.revise(story_id=withheld.pk, body="Other words.", actor=edith, now=room.now)
        with assert_refused(Conflict, "REVISED_SINCE"):
            publication.restore(story_id=withheld.pk, reason="A hoax.", actor=edith, now=room.now)

    def test_the_gate_applies_again(self, room, withheld, edith, rosa):
        statement = withheld.uses.get().claim.statements.first()
        statements.end(statement_id=statement.pk, ended="withdrawn", reason="!", actor=rosa, now=room.now)
        with assert_refused(Conflict, "E_ASSERTED_UNVERIFIED"):
            publication.restore(story_id=withheld.pk, reason="A hoax.", actor=edith, now=room.now)


class TestVersions:
    def test_every_change_that_readers_notice_is_a_new_version_with_a_later_time(self, room, edith, sena):
        story = room.published(room.verified())
        seen = [(story.published_version, story.published_version_at)]
        for action, text in (
            (publication.withhold, "reason"),
            (publication.restore, "reason"),
            (publication.correct, "text"),
            (publication.retract, "reason"),
        ):
            action(story_id=story.pk, actor=sena, now=room.now, **{text: "So be it."})  # within the same moment
            seen.append((fresh(story).published_version, story.published_version_at))
        assert [number for number, _ in seen] == [1, 2, 3, 4, 5]
        assert sorted({at for _, at in seen}) == [at for _, at in seen]

    def test_a_change_that_readers_do_not_notice_is_no_version(self, room, edith):
        story = room.published(room.verified())
        stories.revise(story_id=story.pk, body="A draft of a correction.", actor=edith, now=room.now)
        assert fresh(story).published_version == 1

    def test_the_system_withholds_a_story_as_a_new_version(self, room, rosa):
        claim = room.verified()
        story = room.published(claim)
        for statement in claim.statements.all():
            statements.end(statement_id=statement.pk, ended="withdrawn", reason="!", actor=rosa, now=room.now)
        room.later(minutes=1)
        assessments.reassess(claim_id=claim.pk, now=room.now)
        room.settle()
        assert (fresh(story).status, story.published_version) == ("withheld", 2)
        assert story.published_version_at == room.now

    def test_the_database_numbers_what_code_forgets_and_counts_only_up(self, room):
        story = room.published(room.verified())
        Story.objects.filter(pk=story.pk).update(status="withheld")
        assert fresh(story).published_version == 2
        with pytest.raises(IntegrityError), transaction.atomic():
            Story.objects.filter(pk=story.pk).update(published_version=1)
