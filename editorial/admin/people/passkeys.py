"""Passkeys: register, rename, remove. Administrators can also remove those of others."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import ReasonField, TextField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.second_factor_fields import PasskeyResponseField, ProofForm
from editorial.admin.people.account_changes import success_message
from editorial.models import AccountChange, Passkey
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.people import passkeys


class PasskeyRegisterForm(ProofForm):
    name = TextField("Name", max_length=80, help_text="A name to recognise it by, such as “blue security key”.")
    credential = PasskeyResponseField()

    field_order = ("name", "code")
    registers_passkey = True


class PasskeyRenameForm(ActionForm):
    name = TextField("Name", max_length=80)

    @classmethod
    def initial_for_row(cls, row: Passkey) -> dict[str, Any]:
        return {"name": row.name}


class FactorRemoveForm(ProofForm):
    """A fresh second factor for one's own passkey or app, a reason for another user's."""

    reason = ReasonField("How you verified the person's identity", required=False)

    def prepare(self) -> None:
        """Show only the fields that apply."""
        super().prepare()
        is_own = self.row is not None and self.row.user_id == self.actor.pk
        for name in ("reason",) if is_own else ("code", "assertion"):
            self.fields.pop(name, None)


def _may_register(actor: ActorFacts) -> Decision:
    return access.may(actor, Action.PASSKEY_REGISTER, SubjectFacts(owners=frozenset({actor.id})))


REGISTER = ActionButton(
    action=Action.PASSKEY_REGISTER,
    handler=passkeys.register,
    form=PasskeyRegisterForm,
    label="Register a passkey",
    icon="passkey",
    tone="primary",
    allowed_without_row=_may_register,
    success_message="Registered. From now on, signing in requires it or another second factor of yours.",
    redirect_to=lambda row, passkey: passkey,
)


@admin.register(Passkey)
class PasskeyAdmin(ReadOnlyAdmin):
    buttons = (
        ActionButton(
            action=Action.PASSKEY_RENAME,
            handler=passkeys.rename,
            pk_kwarg="passkey_id",
            form=PasskeyRenameForm,
            label="Rename",
            icon="edit",
            success_message="Renamed.",
        ),
        ActionButton(
            action=Action.PASSKEY_REMOVE,
            handler=passkeys.remove,
            pk_kwarg="passkey_id",
            form=FactorRemoveForm,
            label="Remove",
            icon="key_off",
            tone="danger",
            success_message=success_message("Removed. It can no longer be used."),
            redirect_to=lambda row, result: result if isinstance(result, AccountChange) else None,
        ),
    )
    list_buttons = (REGISTER,)
    list_display = (
        "name",
        columns.user_name("user", "User"),
        columns.time_since("registered_at", "Registered"),
        columns.time_since("last_used_at", "Last used"),
    )
    select_related = ("user",)
    search_fields = ("name", "user__username", "user__last_name")
    ordering = ("user__username", "registered_at")
    detail_fields = ("name", "user", "registered_at", "last_used_at")
