"""Assigned and snoozed tasks: whom they are offered to, who is notified, and what ends both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from editorial.models import Event, ReviewTask
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.review import assignments, escalations, task_offers, tasks
from editorial.workflow.stories import stories
from tests.support.cast import assert_refused, events, fresh, refusal_codes, run_concurrently

HOUR = timedelta(hours=1)


@pytest.fixture
def claim(room):
    """A claim with several tasks for those who gather evidence."""
    claim = room.claim()
    room.says(room.person(), claim)
    room.settle()
    return claim


@pytest.fixture
def task(claim):
    return claim.tasks.get(kind="SEEK_INDEPENDENT")


def waiting(person, room):
    return set(task_offers.offered_to(person, room.now).values_list("kind", flat=True))


def snooze(task, room, actor, *, hours=2, reason="She lands at six."):
    return tasks.snooze(
        task_id=task.pk, until=room.now + timedelta(hours=hours), reason=reason, actor=actor, now=room.now
    )


class TestAssigning:
    def test_an_assigned_task_is_offered_first_and_to_nobody_else(self, room, task, edith, ruben, rosa):
        serious = room.claim(risk="serious")
        room.settle()
        assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=edith, now=room.now)
        assert task.kind in waiting(ruben, room)
        assert task not in task_offers.offered_to(rosa, room.now)
        assert tasks.take_next(actor=ruben, now=room.now) == task, "although another is more urgent"
        assert tasks.take_next(actor=rosa, now=room.now).claim == serious

    def test_a_colleague_may_still_take_it_which_ends_the_assignment(self, room, task, edith, ruben, rosa):
        assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=edith, now=room.now)
        tasks.take(task_id=task.pk, actor=rosa, now=room.now)
        assert (fresh(task).taken_by, task.assigned_to, task.assigned_by) == (rosa, None, None)

    def test_it_stays_assigned_when_the_lease_of_the_assignee_expires(self, room, task, edith, ruben):
        assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=edith, now=room.now)
        tasks.take(task_id=task.pk, actor=ruben, now=room.now)
        tasks.expire(task_id=task.pk, now=room.later(minutes=31))
        assert (fresh(task).state, task.assigned_to) == ("open", ruben)

    def test_only_editors_assign_and_only_to_people_who_may_do_it(self, room, claim, task, ruben, rosa, edith, carl):
        with assert_refused(Forbidden, "FORBIDDEN"):
            assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=rosa, now=room.now)
        for stranger in ("lara", "carl", "gina", "noel"):  # another role, another desk, a closed account, no role
            person = room.people[stranger]
            with assert_refused(ValidationFailed, "NOT_FOR_ASSIGNEE"):
                assignments.assign(task_id=task.pk, assignee_id=person.pk, actor=edith, now=room.now)
        with assert_refused(NotFound, "NOT_FOUND"):
            assignments.assign(task_id=task.pk, assignee_id=task.pk, actor=edith, now=room.now)
        assert events(task) == ["review.open"]

    def test_a_task_that_somebody_works_on_is_not_assigned(self, room, task, edith, ruben, rosa):
        tasks.take(task_id=task.pk, actor=rosa, now=room.now)
        with assert_refused(Conflict, "NOT_OPEN"):
            assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=edith, now=room.now)

    def test_several_are_assigned_or_none(self, room, claim, edith, ruben, rosa):
        rows = list(claim.tasks.filter(state="open").exclude(kind="ASSESS_SOURCE"))
        assert len(rows) > 1
        tasks.take(task_id=rows[0].pk, actor=rosa, now=room.now)
        with assert_refused(Conflict, "NOT_OPEN"):
            assignments.assign_many(task_ids=[row.pk for row in rows], assignee_id=ruben.pk, actor=edith, now=room.now)
        assert not ReviewTask.objects.filter(assigned_to=ruben).exists()
        assignments.assign_many(task_ids=[row.pk for row in rows[1:]], assignee_id=ruben.pk, actor=edith, now=room.now)
        assert set(ReviewTask.objects.filter(assigned_to=ruben)) == set(rows[1:])
        for empty in ([], [rows[0].pk] * 101):
            with assert_refused(ValidationFailed, "OUT_OF_RANGE"):
                assignments.assign_many(task_ids=empty, assignee_id=ruben.pk, actor=edith, now=room.now)

    def test_the_task_of_a_closed_account_is_offered_again(self, room, task, edith, ruben, rosa):
        assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=edith, now=room.now)
        ruben.is_active = False
        ruben.save()
        assert task in task_offers.offered_to(rosa, room.now)

    def test_the_assignee_and_the_editor_may_release_it(self, room, task, edith, ruben, rosa):
        for actor in (ruben, edith):
            assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=edith, now=room.now)
            with assert_refused(Forbidden, "FORBIDDEN"):
                tasks.release(task_id=task.pk, actor=rosa, now=room.now)
            tasks.release(task_id=task.pk, actor=actor, now=room.now)
            assert (fresh(task).assigned_to, task.assigned_by) == (None, None)
        told = [event.data["holder"] for event in Event.objects.filter(action="review.release").order_by("number")]
        assert told == [str(edith.pk), str(ruben.pk)], "the other one in each case"


class TestSnoozing:
    def test_a_snoozed_task_is_offered_to_nobody_until_its_time(self, room, claim, task, ruben):
        tasks.take(task_id=task.pk, actor=ruben, now=room.now)
        snooze(task, room, ruben)
        assert (fresh(task).state, task.taken_by, task.snoozed_by) == ("open", None, ruben)
        assert task.kind not in waiting(ruben, room)
        room.later(hours=2)
        assert task.kind in waiting(ruben, room), "no job has to wake it"

    def test_taking_it_ends_the_snooze(self, room, task, edith, ruben):
        snooze(task, room, edith)
        tasks.take(task_id=task.pk, actor=ruben, now=room.now)
        assert (fresh(task).snoozed_until, task.snoozed_by, task.snooze_reason) == (None, None, "")

    def test_it_needs_a_reason_a_near_time_and_the_right(self, room, task, edith, ruben, rosa):
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            snooze(task, room, edith, reason="  ")
        for hours in (0, -1, 24 * 31):
            with assert_refused(ValidationFailed, "OUT_OF_RANGE"):
                snooze(task, room, edith, hours=hours)
        with assert_refused(Forbidden, "FORBIDDEN"):
            snooze(task, room, rosa)
        tasks.take(task_id=task.pk, actor=ruben, now=room.now)
        with assert_refused(Conflict, "NOT_OPEN"):
            snooze(task, room, edith)

    def test_its_reason_may_not_name_a_confidential_source(self, room, edith):
        claim = room.claim()
        identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970"}
        room.says(room.person("a keeper", unnamed=True, **identity), claim)
        room.settle()
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            snooze(claim.tasks.filter(state="open").first(), room, edith, reason="Ms Quillfeather is away.")

    def test_it_stays_due_and_becomes_overdue(self, room, task, edith):
        due_at = task.due_at
        snooze(task, room, edith, hours=72)
        escalations.mark_overdue(task_id=task.pk, now=room.later(hours=25))
        assert (fresh(task).due_at, events(task)[-1]) == (due_at, "review.overdue")

    def test_new_facts_about_its_question_end_the_snooze(self, room, claim, edith):
        seek = claim.tasks.get(kind="SEEK_INDEPENDENT")
        for task in claim.tasks.filter(state="open"):
            snooze(task, room, edith)
        room.says(room.person(), claim)
        room.settle()
        assert (fresh(seek).state, seek.snoozed_until) == ("closed", None)
        assert claim.tasks.filter(state="open", snoozed_until=None, kind="SECOND_REVIEW").exists()

    def test_a_story_that_nears_publication_ends_the_snooze(self, room, claim, task, edith, rosa):
        story = room.story(claim)
        room.settle()
        snooze(fresh(task), room, edith)
        stories.submit(story_id=story.pk, actor=rosa, now=room.now)
        room.settle()
        assert fresh(task).snoozed_until is None


@pytest.mark.parametrize(
    "values",
    [
        {"snoozed_until": "2031-01-01T00:00Z"},
        {"snoozed_until": "2031-01-01T00:00Z", "snoozed_by": "edith"},
        {"snooze_reason": "Later."},
        {"assigned_to": "ruben"},
        {"assigned_to": "ruben", "assigned_by": "edith", "state": "closed", "ended_at": "2031-01-01T00:00Z"},
    ],
)
def test_the_database_refuses_half_a_snooze_and_the_assignment_of_an_ended_task(room, task, people, values):
    rows = ReviewTask.objects.filter(pk=task.pk)
    with pytest.raises(IntegrityError, match="reviewtask_"), transaction.atomic():
        rows.update(**{name: people.get(value, value) for name, value in values.items()})


@pytest.mark.exhaustive
class TestRaces:
    """Two people at the same moment, on connections of their own."""

    @pytest.fixture
    def task(self, parallel):
        claim = parallel.claim()
        parallel.says(parallel.person(), claim)
        parallel.settle()
        return claim.tasks.get(kind="SEEK_INDEPENDENT")

    def test_assigning_against_taking_leaves_one_of_them(self, parallel, by, task):
        for _ in range(5):
            outcomes = run_concurrently(
                lambda: assignments.assign(task_id=task.pk, assignee_id=parallel.people["ruben"].pk, **by("edith")),
                lambda: tasks.take(task_id=task.pk, **by("rosa")),
            )
            row = fresh(task)
            assert row.taken_by.username == "rosa", "a colleague may take what is assigned"
            assert row.assigned_to is None
            assert refusal_codes(outcomes) in ([], ["NOT_OPEN"])
            tasks.release(task_id=task.pk, **by("rosa"))

    def test_snoozing_against_finishing_does_one_of_them(self, parallel, by, task):
        for _ in range(5):
            tasks.take(task_id=task.pk, **by("rosa"))
            outcomes = run_concurrently(
                lambda: snooze(task, parallel, parallel.people["rosa"]),
                lambda: tasks.finish(task_id=task.pk, outcome="found", **by("rosa")),
            )
            row = fresh(task)
            (refused,) = refusal_codes(outcomes)
            assert (row.state, refused) in (("open", "NOT_TAKEN"), ("found", "FORBIDDEN"))
            assert (row.snoozed_until is None) == (row.state == "found")
            ReviewTask.objects.filter(pk=task.pk).update(state="open", ended_at=None, ended_by=None)

    def test_two_bulk_assignments_in_opposite_orders_do_not_deadlock(self, parallel, by, task):
        keys = list(task.claim.tasks.filter(state="open").exclude(kind="ASSESS_SOURCE").values_list("pk", flat=True))
        assert len(keys) > 1
        outcomes = run_concurrently(
            *[
                lambda name=name, order=order: assignments.assign_many(
                    task_ids=order, assignee_id=parallel.people[name].pk, **by("edith")
                )
                for name, order in (("ruben", keys), ("rosa", keys[::-1]))
            ]
        )
        assert refusal_codes(outcomes) == []
        assert len(set(ReviewTask.objects.filter(pk__in=keys).values_list("assigned_to", flat=True))) == 1
