"""What is wanted against the tasks there are: what to open, close, re-open, and what a claim's tasks amount to."""

from collections.abc import Iterable
from dataclasses import dataclass

from editorial.policy.vocabulary import ReviewProgress, TaskKind, TaskQueue, TaskState

LIVE_STATES = (TaskState.OPEN, TaskState.TAKEN)
ENDED_STATES = (TaskState.FOUND, TaskState.EXHAUSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One thing to find out about a claim.

    `subject` is the id of the statement, source or party it is about, or "". `because` is the fingerprint of
    the facts that raise the need: when it changes, a task that had ended is worth another try.
    """

    queue: TaskQueue
    kind: TaskKind
    subject: str
    because: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """A review task as it stands. `id` is the caller's own; `because` is what it was opened or ended with."""

    id: str
    kind: TaskKind
    subject: str
    because: tuple[str, ...]
    state: TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """What to do with the tasks of a claim. `refresh`: live tasks whose need has changed in the meantime."""

    open: tuple[AgendaItem, ...] = ()
    close: tuple[TaskFacts, ...] = ()
    reopen: tuple[tuple[TaskFacts, AgendaItem], ...] = ()
    refresh: tuple[tuple[TaskFacts, AgendaItem], ...] = ()


def plan(wanted: Iterable[AgendaItem], existing: Iterable[TaskFacts]) -> TaskPlan:
    """Reconcile what is wanted with the tasks of one claim, oldest first.

    Of several tasks for one thing the live one speaks, or else the youngest; a second live one is closed.
    """
    asked = {(item.kind, item.subject): item for item in wanted}
    tasks = list(existing)
    speaking = current_tasks(tasks)
    pairs = [(speaking[thing], item) for thing, item in asked.items() if thing in speaking]
    return TaskPlan(
        open=tuple(item for thing, item in asked.items() if thing not in speaking),
        close=tuple(
            task
            for task in tasks
            if task.state in LIVE_STATES and (task_key(task) not in asked or speaking[task_key(task)] is not task)
        ),
        reopen=tuple((task, item) for task, item in pairs if needs_reopening(task, item)),
        refresh=tuple(
            (task, item) for task, item in pairs if task.state in LIVE_STATES and task.because != item.because
        ),
    )


def task_key(task: TaskFacts) -> tuple[TaskKind, str]:
    """What a task is about: there is one need for each kind and subject."""
    return task.kind, task.subject


def current_tasks(tasks: Iterable[TaskFacts]) -> dict[tuple[TaskKind, str], TaskFacts]:
    """For each thing the task that speaks for it."""
    speaking: dict[tuple[TaskKind, str], TaskFacts] = {}
    for task in tasks:
        before = speaking.get(task_key(task))
        if before is None or before.state not in LIVE_STATES:
            speaking[task_key(task)] = task
    return speaking


def needs_reopening(task: TaskFacts, item: AgendaItem) -> bool:
    """Whether a task that is over must be taken up again: closed too soon, or ended on other facts."""
    return task.state is TaskState.CLOSED or (task.state in ENDED_STATES and task.because != item.because)


def review_progress(tasks: Iterable[TaskFacts]) -> ReviewProgress:
    """What the tasks of a claim amount to; one that was closed as not needed counts as neither."""
    states = {task.state for task in tasks}
    if not states.isdisjoint(LIVE_STATES):
        return ReviewProgress.OPEN
    return ReviewProgress.NONE if states.isdisjoint(ENDED_STATES) else ReviewProgress.EXHAUSTED
