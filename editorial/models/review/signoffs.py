"""Sign-offs: the engine finds, people sign ("Verification", section 4)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.models.visibility import VisibleThroughClaimQuerySet
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import FindingValue

LIVE_STATES = (SignoffState.PROPOSED.value, SignoffState.APPROVED.value)


@history.track()
class Signoff(UUIDModel):
    """A person's signature under a finding, a standards review or a legal review of a claim."""

    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="signoffs")
    kind = enum_field(SignoffKind)
    assessment = models.ForeignKey("editorial.Assessment", on_delete=models.PROTECT, related_name="signoffs")
    finding = enum_field(FindingValue, help_text="The finding that is signed; another finding voids it.")
    state = enum_field(SignoffState)
    proposed_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="", help_text="Why it was proposed, or rejected.")
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleThroughClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        indexes = [
            models.Index(
                fields=["-decided_at"],
                condition=Q(kind=SignoffKind.FINDING.value, state=SignoffState.APPROVED.value),
                name="signoff_verdicts",
            ),
            filter_index("signoff", "state", "kind", "finding"),
        ]
        constraints = [
            enum_check("signoff", "kind", SignoffKind),
            enum_check("signoff", "state", SignoffState),
            enum_check("signoff", "finding", FindingValue),
            models.UniqueConstraint(
                fields=["claim", "kind"], condition=Q(state__in=LIVE_STATES), name="signoff_one_live_per_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind=SignoffKind.FINDING.value)
                | ~Q(state=SignoffState.APPROVED.value)
                | ~Q(decided_by=F("proposed_by")),
                name="signoff_four_eyes",
                violation_error_message="The proposer may not approve. Ask another editor.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"
