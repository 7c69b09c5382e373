"""One's own account: tokens, the second factor and the password; for administrators, those of others and who tried."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.framework.tags import badge
from editorial.admin.people import account_forms as forms
from editorial.models import SecondFactor, SignIn, Token
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision, Role, SubjectFacts, Verb
from editorial.workflow.people import second_factors, tokens, users


def _on_oneself(verb: Verb) -> Any:
    """Whether somebody may do this to their own account."""

    def allowed(actor: ActorFacts) -> Decision:
        return access.may(actor, verb, SubjectFacts(owners=frozenset({actor.id})))

    return allowed


@admin.register(Token)
class TokenAdmin(Page):
    """What programs come with."""

    buttons = (
        VerbButton(
            verb=Verb.TOKEN_REVOKE,
            call=tokens.revoke,
            row_as="token_id",
            label="Revoke",
            icon="key_off",
            tone="danger",
            done="Revoked. It works no longer.",
            stands=lambda row: Decision(row.revoked_at is None and row.expires_at > timezone.now()),
        ),
    )
    list_buttons = (
        VerbButton(
            verb=Verb.TOKEN_ISSUE,
            call=tokens.issue,
            form=forms.IssueToken,
            label="Issue a token",
            icon="key",
            tone="primary",
            anywhere=_on_oneself(Verb.TOKEN_ISSUE),
            shows="editorial/people/token_issued.html",
        ),
    )
    list_display = (
        columns.person("user", "Acts for"), "label", "good_for", "state", columns.since("last_used_at", "Last used"),
        columns.since("issued_at", "Issued"),
    )  # fmt: skip
    list_select_related = ("user",)
    search_fields = ("label", "user__username", "user__last_name")
    ordering = ("-id",)
    shown = ("user", "label", "good_for", "state", "issued_by", "issued_at", "last_used_at", "expires_at", "revoked_at")

    @admin.display(description="Good for")
    def good_for(self, row: Token) -> str:
        """Its scopes."""
        return ", ".join(row.scopes)

    @admin.display(description="State")
    def state(self, row: Token) -> SafeString:
        """Whether it works."""
        if row.revoked_at:
            return badge("withdrawn", "revoked")
        return badge("verified", "works") if row.expires_at > timezone.now() else badge("withdrawn", "expired")


@admin.register(SecondFactor)
class SecondFactorAdmin(Page):
    """What people sign in by, beside a password."""

    page_template = "editorial/people/second_factor.html"
    buttons = (
        VerbButton(
            verb=Verb.FACTOR_CONFIRM,
            call=second_factors.confirm,
            row_as="factor_id",
            form=forms.Code,
            label="Confirm it by a code",
            icon="qr_code_2",
            tone="primary",
            stands=lambda row: Decision(row.confirmed_at is None),
            shows="editorial/people/recovery_codes.html",
        ),
        VerbButton(
            verb=Verb.FACTOR_RENEW,
            call=second_factors.renew,
            row_as="factor_id",
            form=forms.Code,
            label="New recovery codes",
            icon="password",
            stands=lambda row: Decision(row.confirmed_at is not None),
            shows="editorial/people/recovery_codes.html",
        ),
        VerbButton(
            verb=Verb.FACTOR_RESET,
            call=second_factors.reset,
            row_as="factor_id",
            form=forms.Reset,
            label="Take it away",
            icon="no_encryption",
            tone="danger",
            done="Taken away. The password alone lets in again.",
            lands=lambda row, person: None,
        ),
    )
    list_buttons = (
        VerbButton(
            verb=Verb.FACTOR_BEGIN,
            call=second_factors.begin,
            label="Set up a second factor",
            icon="phonelink_lock",
            tone="primary",
            anywhere=_on_oneself(Verb.FACTOR_BEGIN),
            done="Now take up the code with your app, and confirm it.",
            lands=lambda row, factor: factor,
        ),
        VerbButton(
            verb=Verb.PERSON_CHANGE_PASSWORD,
            call=users.change_password,
            form=forms.ChangePassword,
            label="Change my password",
            icon="password",
            anywhere=_on_oneself(Verb.PERSON_CHANGE_PASSWORD),
            done="Changed. Log in with the new one.",
        ),
    )
    list_display = (columns.person("user", "Whose"), "state", columns.since("confirmed_at", "Since"))
    list_select_related = ("user",)
    ordering = ("user__username",)

    def beside(self, request: HttpRequest, button: VerbButton, row: Model | None) -> dict[str, Any]:
        """The QR code, beside the question for a first code, for its owner alone."""
        owner = isinstance(row, SecondFactor) and row.user_id == request_user.person(request).pk
        if button.verb is not Verb.FACTOR_CONFIRM or not owner or row.confirmed_at:  # type: ignore[union-attr]
            return super().beside(request, button, row)
        address = second_factors.address(row)  # type: ignore[arg-type]
        picture = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
        by_hand = address.split("secret=")[1].split("&")[0]
        return {"template": "editorial/people/qr_code_panel.html", "qr": mark_safe(picture), "by_hand": by_hand}  # noqa: S308

    @admin.display(description="State")
    def state(self, row: SecondFactor) -> SafeString:
        """Whether it is asked for."""
        return badge("verified", "set up") if row.confirmed_at else badge("pending", "not confirmed yet")

    def fill(self, request: HttpRequest, row: SecondFactor) -> dict[str, Any]:
        """How many recovery codes are left."""
        left = row.recovery_codes.filter(used_at=None).count()
        return super().fill(request, row) | {"left": left}


@admin.register(SignIn)
class SignInAdmin(Page):
    """Who came in, and who tried. Names that were typed are not kept: people type passwords there."""

    only_for = Role.ADMIN
    list_display = (
        columns.since("at", "When"), "door", "address", columns.word("outcome", "What became of it"),
        columns.person("user", "Who"),
    )  # fmt: skip
    list_filter = ("outcome", "door")
    list_select_related = ("user",)
    ordering = ("-at",)
    shown = ("at", "door", "address", "outcome", "user")
