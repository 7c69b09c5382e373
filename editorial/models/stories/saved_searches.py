"""Saved searches: words and filters that a person wants to be notified about, and what was found by them before."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from editorial.models.base_fields import VersionedModel
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.vocabulary import SearchedType

MAX_PER_USER = 50


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Saved searches, which nobody sees but the person who saved them."""

    def visible_to(self, actor: ActorFacts) -> SavedSearchQuerySet:
        """The actor's own."""
        return self.filter(user=actor.id) if actor.sees_anything() else self.none()


class SavedSearch(VersionedModel):
    """One person's search. They are notified of objects that match it for the first time, unless it is muted.

    `evaluated_to`: the position in the change log before which all changes have been compared with it.
    """

    user = models.ForeignKey("editorial.User", models.CASCADE, db_index=False, related_name="saved_searches")
    name = models.CharField(max_length=80)
    q = models.CharField(max_length=200, help_text="What is searched for.")
    types = ArrayField(
        models.CharField(max_length=32, choices=SearchedType.choices()), blank=True, default=list,
        help_text="The types of object; none: all.",
    )  # fmt: skip
    desk = models.ForeignKey("editorial.Desk", models.CASCADE, null=True, blank=True, related_name="+")
    muted = models.BooleanField(default=False, help_text="Whether it notifies of nothing for now.")
    evaluated_to = models.BigIntegerField(editable=False)
    new_only_since = models.DateTimeField(
        editable=False, help_text="Of crowded types, only rows created since then count."
    )
    crowded_types = ArrayField(
        models.CharField(max_length=32), default=list, blank=True, editable=False,
        help_text="The types with more matches than can be remembered.",
    )  # fmt: skip

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "saved searches"
        indexes = [models.Index(fields=["evaluated_to"], condition=Q(muted=False), name="savedsearch_behind")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="savedsearch_name_once",
                violation_error_message="You have a saved search of this name.",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(q=""), name="savedsearch_has_name_and_words"),
            models.CheckConstraint(
                condition=Q(types__contained_by=[kind.value for kind in SearchedType]), name="savedsearch_types_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; its owner is the person who saved it."""
        return SubjectFacts(owners=frozenset({str(self.user_id)}), private=True)


class SavedSearchMatch(models.Model):
    """An object that a saved search has found: it notifies of each once."""

    pk = models.CompositePrimaryKey("search", "object_id")
    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="matches", db_index=False)
    object_id = models.UUIDField(help_text="The id of the object.")

    def __str__(self) -> str:
        return f"{self.search_id} found {self.object_id}"
