"""The task plan: compares the agenda with existing tasks, and says which to open, close, reopen or refresh."""

from collections.abc import Iterable
from dataclasses import dataclass

from editorial.policy.vocabulary import ReviewProgress, TaskKind, TaskQueue, TaskState

LIVE_STATES = (TaskState.OPEN, TaskState.TAKEN)
ENDED_STATES = (TaskState.FOUND, TaskState.EXHAUSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One open question about a claim.

    `subject` is the id of the statement, source or party concerned, or "". `because` is the fingerprint of the facts
    that raise the question: when it changes, a finished task is opened again.
    """

    queue: TaskQueue
    kind: TaskKind
    subject: str
    because: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """An existing review task. `id` is the caller's; `because` is the fingerprint it was opened or finished with."""

    id: str
    kind: TaskKind
    subject: str
    because: tuple[str, ...]
    state: TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """Changes to the tasks of a claim. `refresh`: live tasks whose fingerprint has changed."""

    open: tuple[AgendaItem, ...] = ()
    close: tuple[TaskFacts, ...] = ()
    reopen: tuple[tuple[TaskFacts, AgendaItem], ...] = ()
    refresh: tuple[tuple[TaskFacts, AgendaItem], ...] = ()


def plan(agenda: Iterable[AgendaItem], existing: Iterable[TaskFacts]) -> TaskPlan:
    """Compare the agenda with the tasks of one claim, given oldest first.

    Of several tasks for one question the live one counts, or else the newest; a second live one is closed.
    """
    items = {(item.kind, item.subject): item for item in agenda}
    tasks = list(existing)
    current = current_tasks(tasks)
    pairs = [(current[key], item) for key, item in items.items() if key in current]
    return TaskPlan(
        open=tuple(item for key, item in items.items() if key not in current),
        close=tuple(
            task
            for task in tasks
            if task.state in LIVE_STATES and (task_key(task) not in items or current[task_key(task)] is not task)
        ),
        reopen=tuple((task, item) for task, item in pairs if needs_reopening(task, item)),
        refresh=tuple(
            (task, item) for task, item in pairs if task.state in LIVE_STATES and task.because != item.because
        ),
    )


def task_key(task: TaskFacts) -> tuple[TaskKind, str]:
    """The key of a task: an agenda has one item for each kind and subject."""
    return task.kind, task.subject


def current_tasks(tasks: Iterable[TaskFacts]) -> dict[tuple[TaskKind, str], TaskFacts]:
    """The task that counts for each key."""
    current: dict[tuple[TaskKind, str], TaskFacts] = {}
    for task in tasks:
        earlier = current.get(task_key(task))
        if earlier is None or earlier.state not in LIVE_STATES:
            current[task_key(task)] = task
    return current


def needs_reopening(task: TaskFacts, item: AgendaItem) -> bool:
    """Whether a task must be reopened: it was closed too soon, or finished on other facts."""
    return task.state is TaskState.CLOSED or (task.state in ENDED_STATES and task.because != item.because)


def review_progress(tasks: Iterable[TaskFacts]) -> ReviewProgress:
    """The combined state of a claim's tasks; those closed as no longer needed do not count."""
    states = {task.state for task in tasks}
    if not states.isdisjoint(LIVE_STATES):
        return ReviewProgress.OPEN
    return ReviewProgress.NONE if states.isdisjoint(ENDED_STATES) else ReviewProgress.EXHAUSTED
