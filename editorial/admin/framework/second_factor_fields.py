"""A second factor in a form: a code, or a passkey in the panel beside it (static/editorial/passkeys.js)."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import HttpRequest

from editorial.admin.framework import request_user
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import TextField
from editorial.models import db_clock
from editorial.policy.people.passkeys import MAX_RESPONSE_LENGTH
from editorial.workflow.people import factor_status, webauthn


class _EmptyHiddenInput(forms.HiddenInput):
    """A hidden input that is never refilled: a response is valid only once."""

    def format_value(self, value: Any) -> None:
        """Return no value."""


class PasskeyResponseField(forms.CharField):
    """The browser's WebAuthn response, filled in by the script."""

    widget = _EmptyHiddenInput

    def __init__(self) -> None:
        super().__init__(max_length=MAX_RESPONSE_LENGTH, required=False)


class CodeField(TextField):
    """A one-time code, which phones can fill in."""

    def __init__(self, *, help_text: str = "From your app, or a recovery code.", **options: Any) -> None:
        super().__init__("Code", max_length=40, help_text=help_text, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"autocomplete": "one-time-code", "spellcheck": "false"}


class ProofForm(ActionForm):
    """A form that requires the user's second factor, if they have one."""

    code = CodeField(required=False)
    assertion = PasskeyResponseField()

    registers_passkey = False

    def prepare(self) -> None:
        """Users without an app have no code to enter."""
        if not factor_status.has_app(self.actor):
            self.fields.pop("code", None)


def panel(request: HttpRequest, form: type[ActionForm]) -> dict[str, Any]:
    """The passkey panel beside such a form: what the browser needs to use or create a passkey."""
    if not issubclass(form, ProofForm):
        return {}
    user, now = request_user.current_user(request), db_clock.now()
    proof = webauthn.proof_options(actor=user, now=now)
    creation = webauthn.registration_options(actor=user, now=now) if form.registers_passkey else None
    if proof is None and creation is None:
        return {}
    return {
        "template": "editorial/people/passkey_panel.html",
        "proof": json.dumps(proof) if proof else "",
        "creation": json.dumps(creation) if creation else "",
    }
