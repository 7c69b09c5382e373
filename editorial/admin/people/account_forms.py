"""Forms of the actions on tokens, second factors and passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectMultipleWidget, UnfoldAdminSelectWidget

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import ModelSelectField, ReasonField, TextField, default_label
from editorial.admin.people.user_forms import NewPasswordField
from editorial.models import SecondFactor, User
from editorial.policy.roles import Role, Scope

_TOKEN_LIFETIMES = {"10 hours": timedelta(hours=10), "a week": timedelta(days=7), "30 days": timedelta(days=30)} | {
    "90 days": timedelta(days=90),
    "a year": timedelta(days=365),
}
_SCOPE_DESCRIPTIONS = {
    Scope.READ: "read: everything its holder may see (every token)",
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
        choices=[(scope.value, words) for scope, words in _SCOPE_DESCRIPTIONS.items()],
        initial=[Scope.READ.value],
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": len(_SCOPE_DESCRIPTIONS)}),
        help_text="As few as it needs.",
    )
    ttl = forms.ChoiceField(label="Valid for", widget=UnfoldAdminSelectWidget())

    def prepare(self) -> None:
        """Administrators for all desks may choose the owner; others issue tokens for themselves."""
        keeps_accounts = (Role.ADMIN, None) in self.actor.facts().memberships
        people = User.objects.filter(is_active=True).order_by("username")
        self.set_choices("user_id", people if keeps_accounts else people.filter(pk=self.actor.pk), default_label)
        self.initial.setdefault("user_id", self.actor.pk)
        lasts: Any = self.fields["ttl"]
        offered = [words for words, span in _TOKEN_LIFETIMES.items() if span <= settings.TOKEN_MAX_TTL]
        lasts.choices = [(words, words) for words in offered]
        lasts.initial = "30 days" if "30 days" in offered else offered[0]

    def action_kwargs(self) -> dict[str, Any]:
        """The lifetime as a timedelta."""
        found = super().action_kwargs()
        return found | {"ttl": _TOKEN_LIFETIMES[found["ttl"]]}


class SecondFactorCodeForm(ActionForm):
    """A current code of the app."""

    code = TextField("Code", max_length=40, help_text="The six digits that your app currently shows.")

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric"}


class SecondFactorRemoveForm(ActionForm):
    """A code for one's own factor, a reason for another user's."""

    code = TextField("Code", max_length=40, required=False, help_text="From your app, or a recovery code.")
    reason = ReasonField("How you verified who asked you", required=False)

    def prepare(self) -> None:
        """Show only the field that applies."""
        own = isinstance(self.row, SecondFactor) and self.row.user_id == self.actor.pk
        del self.fields["reason" if own else "code"]


class PasswordChangeForm(ActionForm):
    """The old and the new password."""

    old = forms.CharField(
        label="Current password",
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    new = NewPasswordField("New password", help_text="At least twelve characters. Ends all your sessions and tokens.")
