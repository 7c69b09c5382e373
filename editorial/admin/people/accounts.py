"""Accounts: tokens, second factor, password; for administrators also those of others, and the sign-in log."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import badge
from editorial.admin.people import account_forms as forms
from editorial.models import SecondFactor, SignIn, Token
from editorial.models.encryption import EncryptionError
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.people import second_factors, tokens, users


def _self_service(action: Action) -> Any:
    """Whether the user may do this to their own account."""

    def allowed(actor: ActorFacts) -> Decision:
        return access.may(actor, action, SubjectFacts(owners=frozenset({actor.id})))

    return allowed


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    """API tokens."""

    buttons = (
        ActionButton(
            action=Action.TOKEN_REVOKE,
            handler=tokens.revoke,
            pk_kwarg="token_id",
            label="Revoke",
            icon="key_off",
            tone="danger",
            success_message="Revoked. The token is invalid now.",
            available=lambda row: Decision(row.revoked_at is None and row.expires_at > timezone.now()),
        ),
    )
    list_buttons = (
        ActionButton(
            action=Action.TOKEN_ISSUE,
            handler=tokens.issue,
            form=forms.TokenIssueForm,
            label="Issue a token",
            icon="key",
            tone="primary",
            allowed_without_row=_self_service(Action.TOKEN_ISSUE),
            result_template="editorial/people/token_issued.html",
        ),
    )
    list_display = (
        columns.user_name("user", "User"),
        "label",
        "good_for",
        "state",
        columns.time_since("last_used_at", "Last used"),
        columns.time_since("issued_at", "Issued"),
    )
    list_select_related = ("user",)
    search_fields = ("label", "user__username", "user__last_name")
    ordering = ("-id",)
    detail_fields = (
        "user",
        "label",
        "good_for",
        "state",
        "issued_by",
        "issued_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )

    @admin.display(description="Scopes")
    def good_for(self, row: Token) -> str:
        return ", ".join(row.scopes)

    @admin.display(description="State")
    def state(self, row: Token) -> SafeString:
        """Whether it is valid."""
        if row.revoked_at:
            return badge("withdrawn", "revoked")
        return badge("verified", "works") if row.expires_at > timezone.now() else badge("withdrawn", "expired")


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin):
    """Second factors."""

    detail_template = "editorial/people/second_factor.html"
    buttons = (
        ActionButton(
            action=Action.SECOND_FACTOR_CONFIRM,
            handler=second_factors.confirm,
            pk_kwarg="factor_id",
            form=forms.SecondFactorCodeForm,
            label="Confirm code",
            icon="qr_code_2",
            tone="primary",
            available=lambda row: Decision(row.confirmed_at is None),
            result_template="editorial/people/recovery_codes.html",
        ),
        ActionButton(
            action=Action.SECOND_FACTOR_REGENERATE_CODES,
            handler=second_factors.regenerate_codes,
            pk_kwarg="factor_id",
            form=forms.SecondFactorCodeForm,
            label="Regenerate codes",
            icon="password",
            available=lambda row: Decision(row.confirmed_at is not None),
            result_template="editorial/people/recovery_codes.html",
        ),
        ActionButton(
            action=Action.SECOND_FACTOR_REMOVE,
            handler=second_factors.remove,
            pk_kwarg="factor_id",
            form=forms.SecondFactorRemoveForm,
            label="Remove 2FA",
            icon="no_encryption",
            tone="danger",
            success_message="Removed. The password alone is enough again.",
            redirect_to=lambda row, person: None,
        ),
    )
    list_buttons = (
        ActionButton(
            action=Action.SECOND_FACTOR_ENROLL,
            handler=second_factors.enroll,
            label="Set up a second factor",
            icon="phonelink_lock",
            tone="primary",
            allowed_without_row=_self_service(Action.SECOND_FACTOR_ENROLL),
            success_message="Now scan the QR code with your app and confirm it.",
            redirect_to=lambda row, factor: factor,
        ),
        ActionButton(
            action=Action.USER_CHANGE_PASSWORD,
            handler=users.change_password,
            form=forms.PasswordChangeForm,
            label="Change my password",
            icon="password",
            allowed_without_row=_self_service(Action.USER_CHANGE_PASSWORD),
            success_message="Changed. Log in with the new password.",
        ),
    )
    list_display = (columns.user_name("user", "User"), "state", columns.time_since("confirmed_at", "Since"))
    list_select_related = ("user",)
    ordering = ("user__username",)

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Model | None) -> dict[str, Any]:
        """The QR code next to the first confirmation, for the owner only."""
        owner = isinstance(row, SecondFactor) and row.user_id == request_user.current_user(request).pk
        if button.action is not Action.SECOND_FACTOR_CONFIRM or not owner or row.confirmed_at:  # type: ignore[union-attr]
            return super().get_context_panel(request, button, row)
        try:
            address = second_factors.provisioning_uri(row)  # type: ignore[arg-type]
        except EncryptionError:  # the secret's key is gone, or its row was altered: enrolment has to start again
            return super().get_context_panel(request, button, row)
        picture = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
        by_hand = address.split("secret=")[1].split("&")[0]
        return {"template": "editorial/people/qr_code_panel.html", "qr": mark_safe(picture), "manual_key": by_hand}  # noqa: S308

    @admin.display(description="State")
    def state(self, row: SecondFactor) -> SafeString:
        """Whether it is confirmed."""
        return badge("verified", "set up") if row.confirmed_at else badge("pending", "not confirmed yet")

    def get_page_context(self, request: HttpRequest, row: SecondFactor) -> dict[str, Any]:
        """The number of recovery codes left."""
        left = row.recovery_codes.filter(used_at=None).count()
        return super().get_page_context(request, row) | {"left": left}


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """Successful and failed sign-ins. Unknown user names are not stored: people mistype passwords there."""

    required_role = Role.ADMIN
    list_display = (
        columns.time_since("at", "When"), "interface", "address", columns.choice("outcome", "Result"),
        columns.user_name("user", "Who"),
    )  # fmt: skip
    list_filter = ("outcome", "interface")
    list_select_related = ("user",)
    ordering = ("-at",)
    detail_fields = ("at", "interface", "address", "outcome", "user")
