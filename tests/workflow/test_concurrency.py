"""Two users at the same moment: one of them wins, and the other gets an error."""

from __future__ import annotations

from io import BytesIO

import pytest

from editorial import outbox
from editorial.models import Claim, ClaimUse, Event, Import, Membership, MessageKind, ReviewTask, Statement
from editorial.workflow.evidence import claims, exhibits, sources, statements
from editorial.workflow.imports import imports
from editorial.workflow.ops import scheduler
from editorial.workflow.people import users
from editorial.workflow.review import assessments, replies, signoffs
from editorial.workflow.review import tasks as workflow_tasks
from editorial.workflow.stories import stories
from tests.support.cast import HOUR, events, fresh, refusal_codes, run_behind, run_concurrently

pytestmark = pytest.mark.exhaustive

ROUNDS = 5


def test_a_finding_is_approved_once(parallel, by):
    claim = parallel.corroborated()
    proposal = signoffs.propose(claim_id=claim.pk, **by("felix"))
    outcomes = run_concurrently(
        lambda: signoffs.approve(signoff_id=proposal.pk, **by("edith")),
        lambda: signoffs.approve(signoff_id=proposal.pk, **by("edgar")),
    )
    assert refusal_codes(outcomes) == ["DECIDED_ALREADY"]


def test_a_finding_is_proposed_once(parallel, by):
    claim = parallel.corroborated()
    outcomes = run_concurrently(
        *[lambda name=name: signoffs.propose(claim_id=claim.pk, **by(name)) for name in ("felix", "faye")]
    )
    assert refusal_codes(outcomes) == ["PROPOSED_ALREADY"]


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
        assert refusal_codes(outcomes) in ([], ["FINDING_CHANGED"], ["DECIDED_ALREADY"])
        parallel.settle()
        assert fresh(claim).status != "verified"
        assert not claim.signoffs.filter(state="approved").exists()


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
        assert refusal_codes(outcomes) == ["STALE_VERSION"]


def test_a_claim_being_merged_takes_no_statement(parallel, by):
    for _ in range(ROUNDS):
        claim, into, source = parallel.claim(), parallel.claim(), parallel.person()
        outcomes = run_concurrently(
            lambda claim=claim, into=into: claims.merge(claim_id=claim.pk, into_id=into.pk, **by("felix")),
            lambda claim=claim, source=source: parallel.says(source, claim),
        )
        assert refusal_codes(outcomes) in ([], ["CLAIM_CLOSED"])
        assert not claim.statements.exists()


def test_a_claim_being_split_takes_no_statement(parallel, by):
    for _ in range(ROUNDS):
        claim, source = parallel.claim(), parallel.person()
        outcomes = run_concurrently(
            lambda claim=claim: claims.split(claim_id=claim.pk, texts=["A.", "B."], **by("rosa")),
            lambda claim=claim, source=source: parallel.says(source, claim),
        )
        assert refusal_codes(outcomes) in ([], ["COMPOUND"])
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
        assert refusal_codes(outcomes) in ([], ["CLAIM_CLOSED"], ["IN_USE"])
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
        assert refusal_codes(outcomes) in ([], ["MOVED"])
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
        assert refusal_codes(outcomes) == ["MERGED"]
        first, second = parallel.claim(), parallel.claim()
        ends = ((first, second), (second, first))
        outcomes = run_concurrently(
            *[lambda a=a, b=b: claims.merge(claim_id=a.pk, into_id=b.pk, **by("felix")) for a, b in ends]
        )
        assert refusal_codes(outcomes) == ["MERGED"]


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
    assert refusal_codes(outcomes) == []
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
    assert refusal_codes(outcomes) == ["NOT_OPEN"]


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
    assert refusal_codes(outcomes) == []
    for row, action in (
        (request, "reply.expire"),
        (statement, "statement.embargo_lift"),
        (story, "story.publish"),
        (task, "review.expire"),
        (task, "review.overdue"),
    ):
        assert events(row).count(action) == 1, action
    scheduler.run_due(now=later)  # the last steps of overdue tasks, which the first run planned
    assert scheduler.run_due(now=later) == 0


def test_two_administrators_do_not_deactivate_each_other(parallel, by):
    ada, edith = parallel.people["ada"], parallel.people["edith"]
    Membership.objects.create(user=edith, role="admin")
    outcomes = run_concurrently(
        lambda: users.deactivate(user_id=edith.pk, **by("ada")),
        lambda: users.deactivate(user_id=ada.pk, **by("edith")),
    )
    assert set(refusal_codes(outcomes)) <= {"LAST_ADMIN", "FORBIDDEN"}
    remaining = Membership.objects.filter(role="admin", desk=None, user__is_active=True)
    assert remaining.count() == 1


def test_a_file_attached_twice_concurrently_is_one_exhibit(parallel, by):
    attach = {"desk_id": parallel.desk.pk, "title": "Log", "text": "Open."}
    outcomes = run_concurrently(*[lambda: exhibits.attach(**attach, **by("rosa"))] * 3)
    assert set(refusal_codes(outcomes)) <= {"EXHIBIT_ONCE_PER_DESK", "INVALID"}
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
        assert refusal_codes(outcomes) == []
        parallel.settle()
        assert claim.assessments.latest().origins == Statement.objects.count() == 2 * (number + 1)


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
    assert refusal_codes([refusal]) == ["REMOVED"]
    assert events(echo).count("statement.undo_relay") == 1
