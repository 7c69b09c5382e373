"""Corrections: the remedies that published stories owe their readers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index, trigram_index
from editorial.models.visibility import VisibleThroughStoryQuerySet
from editorial.policy.vocabulary import RemedyKind


@history.track()
class Correction(UUIDModel):
    """A remedy that a published story owes, from the moment it falls due until it is published."""

    story = models.ForeignKey("editorial.Story", on_delete=models.PROTECT, related_name="corrections")
    remedy = enum_field(RemedyKind)
    claims = models.ManyToManyField(
        "editorial.Claim", related_name="corrections", help_text="The claims that caused it."
    )
    because = models.TextField(help_text="What changed, in plain words without names.")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="The deadline for publishing it.")
    overdue_at = models.DateTimeField(null=True, blank=True, editable=False)
    text = models.TextField(blank=True, default="", help_text="The text published to readers.")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleThroughStoryQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        indexes = [
            trigram_index("correction_because_trgm", "because"),
            models.Index(fields=["due_at", "id"], condition=Q(closed_at=None), name="correction_open_by_due"),
            filter_index("correction", "remedy"),
            models.Index(fields=["id"], condition=Q(closed_at=None), name="correction_open"),
        ]
        constraints = [
            enum_check("correction", "remedy", RemedyKind),
            models.CheckConstraint(condition=~Q(remedy=RemedyKind.NONE.value), name="correction_has_remedy"),
            models.UniqueConstraint(
                fields=["story"], condition=Q(closed_at=None), name="correction_one_open_per_story"
            ),
        ]

    def __str__(self) -> str:
        return self.get_remedy_display()
