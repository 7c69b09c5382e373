"""Discrepancies: where what is recorded did not fit together, since when, and what was done about it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from editorial.models.base import Identified
from editorial.policy.access import SubjectFacts


class Discrepancy(Identified):
    """One thing for which an invariant does not hold, from the look that found it to the one that found it no more.

    It may be gone before anybody believes it: work in flight looks like a fault for a moment. Only what is found by
    two looks is repaired or told (`acted_at`).
    """

    invariant = models.CharField(max_length=60, help_text="Name of the rule that does not hold.")
    subject = models.CharField(max_length=80, help_text="The object: its noun and id, such as claim:0198….")
    found_at = models.DateTimeField(help_text="When it was first seen.")
    repairs = models.PositiveSmallIntegerField(default=0, help_text="How often the newsroom tried to repair it.")
    acted_at = models.DateTimeField(null=True, blank=True, help_text="When it was last repaired or told.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When administrators were told.")
    gone_at = models.DateTimeField(null=True, blank=True, help_text="When it was found no more.")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "discrepancies"
        constraints = [
            models.UniqueConstraint(
                fields=["invariant", "subject"], condition=Q(gone_at=None), name="discrepancy_open_once"
            ),
            models.CheckConstraint(
                condition=Q(gone_at=None) | Q(gone_at__gte=F("found_at")), name="discrepancy_gone_after_found"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invariant} {self.subject}"

    def access_facts(self) -> SubjectFacts:
        """What `policy.access` needs to know of it: it belongs to no desk."""
        return SubjectFacts()


class Rotation(models.Model):
    """How far a table that is too long for one look has been looked through."""

    name = models.CharField(max_length=60, primary_key=True)
    after = models.UUIDField(null=True, help_text="The last row of the last look; empty: begin at the first.")
    turned_at = models.DateTimeField(null=True, help_text="When the end of the table was last reached.")

    def __str__(self) -> str:
        return self.name
