"""Answers by email: the address of each request for comment, and the messages that arrived there.

Nothing is a response until a person records it: anybody who has the address can write to it, in any name.
"""

from __future__ import annotations

from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from editorial.models import mail_addresses
from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.models.encryption import EncryptedField, Purpose
from editorial.models.review.replies import ReplyRequest, ReplyRequestClaim
from editorial.models.visibility import VisibleQuerySet
from editorial.policy.vocabulary import ReceivedAnswerState

_STATE = ReceivedAnswerState
_UNDECIDED = Q(state=_STATE.WAITING.value)


class ReplyAddress(UUIDModel):
    """The email address of one request for comment, known by a token that nobody can guess."""

    request = models.OneToOneField(ReplyRequest, models.PROTECT, related_name="reply_address")
    token = models.CharField(max_length=32, unique=True, editable=False, help_text="The secret part of the address.")
    expires_at = models.DateTimeField(help_text="Until when email to it is accepted.")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="replyaddress_is_final", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return mail_addresses.address_of(self.token)


class VisibleReceivedAnswerQuerySet(VisibleQuerySet):
    """Received answers are visible to everyone who sees their request. What they say is not (`received_answers`)."""

    def _at_desks(self, desks: set[UUID]) -> Q:
        covered = ReplyRequestClaim.objects.filter(request=OuterRef("request"), claim__visibility__desk__in=desks)
        return Q(Exists(covered))


class ReceivedAnswer(UUIDModel):
    """An email to the address of a request for comment. What it says, and who sent it, is as stated: not verified."""

    request = models.ForeignKey(ReplyRequest, models.PROTECT, related_name="received_answers", db_index=False)
    received_at = models.DateTimeField(help_text="When the newsroom collected it.")
    message_digest = models.CharField(
        max_length=64, editable=False, help_text="SHA-256 of its Message-ID, sender and text."
    )
    message_encrypted = EncryptedField(
        purpose=Purpose.MAIL, binds=("request_id",), padded_to=4096, help_text="Its headers and text, encrypted."
    )
    automatic = models.BooleanField(help_text="Whether it says that a program sent it: an absence, a bounce.")
    attachment_count = models.PositiveSmallIntegerField(help_text="The attachments that it had. They are not kept.")
    truncated = models.BooleanField(help_text="Whether it was too long, so that only its beginning is kept.")
    state = enum_field(ReceivedAnswerState, default=_STATE.WAITING.value, help_text="What became of it.")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="When it was recorded or dismissed.")
    decided_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, default="", help_text="Why it was dismissed.")

    objects = VisibleReceivedAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "answer received by email"
        verbose_name_plural = "answers received by email"
        indexes = [
            models.Index(fields=["request", "id"], name="receivedanswer_by_request"),
            models.Index(fields=["id"], condition=_UNDECIDED, name="receivedanswer_waiting"),
            models.Index(fields=["request"], condition=_UNDECIDED, name="receivedanswer_undecided"),
            filter_index("receivedanswer", "state", "automatic"),
        ]
        constraints = [
            enum_check("receivedanswer", "state", ReceivedAnswerState),
            models.UniqueConstraint(fields=["request", "message_digest"], name="receivedanswer_once"),
            models.CheckConstraint(
                condition=Q(state=_STATE.WAITING.value, decided_at=None, decided_by=None, reason="")
                | Q(state=_STATE.RECORDED.value, decided_at__isnull=False, decided_by__isnull=False, reason="")
                | (Q(state=_STATE.DISMISSED.value, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
                name="receivedanswer_decided_by_somebody",
                violation_error_message="An email waits, or somebody recorded it or dismissed it with a reason.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="receivedanswer_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="receivedanswer_as_received",
                fields=["request", "received_at", "message_digest", "automatic", "attachment_count", "truncated"],
            ),
        ]

    def __str__(self) -> str:
        return f"Email of {self.received_at:%d %b %Y %H:%M}"
