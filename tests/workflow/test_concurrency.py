"""Two users at the same moment: one of them wins, and the other gets an error."""

from __future__ import annotations

from io import BytesIO

import pytest

from editorial import outbox
from editorial.models import Claim, ClaimUse, Event, Import, Membership, MessageKind, ReviewTask, Statement, Story
from editorial.workflow.core.errors import ActionError
from editorial.workflow.evidence import claims, exhibits, sources, statements
from editorial.workflow.imports import imports
from editorial.workflow.ops import scheduler
from editorial.workflow.people import users
from editorial.workflow.review import assessments, replies, signoffs
from editorial.workflow.review import tasks as workflow_tasks
from editorial.workflow.stories import planned_corrections, publication, returns, stories
from tests.support.cast import HOUR, events, exceptions_in, fresh, run_behind, run_concurrently

pytestmark = pytest.mark.exhaustive

ROUNDS = 5


def codes(outcomes):
    """Why each that was refused was refused; anything else that was raised is an error."""
    for outcome in exceptions_in(outcomes):
        if not isinstance(outcome, ActionError):
            raise outcome
    return [reason.code for refusal in exceptions_in(outcomes) for reason in refusal.reasons]


@pytest.fixture
def by(parallel):
    """The actor and the time of an action."""
    return lambda name: {"actor": parallel.people[name], "now": parallel.now}


def test_a_story_is_published_once(parallel, by):
    story = parallel.cleared(parallel.verified())
    outcomes = run_concurrently(*[lambda: publication.publish(story_id=story.pk, **by("edith"))] * 3)
    assert codes(outcomes) == ["WRONG_STATE", "WRONG_STATE"]
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
        if codes(outcomes):
            assert codes(outcomes) == ["WRONG_STATE"]
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
        assert codes(outcomes) == []
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
        planned_corrections.schedule_correction(
            story_id=story.pk, text="!", at=parallel.now + HOUR, time_zone="UTC", **by("edith")
        )
        then = parallel.now + 2 * HOUR
        outcomes = run_concurrently(
            lambda story=story, then=then: planned_corrections.publish_due_correction(story_id=story.pk, now=then),
            lambda story=story: planned_corrections.cancel_correction(story_id=story.pk, **by("edgar")),
        )
        assert codes(outcomes) in ([], ["NO_CORRECTION_SCHEDULED"])
        assert (fresh(story).published_version, story.correction_at) == (2 if codes(outcomes) else 1, None)


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
        assert codes(outcomes) == []
        assert fresh(story).published_version == 4


def test_nobody_becomes_an_author_of_what_they_clear_meanwhile(parallel, by):
    for _ in range(ROUNDS):
        story = parallel.story()
        stories.submit(story_id=story.pk, **by("rosa"))
        outcomes = run_concurrently(
            lambda story=story: stories.clear(story_id=story.pk, **by("edgar")),
            lambda story=story: stories.assign(story_id=story.pk, authors=[parallel.people["edgar"].pk], **by("edith")),
        )
        assert codes(outcomes) == ["FOUR_EYES"]


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
        assert codes([outcome]) == ["WROTE_STORY" if first == "assign" else "FOUR_EYES"]


def test_a_finding_is_approved_once(parallel, by):
    claim = parallel.corroborated()
    proposal = signoffs.propose(claim_id=claim.pk, **by("felix"))
    outcomes = run_concurrently(
        lambda: signoffs.approve(signoff_id=proposal.pk, **by("edith")),
        lambda: signoffs.approve(signoff_id=proposal.pk, **by("edgar")),
    )
    assert codes(outcomes) == ["DECIDED_ALREADY"]


def test_a_finding_is_proposed_once(parallel, by):
    claim = parallel.corroborated()
    outcomes = run_concurrently(
        *[lambda name=name: signoffs.propose(claim_id=claim.pk, **by(name)) for name in ("felix", "faye")]
    )
    assert codes(outcomes) == ["PROPOSED_ALREADY"]


