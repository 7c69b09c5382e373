"""Comments by email: what a person answers to an email about one object, until they confirm it or dismiss it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q

from editorial.models import mail_addresses
from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.encryption import EncryptedField, Purpose
from editorial.models.ops.deliveries import Delivery
from editorial.models.ops.events import Event
from editorial.models.ops.notifications import Notification
from editorial.models.review.comments import TARGETS, Comment
from editorial.models.visibility import exists_by_row
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.vocabulary import EmailedCommentState

_WAITING = Q(state=EmailedCommentState.WAITING.value)
_PLACES: dict[str | None, tuple[str, type[models.Model]]] = {
    model._meta.model_name: (name, model) for name, model in {**TARGETS, "reply_to": Comment}.items()
}


def takes_comments(event: Event) -> bool:
    """Whether the event is about an object that can be commented on, or a thread in which one can reply."""
    return event.stream.partition(":")[0] in _PLACES


class CommentAddress(models.Model):
    """The address for answers to one email about one object, known by a token that nobody can guess."""

    email = models.OneToOneField(Delivery, models.CASCADE, primary_key=True, related_name="comment_address")
    token = models.CharField(max_length=32, unique=True, editable=False, help_text="The secret part of the address.")
    expires_at = models.DateTimeField(db_index=True, help_text="Until when email to it is accepted.")

    def __str__(self) -> str:
        return mail_addresses.address_of(self.token)


class EmailedCommentQuerySet(models.QuerySet["EmailedComment"]):
    """Comments by email, which nobody sees but the person to whom the answered email was sent."""

    def visible_to(self, actor: ActorFacts) -> EmailedCommentQuerySet:
        """The actor's own, on what the actor may still see."""
        if not actor.sees_anything():
            return self.none()
        answered = Event.objects.visible_to(actor).filter(pk=OuterRef("notification__event"))
        return self.filter(exists_by_row(answered), user=actor.id)

    def waiting(self) -> EmailedCommentQuerySet:
        """Those that are neither confirmed nor dismissed."""
        return self.filter(_WAITING)


class EmailedComment(UUIDModel):
    """What arrived in answer to an email about one object: no comment until the email's recipient confirms it.

    Anybody who has seen the email could have written it. Once it is decided, only that it arrived is kept, for a time.
    """

    user = models.ForeignKey("editorial.User", models.CASCADE, related_name="emailed_comments", db_index=False)
    notification = models.ForeignKey(
        Notification, models.CASCADE, related_name="emailed_comments",
        help_text="The notification that the answered email was about.",
    )  # fmt: skip
    received_at = models.DateTimeField(help_text="When the newsroom collected it.")
    message_digest = models.CharField(
        max_length=64, editable=False, help_text="SHA-256 of its Message-ID, sender and text."
    )
    text_encrypted = EncryptedField(
        purpose=Purpose.MAIL, binds=("user_id", "notification_id"), padded_to=4096, null=True,
        help_text="What it says, encrypted; null once it is decided.",
    )  # fmt: skip
    incomplete = models.BooleanField(
        help_text="Whether something was not kept: attachments, or what is beyond the length of a comment."
    )
    state = enum_field(EmailedCommentState, default=EmailedCommentState.WAITING.value, help_text="What became of it.")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="When it was confirmed or dismissed.")

    objects = EmailedCommentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "comment by email"
        verbose_name_plural = "comments by email"
        indexes = [
            models.Index(fields=["user", "-id"], name="emailedcomment_by_user"),
            models.Index(fields=["received_at"], name="emailedcomment_by_age"),
        ]
        constraints = [
            enum_check("emailedcomment", "state", EmailedCommentState),
            models.UniqueConstraint(fields=["user", "message_digest"], name="emailedcomment_once"),
            models.CheckConstraint(
                condition=Q(_WAITING, decided_at=None, text_encrypted__isnull=False)
                | Q(~_WAITING, decided_at__isnull=False, text_encrypted=None),
                name="emailedcomment_kept_while_waiting",
                violation_error_message="The text of an email is kept until it is confirmed or dismissed.",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="emailedcomment_as_received",
                fields=["user", "notification", "received_at", "message_digest", "incomplete"],
            ),
        ]

    def __str__(self) -> str:
        return f"Email of {self.received_at:%Y-%m-%d %H:%M} UTC"

    @property
    def place(self) -> dict[str, UUID]:
        """What it is on, or the thread that it answers, by the keyword of the action that comments."""
        model, _, key = self.notification.event.stream.partition(":")
        return {f"{_PLACES[model][0]}_id": UUID(key)}

    @property
    def target(self) -> Any:
        """The object that it is on."""
        model, _, key = self.notification.event.stream.partition(":")
        row = _PLACES[model][1]._default_manager.get(pk=key)
        return row.target if isinstance(row, Comment) else row

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; its owner is the recipient of the answered email."""
        return SubjectFacts(owners=frozenset({str(self.user_id)}), private=True)
