"""Accounts: tokens, second factor, password; for administrators also those of others, and the sign-in log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminSelectWidget

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import ActionButton, create_button
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import ModelSelectField, PasswordField, TextField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.second_factor_fields import CodeField, ProofForm
from editorial.admin.framework.tags import badge
from editorial.admin.people.account_changes import success_message
from editorial.admin.people.passkeys import REGISTER, FactorRemoveForm
from editorial.models import AccountChange, SecondFactor, SignIn, Token, User
from editorial.models.encryption import EncryptionError
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.roles import Role, Scope
from editorial.workflow.people import factor_codes, second_factors, tokens, users

_TOKEN_LIFETIMES = {
    "10 hours": timedelta(hours=10),
    "a week": timedelta(days=7),
    "30 days": timedelta(days=30),
    "90 days": timedelta(days=90),
    "a year": timedelta(days=365),
}
_SCOPE_DESCRIPTIONS = {
    Scope.READ: "read: everything its owner may see (every token)",
    Scope.FILE: "file: stories, claims, sources, statements, exhibits, requests for comment",
    Scope.REVIEW: "review: take and finish tasks, rate, authenticate, merge, drop, confirm conditions",
    Scope.SIGN: "sign: propose and approve findings, clear, publish, correct, vouch, reveal identities",
    Scope.MANAGE: "manage: tokens, users, desks, webhooks",
}


class TokenIssueForm(ActionForm):
    """The owner, purpose, scopes and lifetime of a token."""

    user_id = ModelSelectField(
        "For", help_text="The user it acts for. A token for another user can neither sign nor manage."
    )
    label = TextField("Purpose", max_length=80, help_text="To identify it later, such as: CMS plug-in.")
    scopes = forms.MultipleChoiceField(
        label="Scopes",
        choices=[(scope.value, description) for scope, description in _SCOPE_DESCRIPTIONS.items()],
        initial=[Scope.READ.value],
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": len(_SCOPE_DESCRIPTIONS)}),
        help_text="As few as it needs.",
    )
    ttl = forms.ChoiceField(label="Valid for", widget=UnfoldAdminSelectWidget())

    def prepare(self) -> None:
        """Administrators for all desks may choose the owner; others issue tokens for themselves."""
        is_admin = (Role.ADMIN, None) in self.actor.facts().memberships
        users = User.objects.filter(is_active=True).order_by("username")
        self.set_choices("user_id", users if is_admin else users.filter(pk=self.actor.pk))
        self.initial.setdefault("user_id", self.actor.pk)
        ttl: Any = self.fields["ttl"]
        labels = [label for label, lifetime in _TOKEN_LIFETIMES.items() if lifetime <= settings.TOKEN_MAX_TTL]
        ttl.choices = [(label, label) for label in labels]
        ttl.initial = "30 days" if "30 days" in labels else labels[0]

    def action_kwargs(self) -> dict[str, Any]:
        kwargs = super().action_kwargs()
        return kwargs | {"ttl": _TOKEN_LIFETIMES[kwargs["ttl"]]}


class SecondFactorConfirmForm(ActionForm):
    code = CodeField(help_text="The six digits that your app currently shows.")


class EnrollForm(ProofForm):
    """A passkey, if the user has one. No code: a user with an app sets up no other."""

    code = None  # type: ignore[assignment]


class PasswordChangeForm(ActionForm):
    old = PasswordField("Current password", autocomplete="current-password")
    new = PasswordField("New password", help_text="At least twelve characters. Ends all your sessions and tokens.")


def _self_service(action: Action) -> Any:
    """Whether the user may do this to their own account."""

    def allowed(actor: ActorFacts) -> Decision:
        return access.may(actor, action, SubjectFacts(owners=frozenset({actor.id})))

    return allowed


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
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
            form=TokenIssueForm,
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
        "scope_names",
        "state",
        columns.time_since("last_used_at", "Last used"),
        columns.time_since("issued_at", "Issued"),
    )
    select_related = ("user",)
    search_fields = ("label", "user__username", "user__last_name")
    detail_fields = (
        "user", "label", "scope_names", "state", "issued_by", "issued_at", "last_used_at", "expires_at", "revoked_at",
    )  # fmt: skip

    @admin.display(description="Scopes")
    def scope_names(self, row: Token) -> str:
        return ", ".join(row.scopes)

    @admin.display(description="State")
    def state(self, row: Token) -> SafeString:
        if row.revoked_at:
            return badge("withdrawn", "revoked")
        return badge("verified", "valid") if row.expires_at > timezone.now() else badge("withdrawn", "expired")


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin):
    detail_template = "editorial/people/second_factor.html"
    buttons = (
        ActionButton(
            action=Action.SECOND_FACTOR_CONFIRM,
            handler=second_factors.confirm,
            pk_kwarg="factor_id",
            form=SecondFactorConfirmForm,
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
            form=ProofForm,
            label="Regenerate codes",
            icon="password",
            available=lambda row: Decision(row.confirmed_at is not None),
            result_template="editorial/people/recovery_codes.html",
        ),
        ActionButton(
            action=Action.SECOND_FACTOR_REMOVE,
            handler=second_factors.remove,
            pk_kwarg="factor_id",
            form=FactorRemoveForm,
            label="Remove 2FA",
            icon="no_encryption",
            tone="danger",
            success_message=success_message("Removed. Its codes and recovery codes no longer work."),
            redirect_to=lambda row, result: result if isinstance(result, AccountChange) else None,
        ),
    )
    list_buttons = (
        create_button(
            action=Action.SECOND_FACTOR_ENROLL,
            handler=second_factors.enroll,
            form=EnrollForm,
            label="Set up a second factor",
            icon="phonelink_lock",
            allowed_without_row=_self_service(Action.SECOND_FACTOR_ENROLL),
            success_message="Now scan the QR code with your app and confirm it.",
        ),
        replace(REGISTER, tone="plain"),
        ActionButton(
            action=Action.USER_CHANGE_PASSWORD,
            handler=users.change_password,
            form=PasswordChangeForm,
            label="Change my password",
            icon="password",
            allowed_without_row=_self_service(Action.USER_CHANGE_PASSWORD),
            success_message="Changed. Sign in with the new password.",
        ),
    )
    list_display = (columns.user_name("user", "User"), "state", columns.time_since("confirmed_at", "Since"))
    select_related = ("user",)
    ordering = ("user__username",)

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """The QR code next to the first confirmation, for the owner only."""
        if button.action is not Action.SECOND_FACTOR_CONFIRM or row is None or row.confirmed_at:
            return super().get_context_panel(request, button, row)
        if row.user_id != request_user.current_user(request).pk:
            return {}
        try:
            uri = factor_codes.provisioning_uri(row)
        except EncryptionError:  # the secret's key is gone, or its row was altered: setting it up has to start again
            return {}
        qr_code = segno.make(uri, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
        key = uri.split("secret=")[1].split("&")[0]
        return {"template": "editorial/people/qr_code_panel.html", "qr_code": mark_safe(qr_code), "manual_key": key}  # noqa: S308

    @admin.display(description="State")
    def state(self, row: SecondFactor) -> SafeString:
        return badge("verified", "set up") if row.confirmed_at else badge("pending", "not confirmed yet")

    def get_page_context(self, request: HttpRequest, row: SecondFactor) -> dict[str, Any]:
        unused = row.recovery_codes.filter(used_at=None).count()
        return super().get_page_context(request, row) | {"unused_code_count": unused}


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """Successful and failed sign-ins. Unknown usernames are not stored: people mistype passwords there."""

    required_role = Role.ADMIN
    list_display = (
        columns.time_since("at", "When"), "interface", "address", columns.choice("outcome", "Result"),
        columns.user_name("user", "User"),
    )  # fmt: skip
    list_filter = ("outcome", "interface")
    select_related = ("user",)
    ordering = ("-at",)
    detail_fields = ("at", "interface", "address", "outcome", "user")