def test_no_approval_survives_a_concurrent_withdrawal(parallel, by):
    for _ in range(ROUNDS):
        claim = parallel.corroborated()
        proposal = signoffs.propose(claim_id=claim.pk, **by("felix"))
        statement = claim.statements.first()
        outcomes = run_concurrently(
            lambda proposal=proposal: signoffs.approve(signoff_id=proposal.pk, **by("edgar")),
            lambda statement=statement: statements.end(
                ended="withdrawn", statement_id=statement.pk, reason="Phoned.", **by("rosa")
            ),
        )
        assert codes(outcomes) in ([], ["FINDING_CHANGED"], ["DECIDED_ALREADY"])
        parallel.settle()
        assert fresh(claim).status != "verified"
        assert not claim.signoffs.filter(state="approved").exists()


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
        refusals = codes(outcomes)
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
        refusals = codes(outcomes)
        parallel.settle()
        assert refusals == ["E_ASSERTED_UNVERIFIED"] or fresh(story).remedy == "editors_note"


def test_of_two_concurrent_revisions_one_is_refused_as_stale(parallel, by):
    claim = parallel.claim()
    story = parallel.story()
    statement = parallel.says(parallel.person(), claim)
    for revise in (
        lambda text: claims.revise(claim_id=claim.pk, text=text, expected_version=claim.version, **by("rosa")),
        lambda text: stories.revise(story_id=story.pk, body=text, expected_version=story.version, **by("cora")),
        lambda text: statements.revise(
            statement_id=statement.pk, quote=text, expected_version=statement.version, **by("rosa")
        ),
    ):
        outcomes = run_concurrently(lambda revise=revise: revise("One."), lambda revise=revise: revise("Other."))
        assert codes(outcomes) == ["STALE_VERSION"]


def test_a_claim_being_merged_takes_no_statement(parallel, by):
    for _ in range(ROUNDS):
        claim, into, source = parallel.claim(), parallel.claim(), parallel.person()
        outcomes = run_concurrently(
            lambda claim=claim, into=into: claims.merge(claim_id=claim.pk, into_id=into.pk, **by("felix")),
            lambda claim=claim, source=source: parallel.says(source, claim),
        )
        assert codes(outcomes) in ([], ["CLAIM_CLOSED"])
        assert not claim.statements.exists()


def test_a_claim_being_split_takes_no_statement(parallel, by):
    for _ in range(ROUNDS):
        claim, source = parallel.claim(), parallel.person()
        outcomes = run_concurrently(
            lambda claim=claim: claims.split(claim_id=claim.pk, texts=["A.", "B."], **by("rosa")),
            lambda claim=claim, source=source: parallel.says(source, claim),
        )
        assert codes(outcomes) in ([], ["COMPOUND"])
        assert not claim.statements.exists()
        assert claim.parts.count() == 2


def test_a_claim_being_merged_or_dropped_is_not_used_by_a_story(parallel, by):
    for number in range(2 * ROUNDS):
        claim, into, story = parallel.claim(), parallel.claim(), parallel.story()
        ending = (
            (lambda claim=claim, into=into: claims.merge(claim_id=claim.pk, into_id=into.pk, **by("felix")))
            if number % 2
            else (lambda claim=claim: claims.drop(claim_id=claim.pk, reason="Gossip.", **by("felix")))
        )
        use = [{"claim": str(claim.pk), "mode": "asserted"}]
        outcomes = run_concurrently(
            ending, lambda story=story, use=use: stories.revise(story_id=story.pk, uses=use, **by("rosa"))
        )
        assert codes(outcomes) in ([], ["CLAIM_CLOSED"], ["IN_USE"])
        assert not ClaimUse.objects.filter(claim=claim, claim__merged_into__isnull=False).exists()
        assert not ClaimUse.objects.filter(claim=claim, claim__dropped_at__isnull=False).exists()


def test_a_statement_moved_twice_ends_on_one_claim_and_both_are_reassessed(parallel, by):
    for _ in range(ROUNDS):
        claim, left, right = (parallel.claim() for _ in range(3))
        statement = parallel.says(parallel.person(), claim)
        parallel.settle()
        outcomes = run_concurrently(
            *[
                lambda to=to, statement=statement: statements.move(
                    statement_id=statement.pk, claim_id=to.pk, **by("rosa")
                )
                for to in (left, right)
            ]
        )
        assert codes(outcomes) in ([], ["MOVED"])
        parallel.settle()
        origins = {each.pk: each.assessments.latest().origins for each in (claim, left, right)}
        assert origins == {each.pk: int(each.pk == fresh(statement).claim_id) for each in (claim, left, right)}


