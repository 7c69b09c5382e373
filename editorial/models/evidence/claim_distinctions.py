"""Claim distinctions: pairs of similar claims that are not the same, so that nobody is asked about them again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel
from editorial.models.evidence.claims import Claim


@history.track(found_by="first")
class ClaimDistinction(UUIDModel):
    """Two claims that are not the same, in the order of their ids, so that a pair is stored once. Undone: deleted."""

    first = models.ForeignKey(Claim, on_delete=models.CASCADE, db_index=False, related_name="later_distinctions")
    second = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="earlier_distinctions")
    reason = models.TextField(help_text="What the claims differ in.")
    marked_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(help_text="When they were marked as not the same.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="claimdistinction_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="claimdistinction_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="claimdistinction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
