"""API tokens. Only a digest is stored; the token itself is shown once, when it is issued."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from editorial.models.base_fields import UUIDModel
from editorial.models.people.users import OwnedQuerySet, User
from editorial.policy.access import SubjectFacts
from editorial.policy.roles import Scope


class TokenQuerySet(OwnedQuerySet):
    """Tokens, filtered by who may see them and whether they are valid."""

    def usable(self, now: datetime) -> TokenQuerySet:
        """Tokens that are neither expired nor revoked."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class Token(UUIDModel):
    """Lets a program act for a user, within its scopes, until it expires or is revoked. It stays on record."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens", help_text="The user it acts for.")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the token.")
    label = models.CharField(max_length=80, blank=True, default="", help_text="Its purpose, such as CMS plug-in.")
    scopes = ArrayField(models.CharField(max_length=32), help_text="Its scopes.")
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", help_text="The user who issued it and has seen it."
    )
    issued_at = models.DateTimeField(help_text="When it was issued.")
    expires_at = models.DateTimeField(help_text="When it expires.")
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last used, to the hour; empty if never."
    )
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="When it was revoked; empty if it was not.")

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=[scope.value for scope in Scope], scopes__contains=[Scope.READ.value]),
                name="token_scopes_known",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("issued_at")), name="token_expires"),
        ]

    def __str__(self) -> str:
        return self.label or f"issued {self.issued_at:%d %B %Y}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; its owner is the user it acts for."""
        return SubjectFacts(owners=frozenset({str(self.user_id)}), private=True)
