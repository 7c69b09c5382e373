"""Second factors: an authenticator app, and recovery codes for when it is lost."""

from __future__ import annotations

from django.db import models

from editorial.models.base_fields import UUIDModel
from editorial.models.encryption import EncryptedField, Purpose
from editorial.models.people.users import OwnedQuerySet, User
from editorial.policy.access import SubjectFacts


class SecondFactor(UUIDModel):
    """The secret of a user's authenticator app (RFC 6238), encrypted with SECOND_FACTOR_KEYS."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    encrypted_secret = EncryptedField(purpose=Purpose.SECOND_FACTOR, binds=("user_id",), padded_to=64)
    enrolled_at = models.DateTimeField(help_text="When setting it up started.")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When a first code confirmed it; it is not required before."
    )
    last_step = models.BigIntegerField(
        default=0,
        editable=False,
        help_text="The 30-second step of the last accepted code: it and older codes are rejected.",
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["user__username"]

    def __str__(self) -> str:
        return f"second factor of {self.user}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; its owner is the user it protects."""
        return SubjectFacts(owners=frozenset({str(self.user_id)}))


class RecoveryCode(UUIDModel):
    """A single-use code in place of the app's. Only a digest is stored."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, db_index=False, related_name="recovery_codes")
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the code, which is 80 bits long.")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recoverycode_once")]

    def __str__(self) -> str:
        return "used" if self.used_at else "unused"