def test_two_concurrent_merges_make_no_cycle(parallel, by):
    for _ in range(ROUNDS):
        source, other = parallel.person(), parallel.person()
        ends = ((source, other), (other, source))
        outcomes = run_concurrently(
            *[
                lambda a=a, b=b: sources.merge(source_id=a.pk, into_id=b.pk, reason="One.", **by("edith"))
                for a, b in ends
            ]
        )
        assert codes(outcomes) == ["MERGED"]
        first, second = parallel.claim(), parallel.claim()
        ends = ((first, second), (second, first))
        outcomes = run_concurrently(
            *[lambda a=a, b=b: claims.merge(claim_id=a.pk, into_id=b.pk, **by("felix")) for a, b in ends]
        )
        assert codes(outcomes) == ["MERGED"]


def test_concurrent_reviewers_take_different_tasks(parallel, by):
    for number in range(4):
        parallel.claim(f"Claim {number}.", risk="serious")
    parallel.settle()
    tasks = list(ReviewTask.objects.filter(state="open", kind__startswith="SEEK")[:20])
    ReviewTask.objects.exclude(pk__in=[task.pk for task in tasks]).update(state="closed", ended_at=parallel.now)
    taken = []

    def work():
        tasks_of_one = []
        while task := workflow_tasks.take_next(**by("ruben")):
            tasks_of_one.append(task.pk)
        assert not ReviewTask.objects.filter(state="open").exists(), "somebody was sent away while there was work"
        return tasks_of_one

    outcomes = run_concurrently(*[work] * 8)
    assert codes(outcomes) == []
    taken = [task for tasks_of_one in outcomes for task in tasks_of_one]
    assert len(tasks) >= 12
    assert sorted(taken) == sorted(task.pk for task in tasks)


def test_no_action_is_refused_during_a_reassessment(parallel, by):
    claim = parallel.claim()
    parallel.settle()
    assert claim.tasks.filter(state="open").exists()
    for _ in range(ROUNDS):
        parallel.story(claim)  # the more urgent task is nearer to publication, so every task is touched
        ReviewTask.objects.update(urgency=0)
        task, _ = run_concurrently(
            lambda: workflow_tasks.take_next(**by("ruben")),
            lambda: assessments.reassess(claim_id=claim.pk, now=parallel.now),
        )
        assert task is not None
        workflow_tasks.release(task_id=task.pk, **by("ruben"))


def test_a_task_is_taken_by_one_reviewer(parallel, by):
    parallel.claim()
    parallel.settle()
    task = ReviewTask.objects.filter(state="open").first()
    outcomes = run_concurrently(
        *[lambda name=name: workflow_tasks.take(task_id=task.pk, **by(name)) for name in ("rosa", "ruben")]
    )
    assert codes(outcomes) == ["NOT_OPEN"]


def test_two_schedulers_run_due_work_once(parallel, by):
    party = parallel.person()
    claim = parallel.verified(adverse_to=[party.pk])
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="?", deadline_at=parallel.now + HOUR, reason="It runs tonight.",
        **by("rosa"),
    )  # fmt: skip
    statement = parallel.says(parallel.person(), parallel.claim(), embargo_until=parallel.now + HOUR)
    parallel.settle()
    task = workflow_tasks.take_next(**by("ruben"))
    story = parallel.cleared()
    stories.confirm_no_claims(story_id=story.pk, actor=parallel.people["cora"], now=parallel.now)
    stories.schedule(story_id=story.pk, at=parallel.now + HOUR, time_zone="UTC", **by("edith"))
    later = parallel.later(hours=30)
    outcomes = run_concurrently(*[lambda: scheduler.run_due(now=later)] * 3)
    assert codes(outcomes) == []
    for row, action in (
        (request, "reply.expire"),
        (statement, "statement.embargo_lift"),
        (story, "story.publish"),
        (task, "review.expire"),
        (task, "review.overdue"),
    ):
        assert events(row).count(action) == 1, action
    assert scheduler.run_due(now=later) == 0


