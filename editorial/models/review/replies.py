"""Right of reply: the questions put to adverse parties, their deadlines and outcomes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.visibility import VisibleReplyRequestQuerySet
from editorial.policy.vocabulary import ReplyOutcome


@history.track()
class ReplyRequest(UUIDModel):
    """A question put to an adverse party or its agent, or the reasoned decision not to ask."""

    to = models.ForeignKey("editorial.Source", on_delete=models.PROTECT, related_name="reply_requests")
    covers = models.ManyToManyField("editorial.Claim", through="ReplyRequestClaim", related_name="reply_requests")
    question = models.TextField(blank=True, default="", help_text="The question.")
    specific = models.BooleanField(
        default=True, db_default=True, help_text="Whether it stated the allegation, not only the topic."
    )
    channel = models.CharField(max_length=80, blank=True, default="", help_text="Telephone, email, letter …")
    sent_at = models.DateTimeField(help_text="When it was sent or waived.")
    deadline_at = models.DateTimeField(null=True, blank=True, help_text="The deadline for a reply (UTC).")
    deadline_passed_at = models.DateTimeField(null=True, blank=True, editable=False)
    outcome = enum_field(ReplyOutcome, default=ReplyOutcome.PENDING.value)
    reason = models.TextField(blank=True, default="", help_text="Why the window was short, or the reply waived.")
    respondent_key = models.CharField(
        max_length=64, blank=True, default="", editable=False, help_text="Identity token of the person who replied."
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")

    objects = VisibleReplyRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        indexes = [
            models.Index(
                fields=["deadline_at"],
                condition=Q(deadline_at__isnull=False, deadline_passed_at=None),
                name="reply_deadline_due",
            )
        ]
        constraints = [
            enum_check("replyrequest", "outcome", ReplyOutcome),
            models.CheckConstraint(
                condition=Q(deadline_at__isnull=True) | Q(deadline_at__gte=F("sent_at")),
                name="reply_deadline_after_sending",
                violation_error_message="The deadline must be after the request was sent.",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ReplyOutcome.WAIVED.value) | Q(deadline_at__isnull=False),
                name="reply_has_a_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"Request of {self.sent_at:%d %b %H:%M}: {self.get_outcome_display()}"


@history.track()
class ReplyRequestClaim(UUIDModel):
    """A claim that the request put to its recipient. Claims not listed were not put."""

    request = models.ForeignKey(ReplyRequest, on_delete=models.CASCADE, related_name="request_claim_links")
    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="request_claim_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "claim"], name="replyrequestclaim_once")]
