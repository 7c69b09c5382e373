"""Right of reply: the questions put to adverse parties, their deadlines and outcomes.

What was put, word for word, is final: readers and courts ask what a party was confronted with.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index, trigram_index
from editorial.models.visibility import VisibleReplyRequestQuerySet
from editorial.policy.vocabulary import ReplyOutcome

# In the database, so that no writer, such as an older version during an upgrade, can show the words to other readers.
# A token (64 characters) counts as unnamed; the id of a record (36 characters) if the record is.
_UNNAMED_RESPONDENT = """
    NEW.respondent_unnamed = NEW.respondent_unnamed OR length(NEW.respondent_key) = 64 OR EXISTS (
        SELECT FROM editorial_source
        WHERE unnamed AND id = CASE WHEN length(NEW.respondent_key) = 36 THEN NEW.respondent_key::uuid END);
    RETURN NEW;
"""


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
    respondent_unnamed = models.BooleanField(
        default=False, db_default=False, editable=False,
        help_text="An unnamed source, or somebody given by name for the token only, has replied.",
    )  # fmt: skip
    answered_at = models.DateTimeField(null=True, blank=True)
    no_statement_reason = models.TextField(
        blank=True, default="", db_default="", help_text="Why no statement was recorded on each claim of the reply."
    )
    sent_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")

    objects = VisibleReplyRequestQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "request for comment", "requests for comment"
        ordering = ["-sent_at"]
        indexes = [
            models.Index(
                fields=["deadline_at"],
                condition=Q(deadline_at__isnull=False, deadline_passed_at=None),
                name="reply_deadline_due",
            ),
            models.Index(fields=["deadline_at"], condition=Q(outcome=ReplyOutcome.PENDING.value), name="reply_pending"),
            models.Index(fields=["deadline_at", "id"], name="reply_by_deadline"),
            trigram_index("reply_question_trgm", "question"),
            filter_index("reply", "outcome"),
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
        triggers = [
            pgtrigger.Trigger(
                name="replyrequest_unnamed_respondent",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("respondent_key"),  # type: ignore[no-untyped-call]
                func=_UNNAMED_RESPONDENT,
            ),
            pgtrigger.Protect(name="replyrequest_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="replyrequest_as_sent",
                fields=["to", "question", "specific", "channel", "sent_at", "deadline_at", "reason", "sent_by"],
            ),
        ]

    def __str__(self) -> str:
        return f"Request of {self.sent_at:%d %b %H:%M}: {self.get_outcome_display()}"


# In the database, so that no writer, such as an older version during an upgrade, can leave the words out.
_WORDS_AS_PUT = """
    IF NEW.text = '' THEN
        SELECT text INTO STRICT NEW.text FROM editorial_claim WHERE id = NEW.claim_id;
    END IF;
    RETURN NEW;
"""


@history.track()
class ReplyRequestClaim(UUIDModel):
    """A claim that the request put to its recipient, in the words of that time. Claims not listed were not put."""

    request = models.ForeignKey(
        ReplyRequest, on_delete=models.CASCADE, db_index=False, related_name="request_claim_links"
    )
    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="request_claim_links")
    text = models.TextField(blank=True, default="", db_default="", editable=False, help_text="The words put to them.")
    reworded_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when the claim has other words, so they must be asked."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "claim"], name="replyrequestclaim_once")]
        triggers = [
            pgtrigger.Trigger(
                name="replyrequestclaim_words_as_put",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_WORDS_AS_PUT,
            ),
            pgtrigger.Protect(name="replyrequestclaim_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="replyrequestclaim_as_put", fields=["request", "claim", "text"]),
        ]
