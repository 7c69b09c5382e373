"""What the verbs on desks and people ask for."""

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
    """Typed once, never shown."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        super().__init__(label=label, widget=widget, strip=False, **options)


class DeskCreateForm(ActionForm):
    """A desk's name."""

    name = TextField("Name", max_length=80)


class _UserFields(ActionForm):
    """Who somebody is."""

    first_name = TextField("First name", max_length=150, required=False)
    last_name = TextField("Last name", max_length=150, required=False)
    email = EmailAddressField("E-mail", help_text="Where notices are sent.")
    time_zone = TimeZoneField(initial="UTC", help_text="Times are shown to them on this clock.")

    zones = property(lambda self: time_zone_names())


class UserCreateForm(_UserFields):
    """A new account and its first role."""

    username = TextField("User name", max_length=150)
    password = NewPasswordField("First password", help_text="They change it themselves. At least twelve characters.")
    role = ChoiceField("Role", Role)
    desk = ModelSelectField("At", required=False, empty_label=_ALL_DESKS)

    field_order = ("username", "first_name", "last_name", "email", "password", "role", "desk")

    def prepare(self) -> None:
        """Every desk."""
        self.set_choices("desk", Desk.objects.all())

    def action_kwargs(self) -> dict[str, Any]:
        """The first role as the verb takes it."""
        found = super().action_kwargs()
        found["memberships"] = [(found.pop("role"), found.pop("desk"))]
        return found


class UserUpdateForm(_UserFields):
    """Who somebody is, put right."""

    password = NewPasswordField("New password", required=False, help_text="Empty: it stays as it is.")

    @classmethod
    def initial_for_row(cls, row: User) -> dict[str, Any]:
        """As it stands."""
        return {name: getattr(row, name) for name in ("first_name", "last_name", "email", "time_zone")}


class RoleGrantForm(ActionForm):
    """A role, and where."""

    role = ChoiceField("Role", Role)
    desk_id = ModelSelectField("At", required=False, empty_label=_ALL_DESKS)

    def prepare(self) -> None:
        """Every desk."""
        self.set_choices("desk_id", Desk.objects.all())