def test_two_administrators_do_not_deactivate_each_other(parallel, by):
    ada, edith = parallel.people["ada"], parallel.people["edith"]
    Membership.objects.create(user=edith, role="admin")
    outcomes = run_concurrently(
        lambda: users.deactivate(user_id=edith.pk, **by("ada")),
        lambda: users.deactivate(user_id=ada.pk, **by("edith")),
    )
    assert set(codes(outcomes)) <= {"LAST_ADMIN", "FORBIDDEN"}
    remaining = Membership.objects.filter(role="admin", desk=None, user__is_active=True)
    assert remaining.count() == 1


def test_a_file_attached_twice_concurrently_is_one_exhibit(parallel, by):
    attach = {"desk_id": parallel.desk.pk, "title": "Log", "text": "Open."}
    outcomes = run_concurrently(*[lambda: exhibits.attach(**attach, **by("rosa"))] * 3)
    assert set(codes(outcomes)) <= {"EXHIBIT_ONCE_PER_DESK", "INVALID"}
    assert parallel.desk.exhibits.count() == 1


def test_event_chains_stay_intact_under_concurrent_writes(parallel, by):
    claim = parallel.claim()
    run_concurrently(
        *[
            lambda n=n: claims.revise(claim_id=claim.pk, text=f"The gate was open, {n}.", **by("rosa"))
            for n in range(4)
        ],
        *[lambda: assessments.reassess(claim_id=claim.pk, now=parallel.now)] * 2,
    )
    actions = events(claim)
    assert actions.count("claim.revise") == 4
    assert Event.objects.filter(stream=f"claim:{claim.pk}").count() == len(actions)


@pytest.mark.parametrize("rounds", [12, pytest.param(150, marks=pytest.mark.slow)])
def test_a_statement_recorded_during_an_assessment_is_not_missed(parallel, by, rounds):
    """Before, during or after the start of the waiting assessment: some assessment sees the statement."""
    claim = parallel.claim()
    for number in range(rounds):
        parallel.says(parallel.source("outlet"), claim, obtained_by="external")
        jobs = [job.message for job in outbox.claim_batch(now=parallel.now) if job.kind is MessageKind.ASSESS_CLAIM]
        source = parallel.person()

        def review(jobs=jobs):
            for message in jobs:
                outbox.run_message(
                    message,
                    lambda reference, now: assessments.reassess(claim_id=reference, now=now),
                    clock=lambda: parallel.now,
                )

        outcomes = run_concurrently(review, lambda source=source: parallel.says(source, claim), review)
        assert codes(outcomes) == []
        parallel.settle()
        assert claim.assessments.latest().origins == Statement.objects.count() == 2 * (number + 1)


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
        codes(run_concurrently(*doing))
        parallel.settle()
    for row in (*Claim.objects.all(), *Story.objects.all(), *ReviewTask.objects.all()):
        events(row)


def test_a_sheet_imported_twice_concurrently_is_filed_once(parallel):
    sheet = "text\n" + "".join(f"Gate {number} was open.\n" for number in range(25))
    arguments = {"desk_id": parallel.desk.pk, "kind": "claims_sheet", "now": parallel.now}

    def import_sheet(name):
        batch = imports.start(**arguments, file=BytesIO(sheet.encode()), actor=parallel.people[name])
        while not Import.objects.filter(pk=batch.pk, state="done").exists():
            imports.file_next(import_id=batch.pk, now=parallel.now)
        return Import.objects.get(pk=batch.pk)

    first, second = run_concurrently(lambda: import_sheet("rosa"), lambda: import_sheet("ruben"))
    assert Claim.objects.count() == 25
    assert first.filed + second.filed == first.known + second.known == 25


def test_a_relay_is_removed_once(parallel, by):
    claim = parallel.claim()
    origin, echo = (
        parallel.says(parallel.person(), claim),
        parallel.says(parallel.source("outlet"), claim, directness="relayed"),
    )
    link = statements.relay(derived_id=echo.pk, origin_id=origin.pk, **by("rosa"))
    undo = {"relay_id": link.pk, "reason": "Mixed up."}
    refusal = run_behind(
        lambda: statements.undo_relay(**undo, **by("rosa")), lambda: statements.undo_relay(**undo, **by("ruben"))
    )
    assert codes([refusal]) == ["REMOVED"]
    assert events(echo).count("statement.undo_relay") == 1
