"""Corrections that are published at a set time, if the gate still lets them."""

from __future__ import annotations

import pytest

from editorial.models import Story
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.ops import scheduler
from editorial.workflow.stories import planned_corrections, publication, restrictions, stories
from tests.support.cast import HOUR, assert_refused, events


@pytest.fixture
def story(room, edith) -> Story:
    """A published story with a correction an hour from now."""
    story = room.published(room.verified())
    stories.revise(story_id=story.pk, body="It stood ajar.", actor=edith, now=room.now)
    return planned_corrections.schedule_correction(
        story_id=story.pk, text="Ajar.", at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now
    )


def fresh(row):
    row.refresh_from_db()
    return row


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
    planned_corrections.cancel_correction(story_id=story.pk, actor=edith, now=room.now)
    scheduler.run_due(now=room.later(hours=2))
    assert (fresh(story).published_version, story.correction_at, story.correction_text) == (1, None, "Ajar.")
    with assert_refused(Conflict, "NO_CORRECTION_SCHEDULED"):
        planned_corrections.cancel_correction(story_id=story.pk, actor=edith, now=room.now)


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


def test_a_correction_published_earlier_is_not_published_twice(room, story, edith):
    publication.correct(story_id=story.pk, text="Ajar, at once.", actor=edith, now=room.now)
    scheduler.run_due(now=room.later(hours=2))
    assert [correction.text for correction in fresh(story).corrections.all()] == ["Ajar, at once."]


def test_it_needs_a_note_and_a_time_that_lies_ahead(room, story, edith):
    def schedule(**changes):
        planned = {"text": "!", "at": room.now + HOUR, "time_zone": "UTC"} | changes
        planned_corrections.schedule_correction(story_id=story.pk, actor=edith, now=room.now, **planned)

    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        schedule(text=" ")
    with assert_refused(ValidationFailed, "IN_THE_PAST"):
        schedule(at=room.now)
    with assert_refused(ValidationFailed, "UNKNOWN_TIME_ZONE"):
        schedule(time_zone="Mars/Olympus")
