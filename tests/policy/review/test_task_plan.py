"""Tasks follow the agenda: opened, closed and re-opened as facts change."""

import pytest

from editorial.policy.review.agenda import AgendaItem, TaskFacts, plan, review_progress
from editorial.policy.vocabulary import ReviewProgress, TaskKind, TaskState

SEEK = TaskKind.SEEK_NAMED


def need(because="named 0/1", subject=""):
    """An item on the agenda."""
    return AgendaItem(queue=SEEK.queue, kind=SEEK, subject=subject, because=(because,), question="Who?")


def task(state, because="named 0/1", subject="", task_id="t"):
    """A task for it."""
    return TaskFacts(id=task_id, kind=SEEK, subject=subject, because=(because,), state=state)


def test_a_need_without_a_task_opens_one():
    assert plan([need()], []).open == (need(),)


@pytest.mark.parametrize("state", [TaskState.OPEN, TaskState.TAKEN])
def test_a_live_task_that_is_no_longer_needed_is_closed(state):
    assert plan([], [task(state)]).close == (task(state),)


@pytest.mark.parametrize("state", [TaskState.FOUND, TaskState.EXHAUSTED, TaskState.CLOSED])
def test_an_ended_task_is_not_closed(state):
    assert plan([], [task(state)]) == plan([], [])


def test_a_closed_task_that_is_needed_again_is_reopened():
    result = plan([need()], [task(TaskState.CLOSED)])
    assert result.reopen == ((task(TaskState.CLOSED), need()),)
    assert result.open == ()


@pytest.mark.parametrize("state", [TaskState.FOUND, TaskState.EXHAUSTED])
def test_an_ended_task_is_reopened_only_if_its_need_has_changed(state):
    assert plan([need()], [task(state)]) == plan([], [])
    assert plan([need("named 1/2")], [task(state)]).reopen == ((task(state), need("named 1/2")),)


def test_a_live_task_is_unchanged_or_marked_as_changed():
    live = task(TaskState.TAKEN)
    assert plan([need()], [live]) == plan([], [])
    assert plan([need("named 1/2")], [live]).refresh == ((live, need("named 1/2")),)


def test_a_second_live_task_for_the_same_thing_is_closed():
    first, second = task(TaskState.TAKEN, task_id="1"), task(TaskState.OPEN, task_id="2")
    assert plan([need()], [first, second]).close == (second,)


def test_the_latest_of_several_ended_tasks_decides():
    old, young = task(TaskState.CLOSED, task_id="1"), task(TaskState.EXHAUSTED, task_id="2")
    assert plan([need()], [old, young]) == plan([], [])


def test_a_task_about_another_subject_is_another_task():
    result = plan([need(subject="x")], [task(TaskState.OPEN, subject="y")])
    assert (len(result.open), len(result.close)) == (1, 1)


def test_a_plan_carried_out_leaves_nothing_to_do():
    wanted = [need(), need(subject="x"), need("named 1/2", subject="y")]
    existing = [
        task(TaskState.CLOSED, subject="x"),
        task(TaskState.OPEN, subject="z"),
        task(TaskState.FOUND, subject="y"),
    ]
    result = plan(wanted, existing)
    after = [
        task(TaskState.OPEN, item.because[0], item.subject) for item in (*result.open, *(i for _, i in result.reopen))
    ]
    assert plan(wanted, [*after, task(TaskState.CLOSED, subject="z")]) == plan([], [])


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], ReviewProgress.NONE),
        ([TaskState.CLOSED], ReviewProgress.NONE),
        ([TaskState.FOUND], ReviewProgress.EXHAUSTED),
        ([TaskState.EXHAUSTED, TaskState.CLOSED], ReviewProgress.EXHAUSTED),
        ([TaskState.EXHAUSTED, TaskState.OPEN], ReviewProgress.OPEN),
        ([TaskState.TAKEN, TaskState.FOUND], ReviewProgress.OPEN),
    ],
)
def test_a_claim_is_exhausted_when_it_has_had_tasks_and_all_have_ended(states, expected):
    assert review_progress(task(state) for state in states) is expected
