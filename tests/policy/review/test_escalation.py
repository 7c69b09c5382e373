"""Escalation of deadlines: the order of its steps, and what stops them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from editorial.policy.review import escalation
from editorial.policy.review.escalation import TASK_STEPS, EscalationStep, TaskDeadline

DUE = datetime(2026, 3, 3, 18, tzinfo=UTC)
MINUTES = st.integers(-600, 600).map(lambda minutes: DUE + timedelta(minutes=minutes))


@given(st.timedeltas(timedelta(minutes=30), timedelta(days=30)))
def test_notice_is_given_in_the_second_half_of_the_time_allowed(allowed):
    assert timedelta(0) < escalation.notice(allowed) <= allowed / 2


@given(st.booleans())
def test_the_steps_of_a_task_come_in_order_and_end(held):
    steps = [EscalationStep.OVERDUE]
    while following := escalation.next_step(steps[-1]):
        steps.append(following)
    assert steps == list(TASK_STEPS)
    times = [DUE, *(escalation.step_due_at(step, DUE, held=held) for step in steps[1:])]
    assert times == sorted(times)
    assert (times[1] == DUE) is not held, "an assignee gets some time before the desk is notified"


@given(live=st.booleans(), due_at=MINUTES)
def test_a_step_is_pointless_once_the_task_has_ended_or_another_time_is_set(live, due_at):
    task = TaskDeadline(live=live, due_at=due_at)
    assert escalation.is_pointless(task, DUE) is (not live or due_at != DUE)


@given(lease=st.none() | MINUTES, snooze=st.none() | MINUTES, now=MINUTES)
def test_a_step_waits_as_long_as_somebody_works_on_the_task_or_has_snoozed_it(lease, snooze, now):
    task = TaskDeadline(live=True, due_at=DUE, lease_until=lease, snoozed_until=snooze)
    until = escalation.postponed_until(task, now)
    ahead = [time for time in (lease, snooze) if time and time > now]
    assert (until is None) == (not ahead)
    if until:
        assert until > now
        assert escalation.postponed_until(task, until) is None, "it waits once, not forever"
