"""Escalations: each step of announcing a deadline, exactly once for each object and due time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.policy.review.escalation import EscalationStep


class Escalation(UUIDModel):
    """One step for one deadline of one object. It waits until it is due, then it happens or is no longer needed."""

    stream = models.CharField(max_length=80, help_text="The object: its model and id, as in the audit log.")
    step = enum_field(EscalationStep)
    due_at = models.DateTimeField(help_text="The object's deadline. Another deadline begins the steps again.")
    run_at = models.DateTimeField(help_text="When the step is due.")
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When it happened, or was found to be no longer needed."
    )
    event = models.OneToOneField(
        "editorial.Event", models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Its event; empty if it waits or is no longer needed.",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["run_at"], condition=Q(settled_at=None), name="escalation_due")]
        constraints = [
            enum_check("escalation", "step", EscalationStep),
            models.UniqueConstraint(fields=["stream", "step", "due_at"], name="escalation_once"),
            models.CheckConstraint(
                condition=Q(event=None) | Q(settled_at__isnull=False), name="escalation_with_event_is_settled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} of {self.stream}"
