"""Corroboration policies: versioned data. A version in use is never edited; a new one is added."""

from __future__ import annotations

from django.db import models

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.policy.vocabulary import Risk


@history.track()
class CorroborationPolicy(UUIDModel):
    """One version of the organisation's corroboration policy. The highest version in force is applied."""

    version = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=120)
    in_force_at = models.DateTimeField(help_text="When this version takes effect (UTC).")
    note = models.TextField(blank=True, help_text="Why this version was made.")

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


@history.track()
class PolicyRisk(UUIDModel):
    """Requirements for every claim of one risk, in addition to the rows."""

    policy = models.ForeignKey(CorroborationPolicy, on_delete=models.PROTECT, db_index=False, related_name="risks")
    risk = enum_field(Risk)
    reply_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Minimum hours for an adverse party to reply; empty: no reply is owed."
    )
    legal_read = models.BooleanField(default=False, help_text="Requires a legal review.")
    standards_read = models.BooleanField(default=False, help_text="Requires a standards review.")
    review_hours = models.PositiveSmallIntegerField(help_text="Hours a review task may stay open before it is overdue.")

    class Meta:
        ordering = ["risk"]
        constraints = [
            enum_check("policyrisk", "risk", Risk),
            models.UniqueConstraint(fields=["policy", "risk"], name="policyrisk_once"),
        ]


@history.track()
class PolicyRow(UUIDModel):
    """One way to meet the threshold: the number of independent groups, in total and of each kind."""

    policy = models.ForeignKey(CorroborationPolicy, on_delete=models.PROTECT, db_index=False, related_name="rows")
    risk = enum_field(Risk)
    position = models.PositiveSmallIntegerField(help_text="Order among the rows of one risk; the first wins ties.")
    groups = models.PositiveSmallIntegerField(help_text="Independent groups.")
    first_hand = models.PositiveSmallIntegerField(help_text="Groups with a first-hand source.")
    named = models.PositiveSmallIntegerField(help_text="Groups with a named source on the record, or a document.")
    disinterested = models.PositiveSmallIntegerField(help_text="Groups with a disinterested source.")
    rated = models.PositiveSmallIntegerField(help_text="Groups with a source rated A, B or C.")

    class Meta:
        ordering = ["risk", "position"]
        constraints = [
            enum_check("policyrow", "risk", Risk),
            models.UniqueConstraint(fields=["policy", "risk", "position"], name="policyrow_once"),
        ]
