"""Review tasks: the two queues, and one task at a time in somebody's hands."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, UUIDField, When
from django.db.models.functions import Cast
from django.db.models.lookups import IsNull
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import EnumField, TextField, UserRefField
from editorial.api.framework.filtering import BeforeFilter, FlagFilter, VisibleRowFilter
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet, action_endpoint
from editorial.models import ReviewTask, Source, Story
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import TaskKind, TaskQueue, TaskState
from editorial.workflow.review import tasks

_ID_PATTERN = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class ReviewTakeNextSerializer(InputSerializer):
    """From which queue."""

    queue = EnumField(TaskQueue, required=False, help_text="Only from this queue; from both unless stated.")


class ReviewFinishSerializer(InputSerializer):
    """How it ended."""

    outcome = EnumField(
        [(word.value, word.label) for word in (TaskState.FOUND, TaskState.EXHAUSTED)],
        help_text="Found, once what was found is recorded; exhausted, when everything was tried.",
    )
    note = TextField(required=False, help_text="What was found, or tried in vain; needed where it is exhausted.")


class ReviewTaskSerializer(OutputSerializer):
    """One question to a person: what to find out, or what to decide."""

    about = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="The statement, source or party it is about, unless protected."
    )
    taken_by = UserRefField(allow_null=True, help_text="Who holds it.")
    ended_by = UserRefField(allow_null=True, help_text="Who ended it; null if facts did.")
    select_related = ("taken_by", "ended_by")

    class Meta:
        model = ReviewTask
        fields = (
            "id", "claim", "queue", "kind", "about", "question", "state", "urgency", "opened_at", "due_at",
            "overdue_at", "taken_by", "lease_until", "ended_at", "ended_by", "note",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The task's id."},
            "claim": {"help_text": "The claim that it serves."},
            "queue": {"help_text": "The queue it waits in."},
            "kind": {"help_text": "What it asks for."},
            "state": {"help_text": "Where it is; closed means that nobody needs it any more."},
            "opened_at": {"help_text": "When it was opened, last."},
            "due_at": {"help_text": "When it becomes overdue."},
            "ended_at": {"help_text": "When it ended."},
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With what each is about, unless that is a source that is protected from the caller."""
        named = Case(When(subject__regex=_ID_PATTERN, then=Cast("subject", UUIDField())), output_field=UUIDField())
        # As a value and not as EXISTS, for which PostgreSQL would look at all sources first.
        hidden = Subquery(Source.objects.hidden_from(caller).filter(pk=OuterRef("named")).values("pk"))
        about = Case(When(IsNull(hidden, True), then="named"), output_field=UUIDField())
        return super().prepare_queryset(queryset, caller).annotate(named=named).annotate(about=about)


class ReviewTaskFilter(filters.FilterSet):
    """Which tasks to list; those that are open or taken, unless states are named."""

    queue = filters.ChoiceFilter(choices=TaskQueue.choices(), help_text="Of this queue.")
    kind = filters.MultipleChoiceFilter(choices=TaskKind.choices(), help_text="What they ask for; may be repeated.")
    state = filters.MultipleChoiceFilter(
        choices=TaskState.choices(), help_text="Where they are; open and taken, unless stated."
    )
    mine = FlagFilter(lambda me: Q(taken_by=me), help_text="Those that you hold.")
    claim = filters.UUIDFilter(field_name="claim", help_text="Those of this claim.")
    story = VisibleRowFilter(Story, "claim__uses__story", help_text="Those of claims that this story uses.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Those of claims of this desk.")
    due_before = BeforeFilter("due_at", help_text="Those that are due before then.")
    overdue = FlagFilter(lambda me: Q(overdue_at__isnull=False), help_text="Those whose time is up, or is not.")

    def filter_queryset(self, queryset: QuerySet[ReviewTask]) -> QuerySet[ReviewTask]:
        """A queue is what waits in it."""
        rows: QuerySet[ReviewTask] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["state"] else rows.filter(state__in=LIVE_STATES)


class ReviewTaskViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """The work that claims need: *investigate* finds out where things come from, *corroborate* whether they hold.

    Most urgent first. Whoever takes a task holds it for half an hour and can extend that; then it is free again.
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
        no_content_description="Nothing waits for you.",
    )
    take = action_endpoint(tasks.take)
    extend = action_endpoint(tasks.extend)
    release = action_endpoint(tasks.release)
    finish = action_endpoint(tasks.finish, ReviewFinishSerializer)
