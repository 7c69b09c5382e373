"""API of story revisions: every text that a story has had, and what each changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.api.framework.filtering import FlagFilter, ListFilterSet, VisibleRowFilter
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Story, StoryRevision
from editorial.policy import text_diff
from editorial.policy.access import ActorFacts


class StoryRevisionSummarySerializer(OutputSerializer):
    """A revision without its copy."""

    revised_by = UserRefField(help_text="The user who wrote it.")
    select_related = ("revised_by",)

    class Meta:
        model = StoryRevision
        fields: tuple[str, ...] = ("id", "story", "number", "headline", "revised_by", "revised_at")
        help_texts = {
            "story": "The story.",
            "number": "Numbers the revisions of a story from 1.",
            "headline": "The headline in this revision.",
            "revised_at": "When it was written.",
        }


class DiffLineSerializer(serializers.Serializer[Any]):
    """A paragraph, and whether it is new."""

    change = serializers.ChoiceField(["added", "removed", "unchanged"], help_text="Added, removed, or unchanged.")
    text = serializers.CharField(help_text="The paragraph.")


class StoryRevisionSerializer(StoryRevisionSummarySerializer):
    """A revision with its copy, and what it changed."""

    previous_headline = serializers.CharField(
        read_only=True, allow_null=True, help_text="The headline before; null in the first revision."
    )
    diff = serializers.SerializerMethodField(help_text="The copy against the revision before it, line by line.")

    class Meta(StoryRevisionSummarySerializer.Meta):
        fields = (*StoryRevisionSummarySerializer.Meta.fields, "body", "previous_headline", "diff")
        help_texts = StoryRevisionSummarySerializer.Meta.help_texts | {"body": "The complete copy in this revision."}

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include the text before."""
        before = StoryRevision.objects.filter(story=OuterRef("story"), number=OuterRef("number") - 1)
        return (
            super()
            .prepare_queryset(queryset, caller)
            .annotate(
                previous_headline=Subquery(before.values("headline")[:1]),
                previous_body=Coalesce(Subquery(before.values("body")[:1]), Value(""), output_field=TextField()),
            )
        )

    @extend_schema_field(DiffLineSerializer(many=True))
    def get_diff(self, revision: Any) -> list[dict[str, str]]:
        return list(_diff(revision.previous_body.splitlines(), revision.body.splitlines()))


class StoryRevisionFilter(ListFilterSet):
    story = VisibleRowFilter(Story, "story", help_text="Revisions of this story.")
    mine = FlagFilter(lambda me: Q(revised_by=me), help_text="Revisions that you wrote (true), or others (false).")


class StoryRevisionViewSet(ResourceViewSet):
    """Every text that a story has had. A revision is never changed; a change of the story adds one."""

    output_serializer = StoryRevisionSerializer
    list_serializer = StoryRevisionSummarySerializer
    filterset_class = StoryRevisionFilter


def _diff(before: list[str], after: list[str]) -> Iterator[dict[str, str]]:
    """The lines of both texts in order. Lines that moved are removed and added."""
    for change, first, last, new_first, new_last in text_diff.opcodes(before, after):
        if change == "equal":
            yield from ({"change": "unchanged", "text": line} for line in after[new_first:new_last])
            continue
        yield from ({"change": "removed", "text": line} for line in before[first:last])
        yield from ({"change": "added", "text": line} for line in after[new_first:new_last])
