"""Forms for actions: a field's name is the keyword of the action's handler."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict

from editorial.admin.framework import fields
from editorial.models import Desk, User
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action


class ActionForm(forms.Form):
    """The input of an action. Without fields it is a confirmation."""

    required_css_class = "required"
    # Optional fields that are omitted from the call when empty.
    omit_when_empty: ClassVar[tuple[str, ...]] = ()
    # Rarely used fields, collapsed by default.
    advanced_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, actor: User, row: models.Model | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        self.row: Any = row
        for field in self.fields.values():
            fields.limit_to_visible(field, actor)
        self.prepare()

    def prepare(self) -> None:
        """Adapt the form to the row and the user: fewer choices, better labels."""

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """Initial values from the row."""
        return {}

    def apply_query(self, query: QueryDict) -> None:
        """Prefill fields from the query string, where they offer that value."""
        for name, field in self.fields.items():
            if name not in query or name == "expected_version":
                continue
            is_multiple = isinstance(field, forms.ModelMultipleChoiceField)
            value: Any = query.getlist(name) if is_multiple else query.get(name)
            try:
                field.clean(value)
            except ValidationError:
                continue
            self.initial[name] = value

    def action_kwargs(self) -> dict[str, Any]:
        """The cleaned values as the handler's keywords; rows become ids."""
        return {
            name: _to_kwarg(value)
            for name, value in self.cleaned_data.items()
            if name not in self.omit_when_empty or value not in (None, "")
        }

    def locate(self, path: str) -> tuple[ActionForm, str] | None:
        """The form and the visible field to which an error's path refers; None if there is none."""
        path = path.rstrip("0123456789").rstrip("/")  # one of a list has no field of its own
        name = next((name for name in (path, f"{path}_id") if path and name in self.fields), None)
        return (self, name) if name and not self.fields[name].widget.is_hidden else None

    def main_bound_fields(self) -> list[forms.BoundField]:
        """The fields shown by default."""
        return [field for field in self.visible_fields() if field.name not in self.advanced_fields]

    def advanced_bound_fields(self) -> list[forms.BoundField]:
        """The collapsed fields."""
        return [field for field in self.visible_fields() if field.name in self.advanced_fields]

    @property
    def advanced_open(self) -> bool:
        """Whether a collapsed field has a value or an error."""
        return any(field.errors or field.value() not in (None, "", [], False) for field in self.advanced_bound_fields())

    def set_choices(
        self, name: str, rows: QuerySet[Any], label_for: Callable[[Any], str] = fields.default_label
    ) -> None:
        """Offer these rows under these labels; preselect a single one."""
        field: Any = self.fields[name]
        field.label_for, field.queryset = label_for, rows
        if isinstance(field, fields.ModelSelectField) and field.required and len(candidates := rows[:2]) == 1:
            field.initial = candidates[0].pk
            field.empty_label = None


class VersionedActionForm(ActionForm):
    """Carries the version that the user saw, for optimistic locking, and what they saw of it (`conflicts`).

    Values are compared as a browser submits them: lists of texts.
    """

    # Whether the fields show the row's content, so that two people's changes of it can be compared.
    shows_content: ClassVar[bool] = True

    expected_version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """The row's current values."""
        return {"expected_version": row.version}

    def shown_values(self) -> dict[str, list[str]]:
        """The content as the form shows it when it opens."""
        return {field.name: _submitted(field) for field in self._content_fields()}

    def typed_values(self) -> dict[str, list[str]]:
        """The content as it was submitted."""
        data: Any = self.data
        return {field.name: _normalized(data.getlist(field.html_name)) for field in self._content_fields()}

    def take_shown(self, name: str, data: QueryDict) -> None:
        """Write the content of a field as the form shows it into a submission."""
        data.setlist(name, self.shown_values()[name])

    def label_of(self, name: str) -> str:
        """What a field is called."""
        return str(self.fields[name].label)

    def is_text(self, name: str) -> bool:
        """Whether two changes of the field can be merged."""
        return isinstance(self.fields.get(name), fields.TextField | fields.TextAreaField)

    def words_of(self, name: str, values: list[str]) -> str:
        """Submitted values as people read them."""
        field: Any = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return "Yes" if values else "No"
        if isinstance(field, forms.ModelChoiceField):
            return ", ".join(field.label_from_instance(row) for row in fields.rows_among(field, values))
        choices = dict(getattr(field, "choices", ()))
        return ", ".join(str(choices.get(value, value)) for value in values)

    def _content_fields(self) -> list[forms.BoundField]:
        return self.visible_fields() if self.shows_content else []


class PageVersionForm(VersionedActionForm):
    """A form without the row's content: it carries the version of the page from which the user opened it."""

    shows_content = False

    def apply_query(self, query: QueryDict) -> None:
        """Also take the version from the page's button."""
        super().apply_query(query)
        self.initial["expected_version"] = query.get("expected_version", self.initial["expected_version"])


class DeskActionForm(ActionForm):
    """A form for a new row. Offers only desks at which the user may create it."""

    action: ClassVar[Action]

    desk_id = fields.ModelSelectField("Desk")

    def prepare(self) -> None:
        """Leave out desks at which the user may not run the action."""
        self.set_choices("desk_id", desks_allowing(self.action, self.actor))

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """The desk of the row from which the action starts, if any."""
        desk = getattr(row, "desk_id", None)
        return {"desk_id": desk} if desk else {}


def desks_allowing(action: Action, actor: User) -> QuerySet[Desk]:
    """The desks at which the user may run the action."""
    facts, desks = actor.facts(), Desk.objects.all()
    allowed = [desk.pk for desk in desks if access.may(facts, action, SubjectFacts.of_desk(desk.pk))]
    return desks.filter(pk__in=allowed)


def reason_form(label: str = "Reason", help_text: str = "") -> type[ActionForm]:
    """A form that asks only for a reason."""
    return type("ReasonForm", (ActionForm,), {"reason": fields.ReasonField(label, help_text=help_text)})


def _submitted(field: forms.BoundField) -> list[str]:
    if isinstance(field.field, forms.BooleanField):
        return ["on"] if field.value() else []
    value: Any = field.field.widget.format_value(field.value())
    values = _normalized(value if isinstance(value, list | tuple) else [value])
    if isinstance(field.field, forms.ModelChoiceField):  # the row may refer to others that the user must not see
        return _normalized(fields.rows_among(field.field, values).values_list("pk", flat=True))
    return values


def _normalized(values: Iterable[Any]) -> list[str]:
    return sorted(str(value).replace("\r\n", "\n") for value in values if value not in (None, ""))


def _to_kwarg(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, QuerySet):
        return [str(row.pk) for row in value]
    return value
