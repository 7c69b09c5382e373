"""Integrity findings: violations of integrity checks, since when, and what was done about them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from editorial.models.base_fields import UUIDModel
from editorial.policy.access import SubjectFacts


class IntegrityFinding(UUIDModel):
    """One violation, from the first run that finds it to the first that no longer does.

    Work in flight can look like a violation for a moment, so only findings confirmed by a second run are repaired or
    alerted (`last_action_at`).
    """

    check_name = models.CharField(max_length=60, help_text="Name of the integrity check.")
    subject = models.CharField(max_length=80, help_text="The object: its model and id, such as claim:0198….")
    found_at = models.DateTimeField(help_text="When it was first found.")
    repairs = models.PositiveSmallIntegerField(default=0, help_text="How often the newsroom tried to repair it.")
    last_action_at = models.DateTimeField(null=True, blank=True, help_text="When it was last repaired or alerted.")
    alerted_at = models.DateTimeField(null=True, blank=True, help_text="When administrators were alerted.")
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="When a run no longer found it.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_name", "subject"], condition=Q(resolved_at=None), name="integrityfinding_open_once"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("found_at")),
                name="integrityfinding_resolved_after_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} {self.subject}"

    def access_facts(self) -> SubjectFacts:
        return SubjectFacts()


class ScanCursor(models.Model):
    """The progress of an integrity check through a table too long for one run."""

    name = models.CharField(max_length=60, primary_key=True)
    last_row_id = models.UUIDField(null=True, help_text="The last row of the last run; empty: start at the first.")
    completed_at = models.DateTimeField(null=True, help_text="When the end of the table was last reached.")

    def __str__(self) -> str:
        return self.name
