"""Escalation of stories: a schedule that the gate does not pass, and corrections that are due soon."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import Event, Story
from editorial.workflow.evidence import statements
from editorial.workflow.ops import scheduler
from editorial.workflow.stories import escalations, returns, scheduled_corrections, stories
from tests.support.cast import HOUR, events, fresh

MINUTE = timedelta(minutes=1)


def schedule(room, story, at):
    stories.schedule(story_id=story.pk, at=at, time_zone="UTC", actor=room.people["edith"], now=room.now)
    room.settle()
    return fresh(story)


class TestSchedule:
    @pytest.fixture
    def story(self, room):
        """A story that runs in five hours, although nobody signed its claim."""
        return schedule(room, room.cleared(room.corroborated()), room.now + 5 * HOUR)

    def test_a_story_that_the_gate_does_not_pass_is_announced_once_an_hour_before(self, room, story):
        for before in (61, 60, 30):
            scheduler.run_due(now=story.publish_at - before * MINUTE)
            assert events(story).count("story.warn") == (before <= 60)
        event = Event.objects.get(action="story.warn")
        assert event.data == {"codes": story.open_codes, "at": story.publish_at.isoformat()}
        assert story.open_codes

    def test_another_time_is_announced_again(self, room, story):
        scheduler.run_due(now=story.publish_at - HOUR)
        room.now = story.publish_at - 30 * MINUTE
        returns.unschedule(story_id=story.pk, actor=room.people["edith"], now=room.now)
        story = schedule(room, story, room.now + 4 * HOUR)
        scheduler.run_due(now=room.now)
        assert events(story).count("story.warn") == 1
        scheduler.run_due(now=story.publish_at - HOUR)
        assert events(story).count("story.warn") == 2

    def test_a_story_that_may_run_is_not_announced(self, room):
        story = room.cleared()
        stories.confirm_no_claims(story_id=story.pk, actor=room.people["cora"], now=room.now)
        story = schedule(room, story, room.now + 5 * HOUR)
        scheduler.run_due(now=story.publish_at - MINUTE)
        escalations.warn_of_schedule(story_id=story.pk, now=story.publish_at - MINUTE)
        assert "story.warn" not in events(story)


class TestPlannedCorrection:
    @pytest.fixture
    def story(self, room):
        """A published story whose correction, in five hours, uses a claim that nobody has signed."""
        story, rosa = room.published(room.verified()), room.people["rosa"]
        uses = [{"claim": str(room.corroborated("The dam held.").pk), "mode": "asserted"}]
        stories.revise(story_id=story.pk, body="It held.", uses=uses, actor=rosa, now=room.now)
        scheduled_corrections.schedule_correction(
            story_id=story.pk, at=room.now + 5 * HOUR, time_zone="UTC", text="It held.", actor=room.people["edith"],
            now=room.now,
        )  # fmt: skip
        room.settle()
        return fresh(story)

    def test_it_is_announced_once_an_hour_before(self, story):
        for before in (61, 60, 30):
            scheduler.run_due(now=story.correction_at - before * MINUTE)
            assert events(story).count("story.warn_correction") == (before <= 60)
        event = Event.objects.get(action="story.warn_correction")
        assert event.data == {"codes": story.open_codes, "at": story.correction_at.isoformat()}

    def test_a_cancelled_one_is_not_announced(self, room, story):
        at = story.correction_at
        scheduled_corrections.cancel_correction(story_id=story.pk, actor=room.people["edith"], now=room.now)
        scheduler.run_due(now=at - MINUTE)
        escalations.warn_of_scheduled_correction(story_id=story.pk, now=at - MINUTE)
        assert "story.warn_correction" not in events(story)


class TestCorrections:
    @pytest.fixture
    def story(self, room):
        """A published story that owes a correction."""
        claim = room.verified()
        story = room.published(claim)
        room.later(hours=1)
        for statement in claim.statements.all():
            statements.end(
                ended="withdrawn", statement_id=statement.pk, reason="She rang.", actor=room.people["edith"],
                now=room.now,
            )  # fmt: skip
        room.settle()
        return Story.objects.get(pk=story.pk)

    def test_it_is_announced_once_before_it_is_due(self, story):
        correction = story.corrections.get()
        notice = 15 * MINUTE if correction.remedy == "retraction" else HOUR
        for before in (notice + MINUTE, notice, notice - MINUTE):
            scheduler.run_due(now=correction.due_at - before)
            assert events(story).count("correction.remind") == (before <= notice)
        scheduler.run_due(now=correction.due_at)
        assert events(story)[-1] == "correction.overdue"

    def test_a_closed_one_is_not_announced(self, room, story):
        correction = story.corrections.get()
        correction.closed_at = room.now
        correction.save()
        escalations.remind_of_correction(correction_id=correction.pk, now=correction.due_at - MINUTE)
        assert "correction.remind" not in events(story)
