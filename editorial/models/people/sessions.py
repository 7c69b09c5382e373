"""Browser sessions. The cookie holds a session's key, the table its digest: reading it opens no session."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.db import models

from editorial.models.base_fields import UUIDModel
from editorial.models.people.users import User
from editorial.policy.access import ActorFacts, SubjectFacts


def digest(session_key: str) -> str:
    """SHA-256 of a session key, shortened to the 40 characters (240 bits) of the column."""
    return base64.urlsafe_b64encode(hashlib.sha256(session_key.encode()).digest()[:30]).decode()


class SessionQuerySet(models.QuerySet[Any]):
    """Sessions, filtered by who may see them."""

    def visible_to(self, actor: ActorFacts) -> SessionQuerySet:
        """One's own, whatever one's roles."""
        return self.filter(user=actor.id) if actor.sees_anything() else self.none()


class Session(UUIDModel):
    """A browser's session. The id is public; it opens nothing. Ending a session deletes its row."""

    session_key = models.CharField(max_length=40, unique=True, editable=False)  # the digest
    session_data = models.TextField(editable=False)
    expire_date = models.DateTimeField(db_index=True, help_text="When it ends unless it is used.")
    user = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="sessions", help_text="The user; empty before sign-in."
    )
    auth_hash = models.CharField(
        max_length=100,
        blank=True,
        default="",
        editable=False,
        help_text="The account's authentication hash; the session ends when it changes.",
    )
    device = models.CharField("browser", max_length=80, blank=True, default="", help_text="The browser and its system.")
    address = models.GenericIPAddressField(null=True, help_text="The IP address at sign-in.")
    signed_in_at = models.DateTimeField(help_text="When it began.")
    last_used_at = models.DateTimeField(help_text="When it was last used, to the minute.")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-last_used_at"]

    def __str__(self) -> str:
        return self.device or "unknown browser"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; the owner is its user."""
        return SubjectFacts(owners=frozenset({str(self.user_id)}), private=True)
