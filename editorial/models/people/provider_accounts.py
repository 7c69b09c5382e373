"""Accounts with an OpenID provider, and pending sign-ins."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import models

from editorial.models import history
from editorial.models.base_fields import UUIDModel
from editorial.models.people.users import User


@history.track(exclude=["last_sign_in_at"])
class ProviderAccount(UUIDModel):
    """Links a user to an account with the provider by issuer and subject, because email addresses get reassigned."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, db_index=False, related_name="provider_accounts", help_text="The user."
    )
    issuer = models.CharField(max_length=500, help_text="The issuer in the provider's ID tokens.")
    subject = models.CharField(max_length=255, help_text="The subject: the account's permanent id with the provider.")
    linked_at = models.DateTimeField(help_text="When the accounts were linked.")
    last_sign_in_at = models.DateTimeField(help_text="When the user last signed in with it.")

    class Meta:
        ordering = ["user__username"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="provideraccount_subject_once"),
            models.UniqueConstraint(fields=["user", "issuer"], name="provideraccount_issuer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.provider_host}"

    @property
    def provider_host(self) -> str:
        """The provider's host name."""
        return urlsplit(self.issuer).hostname or self.issuer


class ProviderSignIn(UUIDModel):
    """A pending sign-in with the provider. Deleted at the callback, so that it works only once."""

    state_digest = models.CharField(max_length=64, unique=True, editable=False)
    nonce = models.CharField(max_length=64, editable=False)
    code_verifier = models.CharField(max_length=128, editable=False)
    next_url = models.CharField(max_length=2000, blank=True, default="", help_text="The page to show afterwards.")
    address = models.GenericIPAddressField(null=True, blank=True, help_text="The IP address it came from.")
    started_at = models.DateTimeField(help_text="When the browser was redirected to the provider.")

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["started_at"], name="providersignin_by_time")]

    def __str__(self) -> str:
        return f"started {self.started_at:%d %B %H:%M}"
