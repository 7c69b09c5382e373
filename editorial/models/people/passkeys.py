"""Passkeys (WebAuthn): public keys of authenticators, and the challenges for them to sign."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.people.users import OwnedQuerySet, User
from editorial.policy.access import SubjectFacts
from editorial.policy.people.passkeys import ChallengePurpose


class Passkey(UUIDModel):
    """A user's authenticator: a phone, a computer or a security key. Only its public key is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys", help_text="The owner.")
    name = models.CharField(max_length=80, help_text="A name to recognise it by, such as “blue security key”.")
    credential_id = models.CharField(
        max_length=1400, unique=True, editable=False, help_text="Base64url, chosen by the authenticator."
    )
    credential_data = models.TextField(
        editable=False, help_text="WebAuthn attested credential data (model, id, public key) in base64url."
    )
    sign_count = models.BigIntegerField(
        default=0,
        editable=False,
        help_text="The counter of its last signature; a lower one suggests a clone. 0: it has no counter.",
    )
    registered_at = models.DateTimeField(help_text="When it was registered.")
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="When it was last used; empty if never.")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["user__username", "registered_at"]
        constraints = [models.CheckConstraint(condition=Q(sign_count__gte=0), name="passkey_count_positive")]

    def __str__(self) -> str:
        return self.name

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; the owner is its user."""
        return SubjectFacts(owners=frozenset({str(self.user_id)}), private=True)


class PasskeyChallenge(UUIDModel):
    """A random challenge for one user in one session. Deleted when used, so that it is used only once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    purpose = enum_field(ChallengePurpose)
    challenge = models.CharField(max_length=64, unique=True, editable=False)
    session_digest = models.CharField(max_length=64, editable=False)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at"]
        indexes = [models.Index(fields=["issued_at"], name="passkeychallenge_by_time")]
        constraints = [enum_check("passkeychallenge", "purpose", ChallengePurpose)]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.issued_at:%d %B %H:%M}"
