"""People of the newsroom, the desks they work at, and what they may do there."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from editorial.models.base import UUIDModel, enum_check, enum_field
from editorial.policy.access import ActorFacts
from editorial.policy.roles import Role, Scope


class User(AbstractUser):
    """Somebody who works here. What they may do follows from their memberships alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("e-mail address", help_text="Where notices are sent.")
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        help_text="IANA name, such as Europe/London; times in mail are shown in it.",
    )

    # Of the token that they came by in this request; None: they came by none, and nothing is bounded.
    scopes: frozenset[Scope] | None = None

    def facts(self) -> ActorFacts:
        """What `policy.access` needs to know of a person. Read afresh: a role taken away stops at once."""
        return ActorFacts(
            id=str(self.pk),
            active=self.is_active,
            scopes=self.scopes,
            memberships=frozenset(
                (Role(role), str(desk) if desk else None) for role, desk in self.memberships.values_list("role", "desk")
            ),
        )


class Desk(UUIDModel):
    """A part of the newsroom that owns stories and claims: politics, city, investigations."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(unique=True, help_text="Short name used in addresses.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(UUIDModel):
    """A role that a person has at one desk, or – without a desk – in the whole house."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    desk = models.ForeignKey(
        Desk, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships",
        help_text="Empty: the role holds at every desk.",
    )  # fmt: skip
    role = enum_field(Role, help_text="What this person may do there (docs/roles.md).")

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
