"""The form in front of a verb: its fields carry the names of the verb's keywords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict

from editorial.admin.framework import fields
from editorial.models import User


class ActionForm(forms.Form):
    """What a verb asks for. Without fields it is a plain question: shall it be done?"""

    required_css_class = "required"
    # Fields that are left out, and not handed over empty, where nothing was given.
    omit_when_empty: ClassVar[tuple[str, ...]] = ()
    # Fields that most people leave alone; they are folded away until somebody wants them.
    advanced_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *given: Any, actor: User, row: models.Model | None = None, **options: Any) -> None:
        super().__init__(*given, **options)
        self.actor = actor
        self.row: Any = row
        for field in self.fields.values():
            fields.limit_to_visible(field, actor)
        self.prepare()

    def prepare(self) -> None:
        """Fit the form to the row and the person: fewer choices, better words."""

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """What the form shows before anything is typed."""
        return {}

    def apply_query(self, query: QueryDict) -> None:
        """Show what the link that led here says, as far as it can be chosen."""
        for name, field in self.fields.items():
            if name not in query or name == "version":
                continue
            several = isinstance(field, forms.ModelMultipleChoiceField)
            value: Any = query.getlist(name) if several else query.get(name)
            try:
                field.clean(value)
            except ValidationError:
                continue
            self.initial[name] = value

    def action_kwargs(self) -> dict[str, Any]:
        """What was filled in, as the verb takes it: rows by their ids, everything else as it is."""
        return {
            name: _to_kwarg(value)
            for name, value in self.cleaned_data.items()
            if name not in self.omit_when_empty or value not in (None, "")
        }

    def main_bound_fields(self) -> list[forms.BoundField]:
        """The fields that are asked outright."""
        return [field for field in self.visible_fields() if field.name not in self.advanced_fields]

    def advanced_bound_fields(self) -> list[forms.BoundField]:
        """The fields that are folded away."""
        return [field for field in self.visible_fields() if field.name in self.advanced_fields]

    @property
    def advanced_open(self) -> bool:
        """Whether one of them holds something, or is wrong, and so must be seen."""
        return any(field.errors or field.value() not in (None, "", [], False) for field in self.advanced_bound_fields())

    def set_choices(
        self, name: str, rows: QuerySet[Any], label_for: Callable[[Any], str] = fields.default_label
    ) -> None:
        """Offer these rows, so called, and if there is but one to choose from, take it."""
        field: Any = self.fields[name]
        field.label_for, field.queryset = label_for, rows
        if isinstance(field, fields.ModelSelectField) and field.required and len(found := rows[:2]) == 1:
            field.initial = found[0].pk
            field.empty_label = None

    def rebase_on(self, row: models.Model) -> None:
        """After somebody else's revision: what was typed is kept, and counts for the row as it is now."""
        if "version" in self.fields and isinstance(self.data, QueryDict):
            self.data = self.data.copy()
            self.data[self.add_prefix("version")] = str(getattr(row, "version", ""))


class VersionedActionForm(ActionForm):
    """Carries the version that was seen, so that nobody overwrites what they have not read."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """The row as it stands."""
        return {"version": row.version}


def _to_kwarg(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, QuerySet):
        return [str(row.pk) for row in value]
    return value
