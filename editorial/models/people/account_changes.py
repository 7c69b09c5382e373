"""Changes to accounts that can open the vault, sign or publish. A second administrator approves each one."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.people.users import Desk, User
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.people.account_changes import (
    OPEN_STATES,
    OVERSIGHT_ROLES,
    AccountChangeFacts,
    AccountChangeKind,
    AccountChangeState,
)
from editorial.policy.roles import Role

_OPEN = Q(state__in=sorted(state.value for state in OPEN_STATES))
_PASSWORD, _ROLE, _EMAIL = (
    Q(kind=kind.value) for kind in (AccountChangeKind.PASSWORD, AccountChangeKind.ROLE, AccountChangeKind.EMAIL)
)

# An approved change takes effect exactly as approved, and an ended one is final.
_FINAL = """
    IF (NEW.id, NEW.user_id, NEW.kind, NEW.role, NEW.desk_id, NEW.email, NEW.reason, NEW.requested_by_id,
            NEW.requested_at, NEW.expires_at)
        IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.kind, OLD.role, OLD.desk_id, OLD.email, OLD.reason,
            OLD.requested_by_id, OLD.requested_at, OLD.expires_at)
        OR NEW.password NOT IN ('', OLD.password)
        OR (OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id, NEW.approved_at, NEW.effective_at)
            IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at, OLD.effective_at))
        OR (OLD.ended_at IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'an account change cannot be altered' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class AccountChangeQuerySet(models.QuerySet[Any]):
    """Changes, filtered by who may see them."""

    def visible_to(self, actor: ActorFacts) -> AccountChangeQuerySet:
        """Changes to the actor's account; for organisation administrators, custodians and standards editors, all."""
        if not actor.sees_anything():
            return self.none()
        roles = {role for role, _ in actor.memberships}
        return (
            self if (Role.ADMIN, None) in actor.memberships or roles & OVERSIGHT_ROLES else self.filter(user=actor.id)
        )

    def open(self) -> AccountChangeQuerySet:
        """Changes that may still take effect."""
        return self.filter(_OPEN)


@history.track(exclude=["password"])
class AccountChange(UUIDModel):
    """A change to an account: requested, approved by a second administrator, made after a delay."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="account_changes", help_text="The owner of the account."
    )
    kind = enum_field(AccountChangeKind, help_text="The kind of change.")
    role = models.CharField(
        max_length=32,
        blank=True,
        default="",
        choices=Role.choices(),
        help_text="The role to grant; empty for other kinds.",
    )
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="The desk of the role; empty: the role holds at every desk.",
    )  # fmt: skip
    email = models.EmailField(
        "new email address", blank=True, default="", help_text="The new address; empty for other kinds."
    )
    password = models.CharField(
        max_length=128, blank=True, default="", editable=False,
        help_text="Hash of the new password, until the change has ended.",
    )  # fmt: skip
    reason = models.TextField(help_text="Why the change is needed, for the second administrator.")
    state = enum_field(
        AccountChangeState, default=AccountChangeState.REQUESTED.value, help_text="Whether it can still take effect."
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="The deadline for approval.")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True, help_text="When it takes effect, once approved.")
    forced_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="made without approval by",
        help_text="The administrator who made the change without approval.",
    )  # fmt: skip
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was made, cancelled or expired.")

    objects = AccountChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="requested"), name="accountchange_waiting"),
            models.Index(fields=["effective_at"], condition=Q(state="approved"), name="accountchange_due"),
        ]
        constraints = [
            enum_check("accountchange", "kind", AccountChangeKind),
            enum_check("accountchange", "state", AccountChangeState),
            enum_check("accountchange", "role", Role, blank=True),
            models.UniqueConstraint(
                fields=["user", "kind", "role", "desk"],
                condition=_OPEN,
                nulls_distinct=False,
                name="accountchange_one_open",
                violation_error_message="This account already has an open change of this kind.",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")) & ~Q(approved_by=F("user")),
                name="accountchange_needs_a_second_person",
                violation_error_message="Another administrator must approve your request.",
            ),
            models.CheckConstraint(
                condition=(_ROLE & ~Q(role="")) | (~_ROLE & Q(role="", desk=None)),
                name="accountchange_only_roles_have_a_role",
                violation_error_message="A role is required for this kind of change, and only for it.",
            ),
            models.CheckConstraint(
                condition=(_EMAIL & ~Q(email="")) | (~_EMAIL & Q(email="")),
                name="accountchange_only_emails_have_an_email",
                violation_error_message="An email address is required for this kind of change, and only for it.",
            ),
            models.CheckConstraint(
                condition=(_PASSWORD & _OPEN & ~Q(password="")) | (~(_PASSWORD & _OPEN) & Q(password="")),
                name="accountchange_password_while_open",
                violation_error_message="A password is required for this kind of change, and only for it.",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, effective_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, effective_at__isnull=False),
                name="accountchange_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=(_OPEN & Q(ended_at=None)) | (~_OPEN & Q(ended_at__isnull=False)),
                name="accountchange_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="requested", approved_by__isnull=False) & ~Q(state="approved", approved_by=None),
                name="accountchange_state_fits_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state="carried_out")
                | Q(forced_by__isnull=False)
                | Q(approved_by__isnull=False, ended_at__gte=F("effective_at")),
                name="accountchange_approved_and_delayed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="accountchange_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="accountchange_final", operation=pgtrigger.Update, when=pgtrigger.Before, func=_FINAL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.user.get_full_name() or self.user.get_username()}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: no desk; the owner is the account's."""
        return SubjectFacts(owners=frozenset({str(self.user_id)}), private=True, readers=OVERSIGHT_ROLES)

    def facts(self) -> AccountChangeFacts:
        """Facts for `policy.people.account_changes`."""
        return AccountChangeFacts(
            kind=AccountChangeKind(self.kind),
            user=str(self.user_id),
            requested_by=str(self.requested_by_id),
            state=AccountChangeState(self.state),
            expires_at=self.expires_at,
            effective_at=self.effective_at,
        )
