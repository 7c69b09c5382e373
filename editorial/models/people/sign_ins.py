"""Sign-in attempts: the basis of login throttling, and a record for administrators."""

from __future__ import annotations

from django.db import models

from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.models.people.users import User
from editorial.policy.people.sign_ins import SignInResult


class SignIn(UUIDModel):
    """One attempt. People type passwords into the name field, so only a keyed digest of the name is stored."""

    at = models.DateTimeField(help_text="When it was attempted.")
    interface = models.CharField(max_length=10, help_text="The interface: api, admin, oidc or reauth.")
    address = models.GenericIPAddressField(null=True, blank=True, help_text="The IP address.")
    name_digest = models.CharField(max_length=64, editable=False)
    device = models.CharField(
        max_length=32, blank=True, default="", db_default="", editable=False,
        help_text="The id of the known browser, if it was one.",
    )  # fmt: skip
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="The user, if one was identified.",
    )  # fmt: skip
    outcome = enum_field(SignInResult, help_text="The result.")

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["address", "at"], name="signin_by_address"),
            models.Index(fields=["name_digest", "at"], name="signin_by_name"),
            models.Index(fields=["at"], name="signin_by_time"),
            filter_index("signin", "outcome", "interface"),
        ]
        constraints = [enum_check("signin", "outcome", SignInResult)]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%d %B %H:%M}"
