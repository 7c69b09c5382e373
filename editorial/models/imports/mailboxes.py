"""Mailboxes: where incoming email is collected, and what became of it."""

from __future__ import annotations

from django.db import models

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.policy.vocabulary import MailboxKind


class Mailbox(UUIDModel):
    """The state of one mailbox of the settings. Messages that nobody asked for are counted here and not kept."""

    kind = enum_field(MailboxKind, unique=True, help_text="Where it is.")
    next_fetch_at = models.DateTimeField(help_text="When it is next checked.")
    fetched_at = models.DateTimeField(null=True, blank=True, help_text="When it was last checked, successfully or not.")
    succeeded_at = models.DateTimeField(null=True, blank=True, help_text="When that last succeeded.")
    failures = models.PositiveIntegerField(default=0, help_text="How often it has failed since then.")
    problem = models.CharField(max_length=300, blank=True, default="", help_text="The kind of the last failure.")
    received = models.PositiveBigIntegerField(default=0, help_text="Messages that were kept.")
    duplicates = models.PositiveBigIntegerField(default=0, help_text="Messages that had been received before.")
    unknown = models.PositiveBigIntegerField(default=0, help_text="Messages to no address of ours.")
    expired = models.PositiveBigIntegerField(default=0, help_text="Messages to an address that no longer works.")
    automatic = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Messages from programs in answer to emails to members."
    )
    excess = models.PositiveBigIntegerField(default=0, help_text="Messages to an address where too many wait.")

    class Meta:
        verbose_name_plural = "mailboxes"
        ordering = ["kind"]
        constraints = [enum_check("mailbox", "kind", MailboxKind)]

    def __str__(self) -> str:
        return MailboxKind(self.kind).label
