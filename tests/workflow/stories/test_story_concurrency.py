"""Concurrent actions on one story: one wins, and the other is refused or finds nothing to do."""

from __future__ import annotations

import pytest

from editorial.models import Claim, Event, ReviewTask, Story
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.review import assessments, signoffs
from editorial.workflow.review import tasks as workflow_tasks
from editorial.workflow.stories import publication, returns, scheduled_corrections, stories
from tests.support.cast import HOUR, events, fresh, refusal_codes, run_behind, run_concurrently

pytestmark = pytest.mark.exhaustive

ROUNDS = 5


def test_a_story_is_published_once(parallel, by):
    story = parallel.cleared(parallel.verified())
    outcomes = run_concurrently(*[lambda: publication.publish(story_id=story.pk, **by("edith"))] * 3)
    assert refusal_codes(outcomes) == ["WRONG_STATE", "WRONG_STATE"]
    assert events(story).count("story.publish") == 1


def scheduled(parallel, by):
    story = parallel.cleared(parallel.verified())
    return stories.schedule(story_id=story.pk, at=parallel.now + HOUR, time_zone="UTC", **by("edith"))


def test_of_publishing_at_its_time_and_unscheduling_one_wins(parallel, by):
    for _ in range(ROUNDS):
        story, then = scheduled(parallel, by), parallel.now + 2 * HOUR
        outcomes = run_concurrently(
            lambda story=story, then=then: publication.publish_due(story_id=story.pk, now=then),
            lambda story=story: returns.unschedule(story_id=story.pk, **by("edgar")),
        )
        if refusal_codes(outcomes):
            assert refusal_codes(outcomes) == ["WRONG_STATE"]
            assert (fresh(story).status, story.planned_at) == ("published", None)
        else:
            assert outcomes[0] is None, "the job found nothing to do"
            assert (fresh(story).status, story.planned_at) == ("cleared", then - HOUR)


def test_a_story_is_not_published_while_it_is_revised(parallel, by):
    for _ in range(ROUNDS):
        story, then = scheduled(parallel, by), parallel.now + 2 * HOUR
        outcomes = run_concurrently(
            lambda story=story, then=then: publication.publish_due(story_id=story.pk, now=then),
            lambda story=story: stories.revise(story_id=story.pk, body="Other words.", **by("cora")),
        )
        assert refusal_codes(outcomes) == []
        if outcomes[0] is None:
            assert fresh(story).status == "submitted"
        else:
            assert (fresh(story).status, story.published_revision.body) == ("published", "It stood wide open.")


def test_a_job_that_waits_for_an_unscheduling_finds_nothing_to_do(parallel, by):
    story = scheduled(parallel, by)
    outcome = run_behind(
        lambda: returns.unschedule(story_id=story.pk, **by("edgar")),
        lambda: publication.publish_due(story_id=story.pk, now=parallel.now + 2 * HOUR),
    )
    assert (outcome, fresh(story).status) == (None, "cleared")


def test_of_a_due_correction_and_its_cancellation_one_wins(parallel, by):
    for _ in range(ROUNDS):
        story = parallel.published(parallel.verified())
        scheduled_corrections.schedule_correction(
            story_id=story.pk, text="!", at=parallel.now + HOUR, time_zone="UTC", **by("edith")
        )
        then = parallel.now + 2 * HOUR
        outcomes = run_concurrently(
            lambda story=story, then=then: scheduled_corrections.publish_due_correction(story_id=story.pk, now=then),
            lambda story=story: scheduled_corrections.cancel_correction(story_id=story.pk, **by("edgar")),
        )
        assert refusal_codes(outcomes) in ([], ["NO_CORRECTION_SCHEDULED"])
        assert (fresh(story).published_version, story.correction_at) == (2 if refusal_codes(outcomes) else 1, None)


def test_concurrent_changes_of_a_published_story_have_versions_of_their_own(parallel, by):
    for _ in range(ROUNDS):
        story = parallel.published(parallel.verified())
        outcomes = run_concurrently(
            lambda story=story: publication.withhold(story_id=story.pk, reason="!", **by("edith")),
            lambda story=story: publication.correct(story_id=story.pk, text="!", **by("edgar")),
            lambda story=story: stories.assign(
                story_id=story.pk, authors=[parallel.people["ruben"].pk], note="!", **by("sena")
            ),
        )
        assert refusal_codes(outcomes) == []
        assert fresh(story).published_version == 4


