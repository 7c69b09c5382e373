"""Buttons on a review task: take, finish, extend, release."""

from __future__ import annotations

from functools import partial

from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import TextAreaField
from editorial.models import ReviewTask
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import TaskQueue, TaskState
from editorial.workflow.review import tasks


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
    tone="primary",
    one_click=True,
    success_message="Yours for half an hour.",
    available=lambda row: Decision(row.state == TaskState.OPEN),
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
        one_click=True,
        success_message="Yours for another half hour.",
    ),
    _taken_task_action(
        action=Action.REVIEW_RELEASE,
        handler=tasks.release,
        label="Release",
        icon="assignment_return",
        one_click=True,
        success_message="Released to the queue.",
    ),
)
