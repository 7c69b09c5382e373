"""A story without claims: the gate has nothing to check, so a person confirms the copy by name."""

from __future__ import annotations

import pytest

from editorial.models import NoClaimsCheck, Story
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, VersionConflict
from editorial.workflow.stories import gates, publication, stories
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import HOUR, assert_refused, events, exceptions_in, fresh, run_concurrently


def test_a_story_without_claims_is_never_green(room):
    story = room.cleared()
    assert fresh(story).gate == "conditional"
    verdict = gates.evaluate(story, now=room.now)
    assert (verdict.gate, verdict.may_run, verdict.lists_claims) == ("conditional", False, False)


def test_a_new_story_is_not_green_before_its_first_evaluation(room, rosa):
    story = stories.pitch(desk_id=room.desk.pk, headline="The fair", actor=rosa, now=room.now)
    assert fresh(story).gate == "conditional"


def test_a_story_without_claims_runs_only_after_a_named_confirmation(room, cora, edith):
    story = room.cleared()
    with assert_refused(Conflict, "NO_CLAIMS_LISTED"):
        publication.publish(story_id=story.pk, actor=edith, now=room.now)
    check = stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)
    assert (check.confirmed_by, check.confirmed_at) == (cora, room.now)
    assert events(story)[-1] == "story.confirm_no_claims"
    assert gates.evaluate(story, now=room.now).may_run
    published = publication.publish(story_id=story.pk, actor=edith, now=room.now)
    assert (published.status, published.gate) == ("published", "conditional")


def test_a_change_of_the_copy_voids_the_confirmation(room, rosa, cora, edith):
    story = room.cleared()
    stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)
    stories.revise(story_id=story.pk, body="The mayor opened the fair.", actor=rosa, now=room.now)
    stories.clear(story_id=story.pk, actor=edith, now=room.now)
    with assert_refused(Conflict, "NO_CLAIMS_LISTED"):
        publication.publish(story_id=story.pk, actor=edith, now=room.now)


def test_a_correction_without_claims_needs_confirmation_again(room, rosa, cora, edith):
    story = room.cleared()
    stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)
    publication.publish(story_id=story.pk, actor=edith, now=room.now)
    stories.revise(story_id=story.pk, body="The fair is on Sunday.", actor=rosa, now=room.now)
    with assert_refused(Conflict, "NO_CLAIMS_LISTED"):
        publication.correct(story_id=story.pk, text="It is on Sunday.", actor=edith, now=room.now)


def test_a_story_that_omits_every_claim_needs_confirmation_too(room, cora, edith):
    story = room.cleared(room.claim(), mode="omitted")
    with assert_refused(Conflict, "NO_CLAIMS_LISTED"):
        publication.publish(story_id=story.pk, actor=edith, now=room.now)
    stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)
    assert publication.publish(story_id=story.pk, actor=edith, now=room.now).status == "published"


def test_a_story_that_lists_claims_cannot_be_confirmed(room, cora):
    story = room.cleared(room.verified())
    with assert_refused(Conflict, "CLAIMS_LISTED"):
        stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)


def test_an_author_cannot_confirm_their_own_copy(room, edith, edgar):
    story = room.story()
    stories.assign(story_id=story.pk, authors=[edgar.pk], actor=edith, now=room.now)
    stories.submit(story_id=story.pk, actor=edgar, now=room.now)
    with assert_refused(Forbidden, "FOUR_EYES"):
        stories.confirm_no_claims(story_id=story.pk, actor=edgar, now=room.now)


def test_the_copy_is_confirmed_once_and_only_in_the_version_that_was_read(room, cora, edith):
    story = room.cleared()
    with assert_refused(VersionConflict, "STALE_VERSION"):
        stories.confirm_no_claims(story_id=story.pk, expected_version=1, actor=cora, now=room.now)
    stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)
    with assert_refused(Conflict, "ALREADY_CONFIRMED"):
        stories.confirm_no_claims(story_id=story.pk, actor=edith, now=room.now)


def test_a_draft_cannot_be_confirmed(room, cora):
    story = room.story()
    with assert_refused(Conflict, "WRONG_STATE"):
        stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)


def test_nobody_at_another_desk_can_confirm_it(room, carl, cleo):
    story = room.cleared()
    for outsider in (carl, cleo):
        with assert_refused(NotFound, "NOT_FOUND"):
            stories.confirm_no_claims(story_id=story.pk, actor=outsider, now=room.now)


def test_a_scheduled_story_without_confirmation_returns_to_its_desk(room, edith):
    story = room.cleared()
    stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)
    publication.publish_due(story_id=story.pk, now=room.later(hours=2))
    assert fresh(story).status == "cleared"
    assert events(story)[-1] == "story.refuse"


def test_each_revision_has_at_most_one_confirmation(room, cora):
    story = room.cleared()
    check = stories.confirm_no_claims(story_id=story.pk, actor=cora, now=room.now)
    with assert_rejected_by_database("unique"):
        NoClaimsCheck.objects.create(revision=check.revision, confirmed_by=cora, confirmed_at=room.now)


@pytest.mark.parametrize("attempt", range(5))
def test_a_concurrent_change_of_the_copy_does_not_run_on_the_confirmation(parallel, attempt):
    story = parallel.cleared()
    people = parallel.people
    outcomes = run_concurrently(
        lambda: stories.confirm_no_claims(story_id=story.pk, actor=people["cora"], now=parallel.now),
        lambda: stories.revise(story_id=story.pk, body="He stole it.", actor=people["rosa"], now=parallel.now),
    )
    assert exceptions_in(outcomes) == []
    last = gates.last_revision(story)
    confirmed = NoClaimsCheck.objects.get().revision
    assert last.body == "He stole it."
    assert Story.objects.get(pk=story.pk).status == "submitted"
    verdict = gates.evaluate(story, now=parallel.now)
    assert verdict.may_run == (confirmed.pk == last.pk)
