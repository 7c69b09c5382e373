"""Idempotency records: the stored responses to writes, so that a retry gets the same response."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from editorial.models.base_fields import UUIDModel
from editorial.models.encryption import EncryptedField, Purpose


class IdempotencyRecord(UUIDModel):
    """The response to one write with a key. Written in the write's own transaction, or not at all."""

    user = models.ForeignKey(
        "editorial.User", on_delete=models.CASCADE, db_index=False, related_name="+", help_text="The caller."
    )
    key = models.CharField(
        max_length=255, help_text="The caller's key for this write; keys of different callers are separate."
    )
    fingerprint = models.CharField(
        max_length=64, help_text="Keyed hash of the request: the same key with another request is rejected."
    )
    status = models.PositiveSmallIntegerField(help_text="The HTTP status of the response.")
    response_encrypted = EncryptedField(
        purpose=Purpose.RESPONSE,
        binds=("user_id", "key", "fingerprint", "status"),
        padded_to=1024,
        help_text="Body, headers and the caller's roles, encrypted: a response may contain a confidential name.",
    )
    expires_at = models.DateTimeField(help_text="When the key may be used again.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotencyrecord_once_per_key"),
            models.CheckConstraint(condition=Q(status__gte=200, status__lt=300), name="idempotencyrecord_status_2xx"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="idempotencyrecord_expires")]

    def __str__(self) -> str:
        return f"{self.status} for {self.user_id}"
