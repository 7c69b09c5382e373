"""What the verbs on tokens, second factors and passwords ask for."""

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
    Scope.READ: "read what its holder may see (every token can)",
    Scope.FILE: "file: stories, claims, sources, statements, exhibits, requests for a reply",
    Scope.REVIEW: "review: take and finish tasks, rate, authenticate, merge, drop, tick",
    Scope.SIGN: "sign: propose and approve findings, clear, publish, correct, vouch, look into the vault",
    Scope.MANAGE: "manage: tokens, people, desks, webhooks",
}


class TokenIssueForm(ActionForm):
    """For whom, what for and for how long."""

    user_id = ModelSelectField("For", help_text="Whom it acts for. One for somebody else can neither sign nor manage.")
    label = TextField("What for", max_length=80, help_text="To know it by later, such as: CMS plug-in.")
    scopes = forms.MultipleChoiceField(
        label="Scopes",
        choices=[(scope.value, words) for scope, words in _SCOPE_DESCRIPTIONS.items()],
        initial=[Scope.READ.value],
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": len(_SCOPE_DESCRIPTIONS)}),
        help_text="As little as it needs.",
    )
    ttl = forms.ChoiceField(label="Valid for", widget=UnfoldAdminSelectWidget())

    def prepare(self) -> None:
        """Administrators of the whole house choose for whom; everybody else gets one for themselves."""
        keeps_accounts = (Role.ADMIN, None) in self.actor.facts().memberships
        people = User.objects.filter(is_active=True).order_by("username")
        self.set_choices("user_id", people if keeps_accounts else people.filter(pk=self.actor.pk), default_label)
        self.initial.setdefault("user_id", self.actor.pk)
        lasts: Any = self.fields["ttl"]
        offered = [words for words, span in _TOKEN_LIFETIMES.items() if span <= settings.TOKEN_MAX_TTL]
        lasts.choices = [(words, words) for words in offered]
        lasts.initial = "30 days" if "30 days" in offered else offered[0]

    def action_kwargs(self) -> dict[str, Any]:
        """How long, as a length of time."""
        found = super().action_kwargs()
        return found | {"ttl": _TOKEN_LIFETIMES[found["ttl"]]}


class SecondFactorCodeForm(ActionForm):
    """A code that the app shows now."""

    code = TextField("Code", max_length=40, help_text="The six digits that your app shows now.")

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric"}


class SecondFactorRemoveForm(ActionForm):
    """One's own by a code, somebody else's with a reason."""

    code = TextField("Code", max_length=40, required=False, help_text="That your app shows now, or a recovery code.")
    reason = ReasonField("How you know who asked you", required=False)

    def prepare(self) -> None:
        """Ask for what this factor takes."""
        own = isinstance(self.row, SecondFactor) and self.row.user_id == self.actor.pk
        del self.fields["reason" if own else "code"]


class PasswordChangeForm(ActionForm):
    """The old one and the new one."""

    old = forms.CharField(
        label="Your password",
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    new = NewPasswordField(
        "New password", help_text="At least twelve characters. All your sessions and tokens end with it."
    )
