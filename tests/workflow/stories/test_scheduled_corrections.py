"""Corrections that are published at a set time, if the gate still lets them."""

from __future__ import annotations

from typing import ClassVar

import pytest

from editorial.models import Event, Story
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.evidence import sources, statement_repairs
from editorial.workflow.ops import scheduler
from editorial.workflow.stories import publication, restrictions, scheduled_corrections, stories
from tests.support.cast import HOUR, assert_refused, events, fresh


@pytest.fixture
def story(room, edith) -> Story:
    """A published story with a correction an hour from now."""
    story = room.published(room.verified())
    stories.revise(story_id=story.pk, body="It stood ajar.", actor=edith, now=room.now)
    return scheduled_corrections.schedule_correction(
        story_id=story.pk, text="Ajar.", at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now
    )


def refusal(story):
    """Why the correction was not published."""
    return Event.objects.get(stream=f"story:{story.pk}", action="story.refuse_correction").data["codes"]


def test_a_correction_is_published_at_its_time_and_not_before(room, story, edith):
    scheduler.run_due(now=room.later(minutes=59))
    assert (fresh(story).published_revision.body, story.published_version) == ("It stood wide open.", 1)
    scheduler.run_due(now=room.later(minutes=2))
    assert (fresh(story).published_revision.body, story.published_version) == ("It stood ajar.", 2)
    correction = story.corrections.get()
    assert (correction.text, correction.closed_at, correction.closed_by) == ("Ajar.", room.now, edith)
    assert (story.correction_at, story.correction_text, story.correction_by) == (None, "", None)
    scheduler.run_due(now=room.later(hours=1))
    assert events(story).count("story.correct") == 1


def test_the_gate_is_checked_at_its_time_and_the_note_is_kept(room, story, lara):
    restrictions.restrict_story(story_id=story.pk, kind="court", reason="!", actor=lara, now=room.now)
    scheduler.run_due(now=room.later(hours=2))
    assert (fresh(story).status, story.published_version) == ("published", 1)
    assert (story.correction_at, story.correction_text) == (None, "Ajar.")
    assert events(story)[-1] == "story.refuse_correction"


def test_it_is_cancelled_once_and_its_note_is_kept(room, story, edith):
    scheduled_corrections.cancel_correction(story_id=story.pk, actor=edith, now=room.now)
    scheduler.run_due(now=room.later(hours=2))
    assert (fresh(story).published_version, story.correction_at, story.correction_text) == (1, None, "Ajar.")
    with assert_refused(Conflict, "NO_CORRECTION_SCHEDULED"):
        scheduled_corrections.cancel_correction(story_id=story.pk, actor=edith, now=room.now)


@pytest.mark.parametrize("act", ["revise", "withhold", "retract"])
def test_another_copy_or_state_takes_it_off_the_schedule(room, story, sena, act):
    match act:
        case "revise":
            stories.revise(story_id=story.pk, body="It stood.", actor=sena, now=room.now)
        case "withhold":
            publication.withhold(story_id=story.pk, reason="!", actor=sena, now=room.now)
        case "retract":
            publication.retract(story_id=story.pk, reason="!", actor=sena, now=room.now)
    version = fresh(story).published_version
    assert (story.correction_at, story.correction_by) == (None, None)
    assert "story.lapse_correction" in events(story)
    scheduler.run_due(now=room.later(hours=2))
    assert (fresh(story).published_version, story.status) == (
        version, {"revise": "published", "withhold": "withheld", "retract": "retracted"}[act],
    )  # fmt: skip


def test_another_correction_takes_it_off_the_schedule_and_keeps_its_note(room, story, edgar):
    publication.correct(story_id=story.pk, text="A comma.", actor=edgar, now=room.now)
    assert (fresh(story).correction_at, story.correction_by, story.correction_text) == (None, None, "Ajar.")
    assert events(story)[-2:] == ["story.lapse_correction", "story.correct"]
    scheduler.run_due(now=room.later(hours=2))
    assert [correction.text for correction in fresh(story).corrections.all()] == ["A comma."]


@pytest.mark.parametrize("loss", ["role", "account"])
def test_it_is_not_published_for_somebody_who_may_no_longer_correct(room, story, edith, loss):
    if loss == "role":
        edith.memberships.all().delete()
    else:
        type(edith).objects.filter(pk=edith.pk).update(is_active=False)
    scheduler.run_due(now=room.later(hours=2))
    assert (fresh(story).published_version, story.correction_at, story.correction_text) == (1, None, "Ajar.")
    assert refusal(story) == ["FORBIDDEN"]


