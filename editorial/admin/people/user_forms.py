"""What the verbs on desks and people ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminPasswordWidget

from editorial.admin.framework.action_forms import VerbForm
from editorial.admin.framework.fields import Choose, Mail, Text, TimeZone, Word, zones
from editorial.models import Desk, User
from editorial.policy.access import Role

_HOUSE = "The whole house"


class Password(forms.CharField):
    """Typed once, never shown."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        super().__init__(label=label, widget=widget, strip=False, **options)


class OpenDesk(VerbForm):
    """A desk's name."""

    name = Text("Name", most=80)


class _Person(VerbForm):
    """Who somebody is."""

    first_name = Text("First name", most=150, required=False)
    last_name = Text("Last name", most=150, required=False)
    email = Mail("E-mail", help_text="Where notices are sent.")
    time_zone = TimeZone(initial="UTC", help_text="Times are shown to them on this clock.")

    zones = property(lambda self: zones())


class Hire(_Person):
    """A new account and its first role."""

    username = Text("User name", most=150)
    password = Password("First password", help_text="They change it themselves. At least twelve characters.")
    role = Word("Role", Role)
    desk = Choose("At", required=False, nothing=_HOUSE)

    field_order = ("username", "first_name", "last_name", "email", "password", "role", "desk")

    def prepare(self) -> None:
        """Every desk."""
        self.choose("desk", Desk.objects.all())

    def given(self) -> dict[str, Any]:
        """The first role as the verb takes it."""
        found = super().given()
        found["memberships"] = [(found.pop("role"), found.pop("desk"))]
        return found


class Revise(_Person):
    """Who somebody is, put right."""

    password = Password("New password", required=False, help_text="Empty: it stays as it is.")

    @classmethod
    def starts_with(cls, row: User) -> dict[str, Any]:
        """As it stands."""
        return {name: getattr(row, name) for name in ("first_name", "last_name", "email", "time_zone")}


class Appoint(VerbForm):
    """A role, and where."""

    role = Word("Role", Role)
    desk_id = Choose("At", required=False, nothing=_HOUSE)

    def prepare(self) -> None:
        """Every desk."""
        self.choose("desk_id", Desk.objects.all())
