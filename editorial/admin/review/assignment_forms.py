"""Forms to assign and to snooze review tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import ActionForm, desks_allowing
from editorial.admin.framework.tags import user_name
from editorial.models import Claim, ReviewTask, User
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ChoiceEnum, TaskKind, TaskState
from editorial.workflow.review.assignments import MAX_TASKS

_OFFERED = 50
_OPEN = {"state": TaskState.OPEN.value}


class AssignForm(ActionForm):
    """The person who is to do the task."""

    assignee_id = fields.ModelSelectField("Assign to", help_text="One notification, however many tasks.")

    def prepare(self) -> None:
        """Offer the people whose role does such tasks, with how many are assigned to each."""
        facts = self.row.access_facts()
        self.set_choices("assignee_id", _people({facts.task}, facts), _name_and_load)


class AssignManyForm(AssignForm):
    """Several tasks, and the person who is to do them."""

    task_ids = fields.MultipleModelSelectField("Tasks", widget=forms.CheckboxSelectMultiple)

    field_order = ("assignee_id", "task_ids")

    def prepare(self) -> None:
        """Offer the submitted tasks, or the most urgent open ones, and the people of these desks."""
        desks = desks_allowing(Action.REVIEW_ASSIGN, self.actor)
        at_desks = SubjectFacts(desks=frozenset(str(desk.pk) for desk in desks))
        self.set_choices("assignee_id", _people(set(TaskKind), at_desks), _name_and_load)
        self._offer(Q(pk__in=_ids(self.data)) if self.is_bound else Q(**_OPEN))

    def apply_query(self, query: QueryDict) -> None:
        """Tick the tasks that were ticked in the list, or all of a claim."""
        if claims := _ids(query, "claim", Claim):
            self._offer(Q(claim__in=claims, **_OPEN), ticked=True)
        elif ids := _ids(query):
            self._offer(Q(pk__in=ids, **_OPEN), ticked=True)

    def _offer(self, condition: Q, *, ticked: bool = False) -> None:
        visible: QuerySet[Any] = ReviewTask.objects.all().visible_to(self.actor.facts()).filter(condition)
        keys = list(visible.order_by("-urgency", "due_at", "id").values_list("pk", flat=True)[:_OFFERED])
        rows = ReviewTask.objects.filter(pk__in=keys).select_related("claim", "assigned_to")
        self.set_choices("task_ids", rows.order_by("-urgency", "due_at", "id"), _task_label)
        if ticked:
            self.initial["task_ids"] = keys


class Wait(ChoiceEnum):
    """How long a task waits."""

    HOUR = "hour", "One hour"
    THREE_HOURS = "three_hours", "Three hours"
    MORNING = "morning", "Until tomorrow, 09:00"
    WEEK = "week", "One week"


class SnoozeForm(ActionForm):
    """Why the task waits, and until when."""

    reason = fields.ReasonField("Why it has to wait", help_text="For the next person. No confidential name.")
    wait = fields.ChoiceField("Snooze for", Wait, empty_label="Until the time below", initial=Wait.HOUR.value)
    until = fields.DateTimeField("Or until", required=False)

    def prepare(self) -> None:
        """Show the time zone, and that the task stays due."""
        self.fields["until"].help_text = f"It stays due on {timezone.localtime(self.row.due_at):%d %b, %H:%M}."
        fields.show_time_zone(self.fields["until"])

    def clean(self) -> dict[str, Any]:
        """Replace a choice by its time, unless a time is given."""
        cleaned: dict[str, Any] = super().clean() or {}
        wait = cleaned.pop("wait", "")
        cleaned["until"] = cleaned.get("until") or (_end_of(Wait(wait)) if wait else None)
        if cleaned["until"] is None and "until" not in self.errors:
            self.add_error("wait", "Choose how long it waits, or enter a time.")
        return cleaned


def _end_of(wait: Wait) -> Any:
    now = timezone.localtime()
    morning = (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    hours = {Wait.HOUR: 1, Wait.THREE_HOURS: 3, Wait.WEEK: 7 * 24}
    return morning if wait is Wait.MORNING else now + timedelta(hours=hours[wait])


def _people(kinds: set[Any], subject: SubjectFacts) -> QuerySet[User]:
    """Active users whose role does one of these kinds of task at one of these desks."""
    roles = {role.value for kind in kinds for role in access.roles_for_task(kind)}
    at_desks = Q(memberships__desk__in=subject.desks) | Q(memberships__desk=None)
    people = User.objects.filter(at_desks, memberships__role__in=roles, is_active=True)
    load = Count("assigned_tasks", distinct=True)
    return people.annotate(load=load).order_by("first_name", "last_name", "username")


def _name_and_load(person: Any) -> str:
    name = user_name(person)
    return f"{name} ({person.load} assigned)" if person.load else name


def _task_label(task: ReviewTask) -> str:
    assigned = f" – with {user_name(task.assigned_to)}" if task.assigned_to else ""
    return f"{task.question} – {task.claim}{assigned}"


def _ids(query: Any, name: str = "task_ids", model: type[ReviewTask | Claim] = ReviewTask) -> list[Any]:
    """The ids of this parameter; what is not an id is left out."""
    return fields.keys_in(model, query.getlist(name)[:MAX_TASKS])
