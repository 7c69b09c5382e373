"""Forms of the actions on desks and users."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminPasswordWidget

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import (
    ChoiceField,
    EmailAddressField,
    ModelSelectField,
    TextField,
    TimeZoneField,
    time_zone_names,
)
from editorial.models import Desk, User
from editorial.policy.roles import Role

_ALL_DESKS = "All desks"


class NewPasswordField(forms.CharField):
    """A new password; never rendered."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        super().__init__(label=label, widget=widget, strip=False, **options)


class DeskCreateForm(ActionForm):
    name = TextField("Name", max_length=80)


class _UserFields(ActionForm):
    """The fields shared by new and existing users."""

    first_name = TextField("First name", max_length=150, required=False)
    last_name = TextField("Last name", max_length=150, required=False)
    email = EmailAddressField("E-mail", help_text="Where notices are sent.")
    time_zone = TimeZoneField(initial="UTC", help_text="Times are shown in this time zone.")

    zones = property(lambda self: time_zone_names())


class UserCreateForm(_UserFields):
    """A new account and its first role."""

    username = TextField("User name", max_length=150)
    password = NewPasswordField("First password", help_text="At least twelve characters. The user can change it.")
    role = ChoiceField("Role", Role)
    desk = ModelSelectField("At", required=False, empty_label=_ALL_DESKS)

    field_order = ("username", "first_name", "last_name", "email", "password", "role", "desk")

    def prepare(self) -> None:
        """Offer every desk."""
        self.set_choices("desk", Desk.objects.all())

    def action_kwargs(self) -> dict[str, Any]:
        """The first role as the handler expects it."""
        found = super().action_kwargs()
        found["memberships"] = [(found.pop("role"), found.pop("desk"))]
        return found


class UserUpdateForm(_UserFields):
    password = NewPasswordField("New password", required=False, help_text="Leave empty to keep the present one.")

    @classmethod
    def initial_for_row(cls, row: User) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ("first_name", "last_name", "email", "time_zone")}


class RoleGrantForm(ActionForm):
    """A role and its desk."""

    role = ChoiceField("Role", Role)
    desk_id = ModelSelectField("At", required=False, empty_label=_ALL_DESKS)

    def prepare(self) -> None:
        """Offer every desk."""
        self.set_choices("desk_id", Desk.objects.all())
