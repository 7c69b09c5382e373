"""Changes to protected accounts: approve, cancel, break glass."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, fields, labels
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.second_factor_fields import ProofForm
from editorial.admin.framework.tags import badge
from editorial.models import AccountChange
from editorial.policy.access import ActorFacts, Decision
from editorial.policy.actions import Action
from editorial.policy.people import account_changes as policy
from editorial.policy.people.account_changes import AccountChangeState
from editorial.workflow.people import account_changes

_TONES = {
    AccountChangeState.REQUESTED: "pending",
    AccountChangeState.APPROVED: "scheduled",
    AccountChangeState.CARRIED_OUT: "verified",
}


class AccountCancelForm(ActionForm):
    reason = fields.ReasonField("Reason", required=False)


class AccountBreakGlassForm(ProofForm):
    reason = fields.ReasonField("Why this cannot wait for a second administrator")

    field_order = ("reason", "code")


def success_message(done: str) -> Any:
    """The message after a change: what was done, or that it awaits a second administrator."""

    def message(result: Any) -> str:
        requested = "Requested. A second administrator must approve it. The account's owner is notified."
        return requested if isinstance(result, AccountChange) else done

    return message


def _is_open(row: AccountChange) -> Decision:
    return Decision(row.state in policy.OPEN_STATES)


def _denies_approval(actor: ActorFacts, row: AccountChange) -> str | None:
    denial = policy.denial_of_approval(row.facts(), actor.id, timezone.now())
    return policy.DENIALS[denial] if denial else None


_change_action = partial(ActionButton, pk_kwarg="change_id", available=_is_open)


@admin.register(AccountChange)
class AccountChangeAdmin(ReadOnlyAdmin):
    """Changes to accounts that can open the vault, sign or publish, newest first."""

    buttons = (
        _change_action(
            action=Action.ACCOUNT_APPROVE_CHANGE,
            handler=account_changes.approve,
            form=ProofForm,
            label="Approve",
            icon="how_to_reg",
            tone="primary",
            success_message=lambda change: f"Approved. It takes effect on {labels.timestamp(change.effective_at)}.",
            available=lambda row: Decision(
                row.state == AccountChangeState.REQUESTED and not policy.has_expired(row.facts(), timezone.now())
            ),
            denies=_denies_approval,
        ),
        _change_action(
            action=Action.ACCOUNT_CANCEL_CHANGE,
            handler=account_changes.cancel,
            form=AccountCancelForm,
            label="Cancel change",
            icon="cancel",
            success_message="Cancelled. It will not take effect.",
        ),
        _change_action(
            action=Action.ACCOUNT_BREAK_GLASS,
            handler=account_changes.break_glass,
            form=AccountBreakGlassForm,
            label="Break glass",
            icon="e911_emergency",
            tone="danger",
            help_text="Makes the change now, without a second administrator. It alerts the account's owner and all "
            "custodians, standards editors and administrators.",
            success_message="Change made. Everyone concerned has been alerted.",
            available=lambda row: Decision(policy.denial_of_break_glass(row.facts(), timezone.now()) is None),
        ),
    )
    list_display = (
        columns.user_name("user", "Account"),
        "change",
        "granted_role",
        "progress",
        columns.user_name("requested_by", "Requested by"),
        columns.time_since("requested_at", "Requested"),
        columns.time_since("effective_at", "Takes effect"),
    )
    list_filter = ("state", "kind")
    select_related = ("user", "desk", "requested_by", "approved_by", "forced_by")
    search_fields = ("user__username", "user__last_name")
    ordering = ("-requested_at",)
    detail_fields = (
        "user", "kind", "granted_role", "email", "progress", "reason", "requested_by", "requested_at", "expires_at",
        "approved_by", "approved_at", "effective_at", "forced_by", "ended_at",
    )  # fmt: skip

    detail_template = "editorial/people/account_change.html"

    def get_page_context(self, request: HttpRequest, row: AccountChange) -> dict[str, Any]:
        expired = policy.has_expired(row.facts(), timezone.now())
        delay = labels.format_duration(settings.ACCOUNT_CHANGE_DELAY)
        return super().get_page_context(request, row) | {"expired": expired, "delay": delay}

    @admin.display(description="Change", ordering="kind")
    def change(self, row: AccountChange) -> str:
        return row.get_kind_display()

    @admin.display(description="Role")
    def granted_role(self, row: AccountChange) -> str:
        """The role and its desk."""
        return f"{row.get_role_display()} at {row.desk or 'all desks'}" if row.role else ""

    @admin.display(description="State", ordering="state")
    def progress(self, row: AccountChange) -> SafeString:
        if row.forced_by_id:
            return badge("refused", "made without approval")
        return badge(_TONES.get(AccountChangeState(row.state), "withdrawn"), row.get_state_display().lower())
