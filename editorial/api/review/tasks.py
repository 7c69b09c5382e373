"""Review tasks: the two queues, and one task at a time in somebody's hands."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, UUIDField, When
from django.db.models.functions import Cast
from django.db.models.lookups import IsNull
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import PersonField, Shown, Stated, Text, Word
from editorial.api.framework.filtering import Before, Is, OfRow
from editorial.api.framework.pagination import NEWEST
from editorial.api.framework.viewsets import Resource, verb
from editorial.models import ReviewTask, Source, Story
from editorial.models.review.tasks import LIVE
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import TaskKind, TaskQueue, TaskState
from editorial.workflow.review import tasks

_AN_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class Which(Stated):
    """From which queue."""

    queue = Word(TaskQueue, required=False, help_text="Only from this queue; from both unless stated.")


class Ending(Stated):
    """How it ended."""

    outcome = Word(
        [(word.value, word.label) for word in (TaskState.FOUND, TaskState.EXHAUSTED)],
        help_text="Found, once what was found is recorded; exhausted, when everything was tried.",
    )
    note = Text(required=False, help_text="What was found, or tried in vain; needed where it is exhausted.")


class ReviewTaskShown(Shown):
    """One question to a person: what to find out, or what to decide."""

    about = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="The statement, source or party it is about, unless protected."
    )
    taken_by = PersonField(allow_null=True, help_text="Who holds it.")
    ended_by = PersonField(allow_null=True, help_text="Who ended it; null if facts did.")
    together = ("taken_by", "ended_by")

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
    def reading(cls, rows: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With what each is about, unless that is a source that is protected from the caller."""
        named = Case(When(subject__regex=_AN_ID, then=Cast("subject", UUIDField())), output_field=UUIDField())
        # As a value and not as EXISTS, for which PostgreSQL would look at all sources first.
        hidden = Subquery(Source.objects.hidden_from(caller).filter(pk=OuterRef("named")).values("pk"))
        about = Case(When(IsNull(hidden, True), then="named"), output_field=UUIDField())
        return super().reading(rows, caller).annotate(named=named).annotate(about=about)


class ReviewFilter(filters.FilterSet):
    """Which tasks to list; those that are open or taken, unless states are named."""

    queue = filters.ChoiceFilter(choices=TaskQueue.choices(), help_text="Of this queue.")
    kind = filters.MultipleChoiceFilter(choices=TaskKind.choices(), help_text="What they ask for; may be repeated.")
    state = filters.MultipleChoiceFilter(
        choices=TaskState.choices(), help_text="Where they are; open and taken, unless stated."
    )
    mine = Is(lambda me: Q(taken_by=me), help_text="Those that you hold.")
    claim = filters.UUIDFilter(field_name="claim", help_text="Those of this claim.")
    story = OfRow(Story, "claim__uses__story", help_text="Those of claims that this story uses.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Those of claims of this desk.")
    due_before = Before("due_at", help_text="Those that are due before then.")
    overdue = Is(lambda me: Q(overdue_at__isnull=False), help_text="Those whose time is up, or is not.")

    def filter_queryset(self, queryset: QuerySet[ReviewTask]) -> QuerySet[ReviewTask]:
        """A queue is what waits in it."""
        rows: QuerySet[ReviewTask] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["state"] else rows.filter(state__in=LIVE)


class Reviews(ListModelMixin, RetrieveModelMixin, Resource):
    """The work that claims need: *investigate* finds out where things come from, *corroborate* whether they hold.

    Most urgent first. Whoever takes a task holds it for half an hour and can extend that; then it is free again.
    """

    key = "task_id"
    shown = ReviewTaskShown
    filterset_class = ReviewFilter
    orders = {
        "urgent": ("-urgency", "due_at", "id"),
        "due": ("due_at", "id"),
        **NEWEST,
    }

    take_next = verb(tasks.take_next, Which, on_all=True, at="take", nothing="Nothing waits for you.")
    take = verb(tasks.take)
    extend = verb(tasks.extend)
    release = verb(tasks.release)
    finish = verb(tasks.finish, Ending)