class TestNames:
    LIDA: ClassVar = {"identity_name": "Lida Fenn", "identity_known_by": "1961"}

    def plan(self, room, story):
        return scheduled_corrections.schedule_correction(
            story_id=story.pk, text="Lida Fenn saw it.", at=room.now + HOUR, time_zone="UTC",
            actor=room.people["edith"], now=room.later(minutes=1),
        )  # fmt: skip

    def test_a_note_that_may_name_a_source_who_became_confidential_is_removed(self, room, city, carl):
        claim = room.corroborated()
        source = room.person("Lida Fenn", desk_id=city.pk, by="carl")
        room.says(source, claim)
        room.settle()
        room.sign(claim)
        story = self.plan(room, room.published(claim))
        sources.protect(source_id=source.pk, name="a clerk", actor=carl, now=room.later(minutes=1), **self.LIDA)
        room.settle()
        scheduler.run_due(now=room.later(hours=2))
        assert (fresh(story).published_version, story.correction_at, story.correction_text) == (1, None, "")
        assert refusal(story) == ["NAMES_CHANGED"]

    def test_so_is_one_when_a_source_at_the_desk_becomes_confidential(self, room, story):
        self.plan(room, story)
        room.later(minutes=1)
        room.person("a clerk", unnamed=True, **self.LIDA)
        scheduler.run_due(now=room.later(hours=2))
        assert (refusal(fresh(story)), story.correction_text) == (["NAMES_CHANGED"], "")

    def test_so_is_one_when_a_source_that_was_confidential_before_speaks_on_a_claim(self, room, city, hugo):
        claim = room.verified()
        source = room.person("a clerk", unnamed=True, desk_id=city.pk, by="carl", **self.LIDA)
        room.later(minutes=5)
        story = self.plan(room, room.published(claim))
        room.later(minutes=5)
        room.desk = city
        room.story(claim, by="hugo")
        room.says(source, claim, by="carl")
        scheduler.run_due(now=room.later(hours=2))
        assert (refusal(fresh(story)), story.correction_at, story.correction_text) == (["NAMES_CHANGED"], None, "")

    @pytest.mark.parametrize("sealed_since", [True, False])
    def test_of_a_plan_without_a_list_of_sources_only_the_names_since_count(self, room, sealed_since):
        """As the version before plans one during an upgrade: its note was compared with all names at that time."""
        claim = room.verified()
        source = room.person("a clerk", unnamed=True, identity_name="Ole Brandt", identity_known_by="1970")
        room.later(minutes=5)
        story = self.plan(room, room.published(claim))
        Story.objects.filter(pk=story.pk).update(correction_sources=None)
        room.later(minutes=5)
        room.says(source, claim)
        if sealed_since:
            room.person("a nurse", unnamed=True, **self.LIDA)
        scheduler.run_due(now=room.later(hours=2))
        note = "" if sealed_since else "Lida Fenn saw it."
        assert (refusal(fresh(story)) == ["NAMES_CHANGED"], story.correction_text) == (sealed_since, note)

    def test_a_source_that_spoke_before_and_speaks_again_does_not_remove_it(self, room):
        claim = room.corroborated()
        source = room.person("a clerk", unnamed=True, identity_name="Ole Brandt", identity_known_by="1970")
        struck = room.says(source, claim)
        statement_repairs.strike(statement_id=struck.pk, reason="!", actor=room.people["rosa"], now=room.now)
        room.settle()
        room.sign(claim)
        room.later(minutes=5)
        story = self.plan(room, room.published(claim))
        room.later(minutes=5)
        room.says(source, claim)
        scheduler.run_due(now=room.later(hours=2))
        assert (refusal(fresh(story)) != ["NAMES_CHANGED"], story.correction_text) == (True, "Lida Fenn saw it.")

    def test_no_note_is_kept_in_the_row_history(self, room, story):
        """A note that is removed must not stay there."""
        written = [str(value) for entry in story.events.values() for value in entry.values()]
        assert written
        assert not any("Ajar." in value for value in written)

    def test_sources_that_were_confidential_before_or_are_of_another_desk_do_not_stop_it(self, room, edith, city, carl):
        room.person("a clerk", unnamed=True, identity_name="Ole Brandt", identity_known_by="1970")
        room.later(minutes=1)
        story = self.plan(room, room.published(room.verified()))
        room.later(minutes=1)
        room.person("a nurse", unnamed=True, desk_id=city.pk, by="carl", **self.LIDA)
        scheduler.run_due(now=room.later(hours=2))
        assert events(story)[-1] == "story.correct"


def test_it_needs_a_note_and_a_time_that_lies_ahead(room, story, edith):
    def schedule(**changes):
        planned = {"text": "!", "at": room.now + HOUR, "time_zone": "UTC"} | changes
        scheduled_corrections.schedule_correction(story_id=story.pk, actor=edith, now=room.now, **planned)

    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        schedule(text=" ")
    with assert_refused(ValidationFailed, "IN_THE_PAST"):
        schedule(at=room.now)
    with assert_refused(ValidationFailed, "UNKNOWN_TIME_ZONE"):
        schedule(time_zone="Mars/Olympus")
