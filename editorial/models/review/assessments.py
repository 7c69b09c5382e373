"""Assessments: every finding of the engine, with its facts. Append-only."""

from __future__ import annotations

import pgtrigger
from django.db import models

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.models.visibility import VisibleThroughClaimQuerySet
from editorial.policy.vocabulary import Basis, FindingValue


class Assessment(UUIDModel):
    """The engine's finding for a claim at one moment. A new row is added only when something has changed."""

    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, db_index=False, related_name="assessments")
    number = models.PositiveIntegerField()
    policy = models.ForeignKey("editorial.CorroborationPolicy", on_delete=models.PROTECT, related_name="assessments")
    finding = enum_field(FindingValue, blank=True, help_text="Empty for an opinion or a forecast, which has none.")
    basis = enum_field(Basis, blank=True, default="", help_text="What a verified finding rests on.")
    contested = models.BooleanField(default=False)
    origins = models.PositiveIntegerField(
        null=True, help_text="Groups of all affirming statements; null for a compound."
    )
    independent = models.PositiveIntegerField(null=True, help_text="Independent groups that count for the claim.")
    against = models.PositiveIntegerField(null=True, help_text="Independent groups that count against it.")
    missing = models.JSONField(default=list, help_text="Unmet requirements of the nearest policy row.")
    hangs_on = models.JSONField(default=list, help_text="Identities without any one of which the finding would change.")
    groups = models.JSONField(default=dict, help_text="Which statements count as one voice, and why.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the facts it is based on.")
    assessed_at = models.DateTimeField()
    position = history.position_field()

    objects = VisibleThroughClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        get_latest_by = "number"
        indexes = [history.position_index("position"), filter_index("assessment", "finding")]
        constraints = [
            enum_check("assessment", "finding", FindingValue, blank=True),
            enum_check("assessment", "basis", Basis, blank=True),
            models.UniqueConstraint(fields=["claim", "number"], name="assessment_once"),
        ]
        triggers = [pgtrigger.Protect(name="assessment_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Assessment {self.number}: {self.get_finding_display()}"
