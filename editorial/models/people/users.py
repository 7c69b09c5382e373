"""Users, their desks and their roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.roles import Role, Scope


# Who holds an account, and whether it works. No password: an old hash helps only those who want to guess it.
@history.track(
    exclude=[
        "password",
        "password_expires_at",
        "last_login",
        "first_name",
        "last_name",
        "date_joined",
        "time_zone",
        "session_generation",
    ]
)
class User(AbstractUser):
    """A member of the newsroom. Permissions follow from memberships alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("email address", help_text="Where notifications are sent.")
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text="IANA name, such as Europe/London; emails show times in this zone."
    )
    password_expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Set while the password is temporary: an administrator chose it."
    )

    session_generation = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="A higher number ends all sessions that began before."
    )

    # Scopes of the request's token; None without a token, when nothing is restricted.
    scopes: frozenset[Scope] | None = None
    # Whether the OpenID provider used a second factor that the settings accept when this session began.
    used_provider_factor: bool = False
    # Digest of the current session, to which passkey challenges are bound; empty without a session.
    session_digest: str = ""

    def get_session_auth_hash(self) -> str:
        """What a session must hold to be valid: it changes with the password and the session generation."""
        return self._with_generation(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under former secret keys."""
        return map(self._with_generation, super().get_session_auth_fallback_hash())

    def _with_generation(self, session_hash: str) -> str:
        return f"{session_hash}.{self.session_generation}" if self.session_generation else session_hash

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; the account is its user's."""
        return SubjectFacts(owners=frozenset({str(self.pk)}), private=True)

    def facts(self) -> ActorFacts:
        """Facts for `policy.access`. Read from the database each time, so that a revoked role ends immediately.

        Unless the caller has prefetched the memberships of many users, to read them together.
        """
        return ActorFacts(
            id=str(self.pk),
            active=self.is_active,
            scopes=self.scopes,
            memberships=frozenset(
                (Role(membership.role), str(membership.desk_id) if membership.desk_id else None)
                for membership in self.memberships.all()
            ),
        )


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to one user."""

    def visible_to(self, actor: ActorFacts) -> OwnedQuerySet:
        """One's own; administrators see all users'."""
        if not actor.sees_anything():
            return self.none()
        return self if (Role.ADMIN, None) in actor.memberships else self.filter(user=actor.id)


@history.track()
class Desk(UUIDModel):
    """A part of the newsroom that owns stories and claims: politics, city, investigations."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(unique=True, help_text="Short name used in URLs.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@history.track()
class Membership(UUIDModel):
    """A user's role at one desk or, without a desk, in the whole organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="memberships")
    desk = models.ForeignKey(
        Desk, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships",
        help_text="Empty: the role holds at every desk.",
    )  # fmt: skip
    role = enum_field(Role, help_text="The role's permissions are listed in docs/reference/roles.md.")

    class Meta:
        constraints = [
            enum_check("membership", "role", Role),
            models.UniqueConstraint(fields=["user", "desk", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(desk__isnull=True), name="membership_global_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.desk or 'every desk'}"
