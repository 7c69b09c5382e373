"""Review tasks: the two queues, and a page per task with the actions that resolve it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, by_slug
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import TextAreaField
from editorial.admin.framework.filters import HolderFilter, TaskStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import task_actions, task_subjects
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
        variant="found",
        handler=tasks.finish,
        extra_kwargs={"outcome": TaskState.FOUND.value},
        form=TaskFoundForm,
        label="Finish: answered",
        icon="task_alt",
        tone="primary",
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


@admin.display(description="Question", ordering="question")
def question_and_claim(row: ReviewTask) -> SafeString:
    about = getattr(row, "about", "")
    subject = format_html(" <i>{}</i>", about) if about else ""
    return format_html("<b>{}</b>{}<br><span class=nr-muted>{}</span>", row.question, subject, row.claim)


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnlyAdmin):
    """Tasks of both queues, most urgent first."""

    buttons = (TAKE, *ACTIONS_WHILE_TAKEN)
    list_buttons = tuple(TAKE_NEXT.values())
    list_display = (
        question_and_claim,
        columns.choice("risk", "Risk"),
        "urgency",
        columns.time_left("due_at", "Due"),
        columns.choice("state", "State"),
        columns.user_name("taken_by", "Assigned to"),
    )
    list_filter = ("queue", HolderFilter, TaskStateFilter, "kind", "claim__desk")
    select_related = ("claim__desk", "taken_by", "ended_by")
    search_fields = ("claim__text",)
    ordering = ("-urgency", "due_at", "id")
    detail_template = "editorial/review/task.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the claim, whose risk determines the urgency."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.annotate(risk=F("claim__risk"))

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Open tasks by urgency; where ended ones are listed, whose urgency is past, newest first."""
        return ("-id",) if request.GET.get("state") in ("ended", "all") else self.ordering

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list, with the name of each task's subject."""
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            changelist = response.context_data["cl"]
            changelist.result_list = task_subjects.with_subject_names(
                changelist.result_list, request_user.actor_facts(request)
            )
        return response

    def title(self, row: ReviewTask) -> str:
        return row.get_kind_display()

    def get_page_context(self, request: HttpRequest, row: ReviewTask) -> dict[str, Any]:
        """The question, the subject, and the buttons that resolve it."""
        actor = request_user.actor_facts(request)
        return {
            "buttons_by_slug": by_slug(self.bound_buttons(request, row)),
            "is_mine": row.taken_by_id == request_user.current_user(request).pk,
            "subject": task_actions.subject_of(row, actor),
            "resolving_buttons": task_actions.buttons_for(row, actor, back=request.path),
            "assessment": row.claim.assessments.order_by("-number").first(),
            "events": history.entries_for(row, actor),
        }


def queue_url(queue: TaskQueue) -> str:
    """The URL of a queue's list."""
    return f"{reverse('admin:editorial_reviewtask_changelist')}?{urlencode({'queue__exact': queue.value})}"
