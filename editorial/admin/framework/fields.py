"""Form fields for action forms. Choices contain only rows that the user may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from unfold.widgets import (
    BASE_INPUT_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanWidget,
)

from editorial.admin.framework import labels
from editorial.models import User
from editorial.policy import text_cleaning
from editorial.policy.vocabulary import ChoiceEnum

_INPUT, _TEXTAREA = " ".join(BASE_INPUT_CLASSES), " ".join(TEXTAREA_CLASSES)


class _LabelFirst:
    """Takes the label as first argument."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, **options)  # type: ignore[call-arg]


class TextField(_LabelFirst, forms.CharField):
    """A single-line text."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, label: str, *, max_length: int = 200, **options: Any) -> None:
        super().__init__(label, max_length=max_length, **options)

    def to_python(self, value: Any) -> str:
        """The text on one line."""
        return text_cleaning.line(super().to_python(value) or "")


class TextAreaField(_LabelFirst, forms.CharField):
    """A multi-line text, `rows` high. `verbatim`: evidence, kept as it came."""

    def __init__(self, label: str, *, rows: int = 4, verbatim: bool = False, **options: Any) -> None:
        self.verbatim = verbatim
        super().__init__(label, widget=forms.Textarea(attrs={"class": _TEXTAREA, "rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        """The text, in the one form of `policy.text_cleaning`."""
        text = super().to_python(value) or ""
        return text if self.verbatim else text_cleaning.block(text)


class ReasonField(TextAreaField):
    """A reason. Whether it is required is up to the action."""

    def __init__(self, label: str = "Reason", **options: Any) -> None:
        super().__init__(label, rows=3, **options)


class _NeverRenderedInput(forms.TextInput):
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class SecretField(TextField):
    """Text for the vault: submitted once and never rendered again, even after an error."""

    widget = _NeverRenderedInput(
        attrs={"class": _INPUT, "autocomplete": "off", "spellcheck": "false", "data-never-saved": True}
    )


class PasswordField(_LabelFirst, forms.CharField):
    """A password; never rendered. `autocomplete`: whether browsers offer the current password or a new one."""

    def __init__(self, label: str, *, autocomplete: str = "new-password", **options: Any) -> None:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": autocomplete})
        super().__init__(label, widget=widget, strip=False, **options)


class WebAddressField(_LabelFirst, forms.URLField):
    widget = UnfoldAdminURLInputWidget

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, max_length=2000, assume_scheme="https", **options)


class EmailAddressField(_LabelFirst, forms.EmailField):
    widget = UnfoldAdminEmailInputWidget


class UploadField(_LabelFirst, forms.FileField):
    widget = UnfoldAdminFileFieldWidget


class NumberField(_LabelFirst, forms.IntegerField):
    """A number; None if empty."""

    widget = UnfoldAdminIntegerFieldWidget


class CheckboxField(_LabelFirst, forms.BooleanField):
    """A checkbox, never required."""

    widget = UnfoldBooleanWidget

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, required=False, **options)


class ChoiceField(forms.ChoiceField):
    """An enum value. `empty_label`: the label of the empty choice, if there is one."""

    def __init__(
        self,
        label: str,
        values: type[ChoiceEnum] | Iterable[ChoiceEnum],
        *,
        empty_label: str | None = None,
        **options: Any,
    ) -> None:
        choices = [(value.value, value.label) for value in values]
        if empty_label is not None or "initial" not in options:
            choices.insert(0, ("", empty_label or "Choose …"))
        options.setdefault("required", empty_label is None)
        super().__init__(label=label, choices=choices, widget=UnfoldAdminSelectWidget(), **options)


class DateTimeField(forms.DateTimeField):
    """A date and time in the user's time zone."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=_datetime_input(), **options)


class NaiveDateTimeField(forms.CharField):
    """A date and time without a zone, which a separate field gives."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=_datetime_input(), **options)

    def to_python(self, value: Any) -> Any:
        """The time as typed, naive."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError("Enter a date and a time, such as 2026-03-04T18:00.") from error


