"""Buttons on a review task: take, finish, extend, release, assign, snooze."""

from __future__ import annotations

from functools import partial

from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import TextAreaField
from editorial.admin.framework.tags import user_name
from editorial.admin.review.assignment_forms import AssignForm, AssignManyForm, SnoozeForm
from editorial.models import ReviewTask
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import TaskQueue, TaskState
from editorial.workflow.review import assignments, tasks


class TaskFoundForm(ActionForm):
    note = TextAreaField("Result", required=False, help_text="Optional: the recorded evidence is the result.")


class TaskExhaustedForm(ActionForm):
    note = TextAreaField("Attempts", help_text="Helps the next reviewer.")


def has_tasks(actor: ActorFacts) -> Decision:
    """Whether the user's roles allow any kind of task."""
    if access.takeable_task_kinds(actor):
        return Decision(True)
    return Decision(False, ("None of your roles allows review tasks.",))


def _is_taken(row: ReviewTask) -> Decision:
    return Decision(row.state == TaskState.TAKEN)


def _take_next_button(queue: TaskQueue) -> ActionButton:
    return ActionButton(
        action=Action.REVIEW_TAKE,
        variant=queue.value,
        handler=tasks.take_next,
        extra_kwargs={"queue": queue.value},
        label=f"Take next: {queue.label.lower()}",
        icon="bolt",
        key="i" if queue is TaskQueue.INVESTIGATE else "c",
        tone="primary",
        one_click=True,
        success_message=lambda task: "Yours for half an hour." if task else "No task for you in this queue right now.",
        redirect_to=lambda row, task: task,
        allowed_without_row=has_tasks,
    )


TAKE_NEXT = {queue: _take_next_button(queue) for queue in TaskQueue}
TAKE = ActionButton(
    action=Action.REVIEW_TAKE,
    handler=tasks.take,
    pk_kwarg="task_id",
    label="Take",
    icon="back_hand",
    key="t",
    tone="primary",
    one_click=True,
    success_message="Yours for half an hour.",
    available=lambda row: Decision(row.state == TaskState.OPEN),
)


def _working(actor: ActorFacts, row: ReviewTask) -> str | None:
    """Why a task of somebody else cannot be snoozed."""
    return (
        f"{user_name(row.taken_by)} is working on it." if row.taken_by_id and str(row.taken_by_id) != actor.id else None
    )


ASSIGN_MANY = ActionButton(
    action=Action.REVIEW_ASSIGN,
    variant="many",
    handler=assignments.assign_many,
    form=AssignManyForm,
    label="Assign tasks",
    icon="group_add",
    success_message=lambda tasks: f"{len(tasks)} assigned to {user_name(tasks[0].assigned_to)}, in one notification.",
    redirect_to=lambda row, tasks: None,
)
ASSIGN = ActionButton(
    action=Action.REVIEW_ASSIGN,
    handler=assignments.assign,
    pk_kwarg="task_id",
    form=AssignForm,
    label="Assign",
    icon="person_add",
    key="a",
    success_message=lambda task: f"Assigned to {user_name(task.assigned_to)}, who is notified.",
    available=lambda row: Decision(row.state == TaskState.OPEN),
)
SNOOZE = ActionButton(
    action=Action.REVIEW_SNOOZE,
    handler=tasks.snooze,
    pk_kwarg="task_id",
    form=SnoozeForm,
    label="Snooze",
    icon="snooze",
    key="s",
    help_text="Nobody is offered it until then. Taking it, new facts or a more urgent story end the snooze. Its due "
    "time stays the same, and the desk is notified if it becomes overdue.",
    success_message="Snoozed. It returns to the queue by itself.",
    available=lambda row: Decision(row.state in LIVE_STATES),
    denies=_working,
)
_taken_task_action = partial(ActionButton, pk_kwarg="task_id", available=_is_taken)
ACTIONS_WHILE_TAKEN = (
    _taken_task_action(
        action=Action.REVIEW_FINISH,
        variant="found_next",
        handler=tasks.finish_and_take_next,
        extra_kwargs={"outcome": TaskState.FOUND.value},
        label="Done – take next",
        icon="skip_next",
        key="d",
        tone="primary",
        one_click=True,
        help_text="You recorded the evidence that was asked for. Takes the most urgent task left in this queue.",
        success_message=lambda task: (
            "Finished. This is your next task, yours for half an hour."
            if task
            else "Finished. No task is left for you in this queue."
        ),
        redirect_to=lambda row, task: task or row.claim,
    ),
    _taken_task_action(
        action=Action.REVIEW_FINISH,
        variant="found",
        handler=tasks.finish,
        extra_kwargs={"outcome": TaskState.FOUND.value},
        form=TaskFoundForm,
        label="Finish: answered",
        icon="task_alt",
        help_text="You recorded the evidence that was asked for.",
        success_message="Finished. The claim is being reassessed.",
        redirect_to=lambda row, task: row.claim,
    ),
    _taken_task_action(
        action=Action.REVIEW_FINISH,
        variant="exhausted",
        handler=tasks.finish,
        extra_kwargs={"outcome": TaskState.EXHAUSTED.value},
        form=TaskExhaustedForm,
        label="Finish: exhausted",
        icon="hourglass_disabled",
        help_text="You tried every option without a result.",
        success_message="Finished. New facts reopen the task.",
        redirect_to=lambda row, task: row.claim,
    ),
    _taken_task_action(
        action=Action.REVIEW_EXTEND,
        handler=tasks.extend,
        label="Extend 30 min",
        icon="more_time",
        key="e",
        one_click=True,
        success_message="Yours for another half hour.",
    ),
    ActionButton(
        action=Action.REVIEW_RELEASE,
        handler=tasks.release,
        pk_kwarg="task_id",
        label="Release",
        icon="assignment_return",
        key="r",
        one_click=True,
        success_message="Released to the queue.",
        available=lambda row: Decision(row.holder_id is not None),
    ),
)
