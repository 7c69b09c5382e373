"""Review tasks: their questions, the users they are offered to, their leases, and their end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import MessageKind, ReviewTask, Source
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.review import escalations, signoffs, task_offers, tasks
from editorial.workflow.stories import stories
from tests.support.cast import assert_refused, count_pending_jobs, events, fresh


@pytest.fixture
def claim(room):
    """A claim on which one unrated person spoke."""
    claim = room.claim()
    source = Source.objects.get(pk=room.person().pk)
    room.says(source, claim)
    room.settle()
    return claim


def kinds(claim, **filters):
    return set(claim.tasks.filter(**filters).values_list("kind", flat=True))


def test_a_new_claim_has_tasks_for_what_it_lacks(room):
    claim = room.claim()
    room.settle()
    assert "SEEK_INDEPENDENT" in kinds(claim, state="open")
    assert claim.status != "verified"
    task = claim.tasks.first()
    assert events(task) == ["review.open"]
    assert task.due_at == room.now + timedelta(hours=24)


def test_a_met_need_closes_its_task_until_the_need_returns(room, claim, rosa):
    statement = room.says(room.person(), claim)
    room.settle()
    seek = claim.tasks.get(kind="SEEK_INDEPENDENT")
    assert seek.state == "closed"
    assert "SECOND_REVIEW" in kinds(claim, state="open")
    statements.end(ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=rosa, now=room.now)
    room.settle()
    assert fresh(seek).state == "open"
    assert events(seek) == ["review.open", "review.close", "review.reopen"]


def test_urgency_follows_risk_and_the_nearest_story(room, claim):
    def urgency():
        return {task.urgency for task in ReviewTask.objects.filter(claim=claim, state="open")}

    assert urgency() == {10}
    story = room.story(claim)
    room.settle()
    assert urgency() == {11}
    stories.submit(story_id=story.pk, actor=room.people["rosa"], now=room.now)
    room.settle()
    assert urgency() == {13}


class TestTaking:
    def test_the_most_urgent_task_is_taken_for_half_an_hour(self, room, claim, ruben):
        serious = room.claim(risk="serious")
        room.settle()
        task = tasks.take_next(actor=ruben, now=room.now)
        assert task.claim == serious
        assert (task.state, task.taken_by, task.lease_until) == ("taken", ruben, room.now + timedelta(minutes=30))
        assert events(task)[-1] == "review.take"

    def test_a_queue_can_be_selected(self, room, claim, ruben):
        assert tasks.take_next(queue="investigate", actor=ruben, now=room.now).queue == "investigate"
        assert tasks.take_next(queue="corroborate", actor=ruben, now=room.now).queue == "corroborate"
        with assert_refused(ValidationFailed, "UNKNOWN_QUEUE"):
            tasks.take_next(queue="gossip", actor=ruben, now=room.now)

    def test_a_user_without_matching_role_is_offered_no_task(self, room, claim, carl, cora, noel, gina, ada):
        for person in (carl, cora, noel, gina, ada):
            assert tasks.take_next(actor=person, now=room.now) is None

    def test_a_task_of_someone_else_is_not_taken(self, room, claim, ruben, rosa):
        task = tasks.take_next(actor=ruben, now=room.now)
        with assert_refused(Conflict, "NOT_OPEN"):
            tasks.take(task_id=task.pk, actor=rosa, now=room.now)

    def test_a_task_for_another_role_is_refused_and_one_of_another_desk_is_not_found(self, room, claim, ruben, carl):
        room.says(room.paper(authenticated=False), claim)
        room.settle()
        task = claim.tasks.get(kind="AUTHENTICATE")
        with assert_refused(Forbidden, "FORBIDDEN"):
            tasks.take(task_id=task.pk, actor=ruben, now=room.now)
        with assert_refused(NotFound, "NOT_FOUND"):
            tasks.take(task_id=task.pk, actor=carl, now=room.now)

    def test_a_second_review_is_offered_to_a_proposer_and_then_to_uninvolved_people(self, room, felix, edith, edgar):
        claim = room.corroborated()
        room.story(claim, by="edith")
        room.settle()
        task = claim.tasks.get(kind="SECOND_REVIEW")

        def offered(person):
            return task in task_offers.doable_by(person)

        assert (offered(felix), offered(edgar)) == (True, False)
        signoffs.propose(claim_id=claim.pk, actor=felix, now=room.now)
        assert [offered(person) for person in (felix, edith, edgar)] == [False, False, True]
        with assert_refused(Conflict, "FOUR_EYES"):
            tasks.take(task_id=task.pk, actor=edith, now=room.now)

    def test_an_author_does_not_review_a_compound_in_their_story(self, room, rosa, felix, edith):
        compound = room.claim()
        part, _ = claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
        for _ in range(2):
            room.says(room.person(), part)
        room.story(compound, by="edith")
        room.settle()
        signoffs.propose(claim_id=part.pk, actor=felix, now=room.now)
        assert part.tasks.get(kind="SECOND_REVIEW") not in task_offers.doable_by(edith)


class TestHolding:
    @pytest.fixture
    def task(self, room, claim, ruben):
        return tasks.take_next(actor=ruben, now=room.now)

    def test_the_holder_extends_releases_and_finishes(self, room, task, ruben, rosa):
        for action in (tasks.extend, tasks.release):
            with assert_refused(Forbidden, "FORBIDDEN"):
                action(task_id=task.pk, actor=rosa, now=room.now)
        tasks.extend(task_id=task.pk, actor=ruben, now=room.later(minutes=20))
        assert fresh(task).lease_until == room.now + timedelta(minutes=30)
        tasks.release(task_id=task.pk, actor=ruben, now=room.now)
        assert (fresh(task).state, task.taken_by) == ("open", None)
        assert events(task)[-3:] == ["review.take", "review.extend", "review.release"]

    def test_an_editor_may_release_a_task_of_someone_else(self, room, task, edith):
        tasks.release(task_id=task.pk, actor=edith, now=room.now)
        assert fresh(task).state == "open"

    def test_found_needs_no_note_and_exhausted_needs_one(self, room, task, ruben):
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            tasks.finish(task_id=task.pk, outcome="exhausted", actor=ruben, now=room.now)
        with assert_refused(ValidationFailed, "UNKNOWN_OUTCOME"):
            tasks.finish(task_id=task.pk, outcome="closed", actor=ruben, now=room.now)
        tasks.finish(task_id=task.pk, outcome="exhausted", note="Rang twice.", actor=ruben, now=room.now)
        assert (fresh(task).state, task.note, task.ended_by, task.taken_by) == (
            "exhausted",
            "Rang twice.",
            ruben,
            None,
        )
        assert count_pending_jobs(MessageKind.ASSESS_CLAIM, task.claim) == 1
        with assert_refused(Conflict, "NOT_TAKEN"):
            tasks.finish(task_id=task.pk, outcome="found", actor=ruben, now=room.now)

    def test_a_task_without_a_holder_is_not_released(self, room, task, edith):
        tasks.release(task_id=task.pk, actor=edith, now=room.now)
        with assert_refused(Conflict, "NOT_TAKEN"):
            tasks.release(task_id=task.pk, actor=edith, now=room.now)

    def test_an_expired_lease_frees_the_task_and_notifies_its_assignee(self, room, task, ruben):
        tasks.expire(task_id=task.pk, now=room.now)
        assert fresh(task).state == "taken", "it has not run out yet"
        tasks.expire(task_id=task.pk, now=room.later(minutes=31))
        assert (fresh(task).state, task.taken_by) == ("open", None)
        assert events(task)[-1] == "review.expire"
        with assert_refused(Conflict, "NOT_TAKEN"):
            tasks.finish(task_id=task.pk, outcome="found", actor=ruben, now=room.now)

    def test_an_overdue_task_is_notified_once(self, room, task):
        escalations.mark_overdue(task_id=task.pk, now=room.now)
        assert fresh(task).overdue_at is None
        for _ in range(2):
            escalations.mark_overdue(task_id=task.pk, now=room.later(hours=25))
        assert events(task).count("review.overdue") == 1


def test_a_claim_whose_tasks_are_all_exhausted_is_unverifiable(room, claim, people):
    for task in ReviewTask.objects.filter(claim=claim, state="open"):
        holder = people["ruben"] if task.kind != "ASSESS_SOURCE" else people["felix"]
        tasks.take(task_id=task.pk, actor=holder, now=room.now)
        tasks.finish(task_id=task.pk, outcome="exhausted", note="Nobody talks.", actor=holder, now=room.now)
    room.settle()
    assert fresh(claim).status == "unverifiable"
    room.says(room.person(), claim, "denies")
    room.settle()
    assert fresh(claim).status != "unverifiable", "a new fact is worth another try"


def test_merging_sources_reopens_what_corroboration_had_closed(room, edith):
    claim = room.corroborated()
    first, second = (statement.source for statement in claim.statements.all())
    assert claim.tasks.get(kind="SECOND_REVIEW").state == "open"
    sources.merge(source_id=first.pk, into_id=second.pk, reason="One voice.", actor=edith, now=room.now)
    room.settle()
    assert claim.tasks.get(kind="SECOND_REVIEW").state == "closed"
    assert "SEEK_INDEPENDENT" in kinds(claim, state="open")