def _datetime_input() -> forms.DateTimeInput:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"class": _INPUT, "type": "datetime-local"})
    widget.supports_microseconds = False
    return widget


def show_time_zone(field: forms.Field) -> None:
    """Show the time zone next to a time field."""
    field.help_text = f"{timezone.get_current_timezone_name()} time. {field.help_text}".strip()


class TimeZoneField(forms.CharField):
    """An IANA time zone name, with suggestions."""

    def __init__(self, label: str = "Time zone", **options: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"list": "zones", "autocomplete": "off"})
        super().__init__(label=label, max_length=64, widget=widget, **options)


def time_zone_names() -> list[str]:
    """The IANA names to suggest."""
    return sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


class AutocompleteField(forms.ModelChoiceField):
    """A row that the user may see, chosen by autocomplete, or created in a dialog (`can_create`).

    `model_field`: a model and field that refer to such rows.
    """

    autocomplete_widget: ClassVar[Any] = AutocompleteSelect

    def __init__(
        self, label: str, model_field: tuple[type[models.Model], str], *, can_create: bool = True, **options: Any
    ) -> None:
        self.can_create = can_create
        model, name = model_field
        relation: Any = model._meta.get_field(name)
        self.rows: QuerySet[Any] = relation.remote_field.model._default_manager.all()
        widget = self.autocomplete_widget(relation, admin.site, attrs={"data-width": "100%"})
        super().__init__(self.rows.none(), label=label, widget=widget, **options)

    def label_from_instance(self, obj: models.Model) -> str:
        return labels.row_label(obj)


class MultipleChoiceField(_LabelFirst, forms.MultipleChoiceField):
    """Several of a few values."""

    widget = UnfoldAdminSelectMultipleWidget


class MultipleAutocompleteField(AutocompleteField, forms.ModelMultipleChoiceField):
    """Several rows that the user may see, chosen by autocomplete."""

    autocomplete_widget = AutocompleteSelectMultiple


def limit_to_visible(field: forms.Field, actor: User) -> None:
    """Limit the rows that a field offers, or offers to create, to those that the user may see or create."""
    if isinstance(field, AutocompleteField):
        rows: Any = field.rows.all()
        facts = actor.facts()
        field.queryset = rows.visible_to(facts) if hasattr(rows, "visible_to") else rows
        if field.can_create:
            row_admin: Any = admin.site.get_model_admin(rows.model)
            field.widget.attrs |= row_admin.creation_link(facts)


def default_label(row: models.Model) -> str:
    """A row's own name; of a source what the user may see."""
    return labels.row_label(row)


class _LabelledRows:
    """Labels rows by `label_for`; the form sets it together with the rows."""

    label_for: Callable[[Any], str] = staticmethod(default_label)

    def label_from_instance(self, obj: models.Model) -> str:
        return self.label_for(obj)


class ModelSelectField(_LabelledRows, forms.ModelChoiceField):
    """A choice of a few rows."""

    def __init__(self, label: str, *, empty_label: str = "Choose …", **options: Any) -> None:
        super().__init__(
            User.objects.none(), label=label, empty_label=empty_label, widget=UnfoldAdminSelectWidget(), **options
        )


class MultipleModelSelectField(_LabelledRows, forms.ModelMultipleChoiceField):
    """A multiple choice of a few rows."""

    def __init__(self, label: str, *, widget: Any = UnfoldAdminSelectMultipleWidget, **options: Any) -> None:
        super().__init__(User.objects.none(), label=label, widget=widget, **options)


def rows_among(field: Any, values: Iterable[str]) -> models.QuerySet[Any]:
    """The rows that the field offers among these values."""
    rows: models.QuerySet[Any] = field.queryset
    return rows.filter(pk__in=keys_in(rows.model, values))


def keys_in(model: type[models.Model], values: Iterable[str]) -> list[Any]:
    """The keys of rows of this model among these values; what is not a key is left out."""
    keys = []
    for value in values:
        with suppress(ValidationError, ValueError):
            keys.append(model._meta.pk.to_python(value))
    return keys
