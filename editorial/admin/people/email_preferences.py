"""When notifications are emailed: the user's choices, the defaults of their desks, and quiet hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminTextInputWidget

from editorial.admin.framework import fields
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, DeskActionForm
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import EmailPreference, EmailTiming
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.roles import NotificationKind
from editorial.workflow.people import email_preferences


def _kind_field() -> fields.ChoiceField:
    return fields.ChoiceField("Notifications", [kind for kind in NotificationKind if not kind.mandatory])


class EmailPreferenceForm(ActionForm):
    """When to get email about one kind of notification."""

    kind = _kind_field()
    timing = fields.ChoiceField("Email", EmailTiming)


class DeskDefaultForm(DeskActionForm):
    """What the members of a desk get who have not chosen."""

    action = Action.EMAIL_PREFERENCE_SET

    kind = _kind_field()
    timing = fields.ChoiceField("Email", EmailTiming)


class QuietHoursForm(ActionForm):
    """Hours of the day in the user's time zone."""

    starts_at = forms.TimeField(label="From", required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "time"}))
    ends_at = forms.TimeField(
        label="To",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "time"}),
        help_text="Leave both empty to have no quiet hours.",
    )


_ANYBODY: dict[str, Any] = {
    "allowed_without_row": lambda actor: Decision(actor.active),
    "redirect_to": lambda row, result: None,
}


@admin.register(EmailPreference)
class EmailPreferenceAdmin(ReadOnlyAdmin):
    """Alerts, and what readers are owed, are always emailed immediately."""

    list_buttons = (
        ActionButton(
            action=Action.EMAIL_PREFERENCE_SET,
            handler=email_preferences.set_timing,
            form=EmailPreferenceForm,
            label="Set email timing",
            icon="tune",
            tone="primary",
            success_message="Saved.",
            **_ANYBODY,
        ),
        ActionButton(
            action=Action.QUIET_HOURS_SET,
            handler=email_preferences.set_quiet_hours,
            form=QuietHoursForm,
            label="Quiet hours",
            icon="bedtime",
            success_message="Saved.",
            **_ANYBODY,
        ),
        ActionButton(
            action=Action.EMAIL_PREFERENCE_SET,
            variant="desk",
            handler=email_preferences.set_timing,
            form=DeskDefaultForm,
            label="Desk default",
            icon="groups",
            success_message="Saved.",
            redirect_to=lambda row, result: None,
        ),
    )
    list_display = ("kind", "timing", "desk")
    select_related = ("desk",)
    ordering = ("desk", "kind")
    detail_fields = ("kind", "timing", "desk")