def test_nobody_becomes_an_author_of_what_they_clear_meanwhile(parallel, by):
    for _ in range(ROUNDS):
        story = parallel.story()
        stories.submit(story_id=story.pk, **by("rosa"))
        outcomes = run_concurrently(
            lambda story=story: stories.clear(story_id=story.pk, **by("edgar")),
            lambda story=story: stories.assign(story_id=story.pk, authors=[parallel.people["edgar"].pk], **by("edith")),
        )
        assert refusal_codes(outcomes) == ["FOUR_EYES"]


def test_nobody_becomes_an_author_in_print_of_what_they_sign_meanwhile(parallel, by):
    """The story in print uses the claim, whose signature is withdrawn and given again."""
    for first in ("assign", "approve"):
        claim = parallel.verified()
        story = parallel.published(claim)
        signoffs.reject(signoff_id=claim.signoffs.get(state="approved").pk, reason="!", **by("edgar"))
        parallel.settle()
        proposal = signoffs.propose(claim_id=claim.pk, **by("felix"))
        acts = {
            "approve": lambda proposal=proposal: signoffs.approve(signoff_id=proposal.pk, **by("edgar")),
            "assign": lambda story=story: stories.assign(
                story_id=story.pk, authors=[parallel.people["edgar"].pk], note="!", **by("sena")
            ),
        }
        outcome = run_behind(acts.pop(first), *acts.values())
        assert refusal_codes([outcome]) == ["WROTE_STORY" if first == "assign" else "FOUR_EYES"]


def test_a_story_published_on_an_invalid_finding_is_flagged(parallel, by):
    for _ in range(ROUNDS):
        claim = parallel.verified()
        story, statement = parallel.cleared(claim), claim.statements.first()
        outcomes = run_concurrently(
            lambda story=story: publication.publish(story_id=story.pk, **by("edith")),
            lambda statement=statement: statements.end(
                ended="withdrawn", statement_id=statement.pk, reason="Phoned.", **by("rosa")
            ),
        )
        refusals = refusal_codes(outcomes)
        parallel.settle()
        if refusals:
            assert refusals == ["E_ASSERTED_UNVERIFIED"]
            assert fresh(story).status == "cleared"
        else:
            assert (fresh(story).status, story.remedy) == ("published", "editors_note")


def test_a_story_published_during_a_source_merge_is_flagged(parallel, by):
    for _ in range(ROUNDS):
        claim = parallel.verified()
        story = parallel.cleared(claim)
        source, other = (statement.source for statement in claim.statements.all())
        outcomes = run_concurrently(
            lambda story=story: publication.publish(story_id=story.pk, **by("edith")),
            lambda source=source, other=other: sources.merge(
                source_id=source.pk, into_id=other.pk, reason="One voice.", **by("edgar")
            ),
        )
        refusals = refusal_codes(outcomes)
        parallel.settle()
        assert refusals == ["E_ASSERTED_UNVERIFIED"] or fresh(story).remedy == "editors_note"


@pytest.mark.slow
def test_many_users_work_on_one_story(parallel, by):
    """Forty moments with eight users at work: no user gets an error, and the end is consistent."""
    claim = parallel.verified()
    other = parallel.claim("The guard slept.")
    story = parallel.cleared(claim)
    source = parallel.person()
    doing = (
        lambda: statements.end(
            ended="withdrawn", statement_id=claim.statements.first().pk, reason="Phoned.", **by("rosa")
        ),
        lambda: parallel.says(source, claim),
        lambda: publication.publish(story_id=story.pk, **by("edith")),
        lambda: signoffs.propose(claim_id=claim.pk, **by("felix")),
        lambda: stories.revise(story_id=story.pk, body=str(Event.objects.count()), **by("cora")),
        lambda: assessments.reassess(claim_id=claim.pk, now=parallel.now),
        lambda: publication.reevaluate(story_id=story.pk, now=parallel.now),
        lambda: claims.merge(claim_id=other.pk, into_id=claim.pk, **by("faye")),
        lambda: sources.rate(source_id=source.pk, reliability="C", **by("felix")),
        lambda: workflow_tasks.take_next(**by("ruben")),
    )
    for _ in range(40):
        refusal_codes(run_concurrently(*doing))
        parallel.settle()
    for row in (*Claim.objects.all(), *Story.objects.all(), *ReviewTask.objects.all()):
        events(row)
