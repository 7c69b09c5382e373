"""Review tasks: the two queues, and a page per task with the actions that resolve it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from editorial.admin.claim_basis import basis as claim_basis
from editorial.admin.claim_basis import view
from editorial.admin.framework import auto_refresh, columns, history, labels, request_user
from editorial.admin.framework.action_buttons import BoundButton, bind_buttons
from editorial.admin.framework.filters import ChoiceFilter, TaskStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import badge, user_name
from editorial.admin.review import comment_buttons, comments, task_actions, task_brief, task_subjects
from editorial.admin.review.task_buttons import ACTIONS_WHILE_TAKEN, ASSIGN, ASSIGN_MANY, SNOOZE, TAKE, TAKE_NEXT
from editorial.models import ReviewTask
from editorial.models.review.tasks import OVERDUE_FIRST
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import TaskQueue, TaskState
from editorial.workflow.review import task_offers


class HolderFilter(ChoiceFilter):
    """Tasks by who has them; by default those that the user may do now. Ended tasks have nobody."""

    title = "assignee"
    parameter_name = "holder"
    options = {"mine": "me", "nobody": "nobody yet", "somebody": "somebody", "all": "anybody or nobody"}
    default_label = "tasks that you may take"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The chosen tasks."""
        user = request_user.current_user(request)
        own = Q(taken_by=user) | Q(assigned_to=user)
        nobody = Q(taken_by=None, assigned_to=None)
        conditions = {"mine": own, "nobody": nobody, "somebody": ~nobody}
        if condition := conditions.get(self.value() or ""):
            return queryset.filter(condition)
        if self.value() == "all":
            return queryset
        if request.GET.get("state") in ("snoozed", "ended", "all") or request.GET.get("q"):
            return queryset
        return queryset.filter(pk__in=task_offers.offered_to(user, timezone.now()).values("pk"))


@admin.display(description="Question", ordering="question")
def question_and_claim(row: ReviewTask) -> SafeString:
    about = getattr(row, "about", "")
    subject = format_html(" <i>{}</i>", about) if about else ""
    return format_html("<b>{}</b>{}<br><span class=nr-muted>{}</span>", row.question, subject, row.claim)


@admin.display(description="Tick")
def tick(row: ReviewTask) -> SafeString | str:
    """A checkbox of the form above the list, which assigns the ticked tasks."""
    if row.state != TaskState.OPEN:
        return ""
    box = '<input type="checkbox" form="assign-ticked" name="task_ids" value="{}" aria-label="Tick: {}">'
    return format_html(box, row.pk, row.question)


@admin.display(description="Assigned to", ordering="taken_by__username")
def holder(row: ReviewTask) -> SafeString | str:
    """Who works on it or is to do it, and until when it is snoozed."""
    person = row.taken_by or row.assigned_to
    name = user_name(person) if person else "–"
    if not row.is_snoozed(now := timezone.now()):
        return name
    return format_html("{}<br>{} {}", name, badge("snoozed"), labels.time_left(row.snoozed_until, now))


_ON_TASK = (TAKE, *ACTIONS_WHILE_TAKEN, SNOOZE, ASSIGN)


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnlyAdmin):
    """Tasks of both queues, overdue ones first."""

    buttons = (*_ON_TASK, comment_buttons.COMMENT[ReviewTask])
    list_buttons = (*TAKE_NEXT.values(), ASSIGN_MANY)
    change_list_template = "editorial/review/task_list.html"
    list_before_template = "editorial/review/assign_ticked.html"
    list_display_links = (question_and_claim,)
    list_display = (
        question_and_claim,
        columns.choice("risk", "Risk"),
        "urgency",
        columns.time_left("due_at", "Due"),
        columns.choice("state", "State"),
        holder,
    )
    list_filter = ("queue", HolderFilter, TaskStateFilter, "kind", "claim__desk")
    select_related = (
        "claim__desk", "claim__filed_by", "taken_by", "ended_by", "assigned_to", "assigned_by", "snoozed_by",
    )  # fmt: skip
    search_fields = ("claim__text",)
    ordering = OVERDUE_FIRST
    detail_template = "editorial/review/task.html"
    refresh_seconds = 15

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the claim, whose risk determines the urgency."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.annotate(risk=F("claim__risk"))

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """With checkboxes for those who may assign."""
        may_assign = ASSIGN_MANY.allows_without_row(request_user.actor_facts(request))
        return (tick, *self.list_display) if may_assign else self.list_display

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Overdue tasks first, then by urgency; where ended ones are listed, whose urgency is past, newest first."""
        return ("-id",) if request.GET.get("state") in ("ended", "all") else self.ordering

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list, which refreshes itself."""
        return auto_refresh.respond(request, lambda: self._queue(request, extra_context))

    def _queue(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponseBase:
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
        """The question, the buttons that resolve it, and beside it the evidence on the claim."""
        actor, user = request_user.actor_facts(request), request_user.current_user(request)
        proposal, subject = task_actions.proposal_of(row), task_actions.subject_of(row, actor)
        facts = row.claim.access_facts()
        return {
            "buttons": bind_buttons(_ON_TASK, row, actor),
            "comments": comments.panel(request, row, facts),
            "is_mine": row.holder_id == user.pk,
            "snoozed": row.is_snoozed(timezone.now()),
            "take_next": None if row.taken_by_id == user.pk else self._take_next(row, actor),
            "subject": subject,
            "resolving_buttons": task_actions.buttons_for(
                row, subject, proposal, actor, facts=facts, back=request.path
            ),
            "basis": claim_basis.panel(row.claim, actor, now=timezone.now(), proposal=proposal),
            "brief": task_brief.brief_of(row.claim, user, actor, facts=facts, without=row, limit=view.MAX_ROWS),
            "assign_tasks": task_brief.assign_button(row.claim, actor, facts=facts, back=request.path),
            "events": history.entries_for(row, actor),
        }

    def _take_next(self, row: ReviewTask, actor: ActorFacts) -> BoundButton:
        """The way on from a task that is not, or no longer, the user's."""
        return bind_buttons([TAKE_NEXT[TaskQueue(row.queue)]], None, actor, page=ReviewTask)[0]


def queue_url(queue: TaskQueue) -> str:
    """The URL of a queue's list."""
    return f"{reverse('admin:editorial_reviewtask_changelist')}?{urlencode({'queue__exact': queue.value})}"
