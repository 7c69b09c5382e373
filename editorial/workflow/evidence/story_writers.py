"""Writers of stories: their authors, and former authors who wrote some of the copy. Four eyes exclude them all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, Func, JSONField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from editorial.models import Event, Story, StoryAuthor, StoryRevision
from editorial.policy.actions import Action


def writers_of(story: Story) -> frozenset[str]:
    """Ids of the story's authors, and of former authors who wrote a revision."""
    return frozenset(str(user) for _, user in pairs("story_id", story=story))


def pairs(key: str, **about: Any) -> QuerySet[Any, tuple[UUID, UUID]]:
    """(Value of `key`, writer) pairs for the matching stories, in one query."""
    authors = StoryAuthor.objects.filter(**about).order_by().values_list(key, "user_id")
    return authors.union(former_authors_revisions().filter(**about).order_by().values_list(key, "revised_by_id"))


def former_authors_revisions() -> QuerySet[StoryRevision]:
    """Revisions by users who were at any time removed as authors."""
    stream = Concat(Value(f"{Story._meta.model_name}:"), Cast(OuterRef("story_id"), CharField()))
    user = Func(Cast(OuterRef("revised_by_id"), CharField()), function="jsonb_build_array", output_field=JSONField())
    replaced = Event.objects.filter(stream=stream, action=Action.STORY_ASSIGN.value, data__authors__0__contains=user)
    return StoryRevision.objects.filter(Exists(replaced))
