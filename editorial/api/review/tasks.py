"""API of review tasks: two queues, from which a person takes one task at a time."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, UUIDField, When
from django.db.models.functions import Cast, Now
from django.db.models.lookups import IsNull
from django_filters import rest_framework as filters
from rest_framework import serializers

from editorial.api.framework.endpoints import action_endpoint
from editorial.api.framework.fields import EnumField, IdField, TextField, TimestampField, id_list
from editorial.api.framework.filtering import BeforeFilter, FlagFilter, SyncedFilterSet, VisibleRowFilter
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer, ReasonSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import ReviewTask, Source, Story
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import TaskKind, TaskQueue, TaskState
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.review import assignments, tasks

_ID_PATTERN = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class ReviewTakeNextSerializer(InputSerializer):
    """Where to take from. Without any field, the most urgent task of all."""

    queue = EnumField(TaskQueue, required=False, help_text="Take only from this queue; by default from both.")
    kind = EnumField(TaskKind, required=False, help_text="Take only a task of this kind.")
    desk = IdField(source="desk_id", required=False, help_text="Take only a task of a claim of this desk.")
    claim = IdField(source="claim_id", required=False, help_text="Take only a task of this claim.")


class ReviewFinishSerializer(InputSerializer):
    """The result of the task."""

    outcome = EnumField(
        [(state.value, state.label) for state in (TaskState.FOUND, TaskState.EXHAUSTED)],
        help_text="Found: the evidence is recorded. Exhausted: everything was tried.",
    )
    note = TextField(required=False, help_text="What was found, or what was tried; required if exhausted.")


class ReviewAssignSerializer(InputSerializer):
    """The person for whom the task is reserved."""

    assignee = IdField(source="assignee_id", help_text="The user who is to do it.")


class ReviewAssignManySerializer(ReviewAssignSerializer):
    """Several tasks, and the person for whom they are reserved."""

    tasks = id_list(source="task_ids", help_text=f"The tasks, {assignments.MAX_TASKS} at most: all of them, or none.")


class ReviewSnoozeSerializer(ReasonSerializer):
    """Until when the task waits, and why."""

    until = TimestampField(help_text="When it is offered again, with a UTC offset; within 30 days.")


class ReviewTaskSerializer(OutputSerializer):
    """One question to a person: what to find out, or what to decide."""

    about = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="The statement, source or party it is about; null if protected."
    )
    taken_by = UserRefField(allow_null=True, help_text="The user who has taken it.")
    ended_by = UserRefField(allow_null=True, help_text="The user who finished it; null if a change of facts did.")
    assigned_to = UserRefField(allow_null=True, help_text="The user for whom it is reserved.")
    assigned_by = UserRefField(allow_null=True, help_text="The user who assigned it.")
    snoozed_by = UserRefField(allow_null=True, help_text="The user who snoozed it.")
    select_related = ("taken_by", "ended_by", "assigned_to", "assigned_by", "snoozed_by")

    class Meta:
        model = ReviewTask
        fields = (
            "id", "claim", "queue", "kind", "about", "question", "state", "urgency", "opened_at", "due_at",
            "overdue_at", "taken_by", "lease_until", "assigned_to", "assigned_by", "snoozed_until", "snoozed_by",
            "snooze_reason", "ended_at", "ended_by", "note",
        )  # fmt: skip
        help_texts = {
            "claim": "The claim it is about.",
            "queue": "The queue.",
            "kind": "The kind of task.",
            "state": "The state; closed means that it is no longer needed.",
            "opened_at": "When it was last opened.",
            "due_at": "When it becomes overdue.",
            "ended_at": "When it ended.",
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include the subject of each task, unless it is protected from the caller or would reveal who a source is."""
        subject_id = Case(When(subject__regex=_ID_PATTERN, then=Cast("subject", UUIDField())), output_field=UUIDField())
        # A value rather than EXISTS, for which PostgreSQL would scan all sources first.
        hidden = Subquery(Source.objects.hidden_from(caller).filter(pk=OuterRef("subject_id")).values("pk"))
        joined = Subquery(disclosure.joined_subjects(caller).values("pk"))
        about = Case(
            When(Q(kind=TaskKind.RESOLVE_BOTH_WAYS.value) & Q(IsNull(joined, False)), then=None),
            When(IsNull(hidden, True), then="subject_id"),
            output_field=UUIDField(),
        )
        return super().prepare_queryset(queryset, caller).annotate(subject_id=subject_id).annotate(about=about)


class ReviewTaskFilter(SyncedFilterSet):
    """Filters for tasks. By default, open and taken tasks are listed."""

    queue = filters.ChoiceFilter(choices=TaskQueue.choices(), help_text="Tasks of this queue.")
    kind = filters.MultipleChoiceFilter(choices=TaskKind.choices(), help_text="The kind of task; repeatable.")
    state = filters.MultipleChoiceFilter(choices=TaskState.choices(), help_text="The state; by default open and taken.")
    mine = FlagFilter(lambda me: Q(taken_by=me), help_text="Tasks that you have taken (true), or others (false).")
    assigned = FlagFilter(
        lambda me: Q(assigned_to=me), help_text="Tasks that are assigned to you (true), or that are not (false)."
    )
    snoozed = FlagFilter(
        lambda me: Q(snoozed_until__gt=Now()), help_text="Tasks that are snoozed (true), or that are not (false)."
    )
    claim = filters.UUIDFilter(help_text="Tasks of this claim.")
    story = VisibleRowFilter(Story, "claim__uses__story", help_text="Tasks of claims that this story uses.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Tasks of claims of this desk.")
    due_before = BeforeFilter("due_at", help_text="Tasks due before this time.")
    overdue = FlagFilter(
        lambda me: Q(overdue_at__isnull=False), help_text="Overdue tasks (true), or tasks that are not (false)."
    )

    def filter_queryset(self, queryset: QuerySet[ReviewTask]) -> QuerySet[ReviewTask]:
        rows: QuerySet[ReviewTask] = super().filter_queryset(queryset)
        return rows if {"state", "ids"} & self.form.cleaned_data.keys() else rows.filter(state__in=LIVE_STATES)


class ReviewTaskViewSet(ResourceViewSet):
    """The work that claims need: *investigate* finds out where statements come from, *corroborate* whether they hold.

    Most urgent first. A task that you take is yours for half an hour, which you can extend; then it returns to the
    queue.
    """

    pk_kwarg = "task_id"
    output_serializer = ReviewTaskSerializer
    filterset_class = ReviewTaskFilter
    orders = {
        "urgent": ("-urgency", "due_at", "id"),
        "due": ("due_at", "id"),
        **DEFAULT_ORDERINGS,
    }

    take_next = action_endpoint(
        tasks.take_next,
        ReviewTakeNextSerializer,
        on_collection=True,
        url_path="take",
        no_content_description="No task is waiting for you.",
    )
    take = action_endpoint(tasks.take)
    extend = action_endpoint(tasks.extend)
    release = action_endpoint(tasks.release)
    assign = action_endpoint(assignments.assign, ReviewAssignSerializer)
    assign_many = action_endpoint(
        assignments.assign_many,
        ReviewAssignManySerializer,
        on_collection=True,
        url_path="assign",
        status=204,
        no_content_description="All are assigned, and the person has one notification.",
    )
    snooze = action_endpoint(tasks.snooze, ReviewSnoozeSerializer)
    finish = action_endpoint(tasks.finish, ReviewFinishSerializer)
