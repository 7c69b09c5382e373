"""Restrictions: bans on publication, even of what is true."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.policy.vocabulary import RestrictionKind


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    """Restrictions, by whether they are in force."""

    def in_force(self, now: datetime) -> RestrictionQuerySet:
        """Those that have neither been lifted nor expired."""
        return self.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


@history.track()
class Restriction(UUIDModel):
    """A ban on publishing one claim, or one story as a whole ("Verification", section 1)."""

    claim = models.ForeignKey("editorial.Claim", models.PROTECT, null=True, blank=True, related_name="restrictions")
    story = models.ForeignKey("editorial.Story", models.PROTECT, null=True, blank=True, related_name="restrictions")
    kind = enum_field(RestrictionKind, help_text="Why it may not be published.")
    reason = models.TextField(help_text="The court order, the agreement or the danger.")
    until = models.DateTimeField(null=True, blank=True, help_text="When it ends (UTC); empty: until somebody lifts it.")
    restricted_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    restricted_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="When it was lifted or expired.")
    lifted_by = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who lifted it; empty if it expired.",
    )  # fmt: skip
    lift_reason = models.TextField(blank=True, default="", help_text="Why it was lifted.")

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        ordering = ["restricted_at", "id"]
        indexes = [
            models.Index(fields=["until"], condition=Q(until__isnull=False, lifted_at=None), name="restriction_end_due")
        ]
        constraints = [
            enum_check("restriction", "kind", RestrictionKind),
            models.CheckConstraint(
                condition=Q(claim__isnull=False, story__isnull=True) | Q(claim__isnull=True, story__isnull=False),
                name="restriction_of_a_claim_or_a_story",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="restriction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("restricted_at")),
                name="restriction_ends_after_it_begins",
                violation_error_message="The restriction must end after it begins.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""))
                | Q(until__isnull=False, lifted_at__gte=F("until"), lifted_by__isnull=True, lift_reason=""),
                name="restriction_lifted_by_somebody_or_over",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
