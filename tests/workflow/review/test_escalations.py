"""Escalation of tasks and reply requests: each step happens once for one due time, and stops when somebody acts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from editorial.models import Escalation, Event, ReviewTask
from editorial.workflow.ops import near_deadlines, scheduler
from editorial.workflow.review import assignments, escalations, replies, tasks
from tests.support.cast import HOUR, events, fresh, refusal_codes, run_concurrently
from tests.support.query_plans import reading

MINUTE = timedelta(minutes=1)
STEPS = ["review.overdue", "review.escalate", "review.escalate_to_duty"]


@pytest.fixture
def task(room):
    """A task that is due in 24 hours, and the only one."""
    claim = room.claim()
    room.says(room.person(), claim)
    room.settle()
    claim.tasks.exclude(kind="SEEK_INDEPENDENT").delete()
    return claim.tasks.get()


@pytest.fixture
def assigned(room, task, edith, ruben):
    """The same, assigned to ruben."""
    assignments.assign(task_id=task.pk, assignee_id=ruben.pk, actor=edith, now=room.now)
    return fresh(task)


def run(task, after=timedelta(0)):
    """Run what is due at this time after the task's deadline; the steps that have happened."""
    for _ in range(2):
        scheduler.run_due(now=task.due_at + after)
    return [event for event in events(task) if event in STEPS]


class TestReminder:
    def test_an_assignee_is_reminded_once_an_hour_before(self, assigned, ruben):
        run(assigned, -HOUR - MINUTE)
        assert "review.remind" not in events(assigned)
        run(assigned, -HOUR)
        run(assigned, -MINUTE)
        assert events(assigned).count("review.remind") == 1
        assert Event.objects.get(action="review.remind").data["holder"] == str(ruben.pk)

    def test_nobody_is_reminded_of_a_task_that_nobody_has(self, task):
        run(task, -MINUTE)
        assert "review.remind" not in events(task)

    def test_taking_a_task_within_the_hour_needs_no_reminder(self, task, ruben):
        tasks.take(task_id=task.pk, actor=ruben, now=task.due_at - 50 * MINUTE)
        run(task, -45 * MINUTE)
        assert "review.remind" not in events(task)

    def test_a_snoozed_task_waits_for_its_reminder(self, room, assigned, ruben):
        tasks.take(task_id=assigned.pk, actor=ruben, now=room.now)
        until = assigned.due_at - 30 * MINUTE
        tasks.snooze(task_id=assigned.pk, until=until, reason="She lands.", actor=ruben, now=room.now)
        run(assigned, -40 * MINUTE)
        assert "review.remind" not in events(assigned)
        run(assigned, -30 * MINUTE)
        assert events(assigned).count("review.remind") == 1

    def test_a_task_with_a_deadline_in_three_hours_gives_a_quarter_of_an_hour(self, assigned):
        type(assigned).objects.filter(pk=assigned.pk).update(opened_at=assigned.due_at - 3 * HOUR)
        run(assigned, -16 * MINUTE)
        assert "review.remind" not in events(assigned)
        run(assigned, -15 * MINUTE)
        assert "review.remind" in events(assigned)


class TestOverdueTasks:
    def test_an_assignee_has_half_an_hour_before_the_desk_and_two_before_the_editor_on_duty(self, assigned):
        assert run(assigned) == STEPS[:1]
        assert run(assigned, 29 * MINUTE) == STEPS[:1]
        assert run(assigned, 30 * MINUTE) == STEPS[:2]
        assert run(assigned, 119 * MINUTE) == STEPS[:2]
        assert run(assigned, 2 * HOUR) == STEPS
        assert run(assigned, 100 * HOUR) == STEPS

    def test_the_desk_is_notified_immediately_of_a_task_that_nobody_has(self, task):
        assert run(task) == STEPS[:2]
        assert run(task, 2 * HOUR) == STEPS

    def test_a_scheduler_that_was_down_for_days_catches_up(self, task):
        assert run(task, timedelta(days=9)) == STEPS

    def test_taking_it_stops_the_next_step_until_it_is_back_in_the_queue(self, task, ruben):
        run(task)
        tasks.take(task_id=task.pk, actor=ruben, now=task.due_at + 110 * MINUTE)
        assert run(task, 2 * HOUR) == STEPS[:2]
        tasks.extend(task_id=task.pk, actor=ruben, now=task.due_at + 130 * MINUTE)
        assert run(task, 141 * MINUTE) == STEPS[:2], "he extended it"
        assert run(task, 161 * MINUTE) == STEPS, "his time ran out, and it is back in the queue"

    def test_snoozing_it_stops_the_next_step_until_then(self, task, edith):
        run(task)
        until = task.due_at + 5 * HOUR
        tasks.snooze(task_id=task.pk, until=until, reason="She lands.", actor=edith, now=task.due_at + HOUR)
        assert run(task, 4 * HOUR) == STEPS[:2]
        assert run(task, 5 * HOUR) == STEPS

    def test_finishing_it_ends_the_steps(self, task, ruben):
        run(task)
        now = task.due_at + HOUR
        tasks.take(task_id=task.pk, actor=ruben, now=now)
        tasks.finish(task_id=task.pk, outcome="exhausted", note="Nobody talks.", actor=ruben, now=now)
        assert run(task, 5 * HOUR) == STEPS[:2]
        assert not Escalation.objects.filter(settled_at=None).exists()
        assert Escalation.objects.get(step="duty").event is None

    def test_another_deadline_begins_again(self, task):
        run(task, 2 * HOUR)
        due_at = task.due_at + 48 * HOUR
        type(task).objects.filter(pk=task.pk).update(due_at=due_at, overdue_at=None)
        assert run(fresh(task), 2 * HOUR) == STEPS * 2

    def test_a_step_of_a_former_deadline_does_nothing(self, assigned):
        run(assigned)
        type(assigned).objects.filter(pk=assigned.pk).update(due_at=assigned.due_at + 48 * HOUR)
        assert run(assigned, HOUR) == STEPS[:1]

    def test_the_database_refuses_a_second_step_for_a_deadline(self, task):
        run(task)
        step = Escalation.objects.get(step="desk")
        with pytest.raises(IntegrityError, match="escalation_once"), transaction.atomic():
            Escalation.objects.create(stream=step.stream, step="desk", due_at=step.due_at, run_at=step.run_at)


