"""Review tasks: the two queues, and the page of each task with the way to what resolves it."""

from __future__ import annotations

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
from editorial.admin.framework.action_buttons import VerbButton, by_slug
from editorial.admin.framework.filters import Held, Standing
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.review import task_actions, task_subjects
from editorial.admin.review import task_forms as forms
from editorial.models import ReviewTask
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision, Verb
from editorial.policy.vocabulary import TaskQueue, TaskState
from editorial.workflow.review import tasks


def has_tasks(actor: ActorFacts) -> Decision:
    """Whether there is any kind of task for this person."""
    if access.tasks_open_to(actor):
        return Decision(True)
    return Decision(False, ("None of your roles does review tasks.",))


def _taken(row: ReviewTask) -> Decision:
    return Decision(row.state == TaskState.TAKEN)


def _next_of(queue: TaskQueue) -> VerbButton:
    return VerbButton(
        verb=Verb.REVIEW_TAKE,
        variant=queue.value,
        call=tasks.take_next,
        fixed={"queue": queue.value},
        label=f"Take next: {queue.label.lower()}",
        icon="bolt",
        tone="primary",
        at_once=True,
        done=lambda task: "Yours for half an hour." if task else "There is nothing for you in this queue just now.",
        lands=lambda row, task: task,
        anywhere=has_tasks,
    )


TAKE_NEXT = {queue: _next_of(queue) for queue in TaskQueue}
TAKE = VerbButton(
    verb=Verb.REVIEW_TAKE,
    call=tasks.take,
    row_as="task_id",
    label="Take",
    icon="back_hand",
    tone="primary",
    at_once=True,
    done="Yours for half an hour.",
    stands=lambda row: Decision(row.state == TaskState.OPEN),
)
HOLDING = (
    VerbButton(
        verb=Verb.REVIEW_FINISH,
        variant="found",
        call=tasks.finish,
        row_as="task_id",
        fixed={"outcome": TaskState.FOUND.value},
        form=forms.Found,
        label="Finish: found",
        icon="task_alt",
        tone="primary",
        about="You found what was asked for, and it is recorded.",
        done="Finished. The claim is being assessed anew.",
        stands=_taken,
        lands=lambda row, task: row.claim,
    ),
    VerbButton(
        verb=Verb.REVIEW_FINISH,
        variant="exhausted",
        call=tasks.finish,
        row_as="task_id",
        fixed={"outcome": TaskState.EXHAUSTED.value},
        form=forms.Exhausted,
        label="Finish: exhausted",
        icon="hourglass_disabled",
        about="You tried what there is to try, and found nothing.",
        done="Finished. If facts change, the question is asked again.",
        stands=_taken,
        lands=lambda row, task: row.claim,
    ),
    VerbButton(
        verb=Verb.REVIEW_EXTEND,
        call=tasks.extend,
        row_as="task_id",
        label="Half an hour more",
        icon="more_time",
        at_once=True,
        done="Yours for another half hour.",
        stands=_taken,
    ),
    VerbButton(
        verb=Verb.REVIEW_RELEASE,
        call=tasks.release,
        row_as="task_id",
        label="Give back",
        icon="assignment_return",
        at_once=True,
        done="Given back to the queue.",
        stands=_taken,
    ),
)


@admin.display(description="What to find out", ordering="question")
def what(row: ReviewTask) -> SafeString:
    """The question, and the claim it is about."""
    about = getattr(row, "about", "")
    whom = format_html(" <i>{}</i>", about) if about else ""
    return format_html("<b>{}</b>{}<br><span class=nr-quiet>{}</span>", row.question, whom, row.claim)


@admin.register(ReviewTask)
class ReviewTaskAdmin(Page):
    """The queues, most urgent first."""

    buttons = (TAKE, *HOLDING)
    list_buttons = tuple(TAKE_NEXT.values())
    list_display = (
        what,
        columns.word("risk", "Risk"),
        "urgency",
        columns.until("due_at", "Due"),
        columns.word("state", "State"),
        columns.person("taken_by", "Held by"),
    )
    list_filter = ("queue", Held, Standing, "kind", "claim__desk")
    list_select_related = ("claim__desk", "taken_by")
    search_fields = ("question", "claim__text")
    ordering = ("-urgency", "due_at", "id")
    page_template = "editorial/review/task.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the risk of the claim, which says how urgent it is."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.annotate(risk=F("claim__risk")).select_related("claim__desk", "taken_by", "ended_by")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The queue, each task with whom it is about."""
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            listed = response.context_data["cl"]
            listed.result_list = task_subjects.named(listed.result_list)
        return response

    def title(self, row: ReviewTask) -> str:
        """What kind of task."""
        return row.get_kind_display()

    def fill(self, request: HttpRequest, row: ReviewTask) -> dict[str, Any]:
        """The question, whom it is about, and the buttons that answer it."""
        offered = by_slug(self.offers(request, row))
        return {
            "offer": offered,
            "mine": row.taken_by_id == request_user.person(request).pk,
            "subject": task_actions.subject(row, request_user.facts(request)),
            "ways": task_actions.ways(row, request_user.facts(request), back=request.path),
            "assessment": row.claim.assessments.order_by("-number").first(),
            "events": history.of(row),
        }


def queue_address(queue: TaskQueue) -> str:
    """Where a queue's list is."""
    return f"{reverse('admin:editorial_reviewtask_changelist')}?{urlencode({'queue__exact': queue.value})}"