class TestReplyDeadlines:
    @pytest.fixture
    def request_(self, room, rosa):
        """A request for comment with a day to reply."""
        party = room.person()
        claim = room.claim(adverse_to=[party.pk])
        return replies.send(
            to_id=party.pk, covers=[claim.pk], question="?", deadline_at=room.now + 24 * HOUR, actor=rosa, now=room.now
        )

    def test_the_requester_is_reminded_once_an_hour_before(self, room, request_):
        for before in (61, 60, 30):
            scheduler.run_due(now=request_.deadline_at - before * MINUTE)
            assert events(request_).count("reply.remind") == (before <= 60)

    def test_a_reply_needs_no_reminder(self, room, request_, rosa):
        replies.answer(request_id=request_.pk, outcome="declined", actor=rosa, now=room.now)
        scheduler.run_due(now=request_.deadline_at - MINUTE)
        escalations.remind_of_reply(request_id=request_.pk, now=request_.deadline_at - MINUTE)
        assert "reply.remind" not in events(request_)


@pytest.mark.exhaustive
def test_three_schedulers_take_each_step_once(parallel):
    claim = parallel.claim()
    parallel.says(parallel.person(), claim)
    parallel.settle()
    task = claim.tasks.get(kind="SEEK_INDEPENDENT")
    assignments.assign(
        task_id=task.pk, assignee_id=parallel.people["ruben"].pk, actor=parallel.people["edith"], now=parallel.now
    )
    for after in (-HOUR, timedelta(0), HOUR, 3 * HOUR):
        at = task.due_at + after
        assert refusal_codes(run_concurrently(*[lambda at=at: scheduler.run_due(now=at)] * 3)) == []
    assert [event for event in events(task) if event in ("review.remind", *STEPS)] == ["review.remind", *STEPS]
    assert Escalation.objects.filter(stream=f"reviewtask:{task.pk}").count() == 4


def test_a_step_whose_process_dies_happens_when_another_tries_again(task, monkeypatch):
    def die(*_args, **_data):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(escalations.escalations, "plan", die)
        with pytest.raises(KeyboardInterrupt):
            scheduler.run_due(now=task.due_at)
    assert "review.overdue" not in events(task)
    assert run(task) == STEPS[:2]


def test_nothing_is_near_without_a_deadline(room):
    assert not any(keys for _, _, keys in near_deadlines.work(room.now))


def test_looking_for_deadlines_reads_only_what_is_near(room):
    """Of thousands of tasks that are overdue for months, due later or done, none is read."""
    claim, ruben = room.claim(), room.people["ruben"]
    common = {"claim": claim, "queue": "corroborate", "kind": "SEEK_INDEPENDENT", "opened_at": room.now - 90 * HOUR}
    held = {"state": "taken", "taken_by": ruben, "lease_until": room.now}
    late = [
        ReviewTask(subject=f"late {number}", due_at=room.now - number * HOUR, overdue_at=room.now, **common, **held)
        for number in range(1, 2000)
    ]
    early = [
        ReviewTask(subject=f"early {number}", due_at=room.now + number * HOUR, **common, **held)
        for number in range(1, 2000)
    ]
    ReviewTask.objects.bulk_create([*late, *early])
    Escalation.objects.bulk_create(
        Escalation(
            stream=f"reviewtask:{task.pk}", step=step, due_at=task.due_at, run_at=task.due_at, settled_at=room.now
        )
        for task in late
        for step in ("overdue", "desk")
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE editorial_reviewtask, editorial_escalation")
    with reading() as reads:
        found = [key for _, _, keys in near_deadlines.work(room.now) for key in keys]
    assert found == [early[0].pk]
    assert max(read.rows for read in reads) < 20, "\n".join(read.plan for read in reads)
