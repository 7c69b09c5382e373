"""Form fields for action forms. Choices contain only rows that the user may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from unfold.widgets import (
    BASE_INPUT_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanWidget,
)

from editorial.models import User
from editorial.policy.vocabulary import ChoiceEnum

_INPUT, _TEXTAREA = " ".join(BASE_INPUT_CLASSES), " ".join(TEXTAREA_CLASSES)


class TextField(forms.CharField):
    """A single-line text."""

    def __init__(self, label: str, *, max_length: int = 200, **options: Any) -> None:
        options.setdefault("widget", UnfoldAdminTextInputWidget())
        super().__init__(label=label, max_length=max_length, **options)


class TextAreaField(forms.CharField):
    """A multi-line text, `rows` high."""

    def __init__(self, label: str, *, rows: int = 4, **options: Any) -> None:
        widget = forms.Textarea(attrs={"class": _TEXTAREA, "rows": rows})
        super().__init__(label=label, widget=widget, **options)


class ReasonField(TextAreaField):
    """A reason. Whether it is required is up to the action."""

    def __init__(self, label: str = "Reason", *, required: bool = True, **options: Any) -> None:
        super().__init__(label, rows=3, required=required, **options)


class SecretField(forms.CharField):
    """Text for the vault: submitted once and never rendered again, even after an error."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = _NeverRenderedInput(attrs={"class": _INPUT, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(label=label, max_length=200, widget=widget, **options)


class _NeverRenderedInput(forms.TextInput):
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class WebAddressField(forms.URLField):
    """A web address."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label=label, max_length=2000, assume_scheme="https", widget=UnfoldAdminURLInputWidget(), **options
        )


class EmailAddressField(forms.EmailField):
    """An email address."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=UnfoldAdminEmailInputWidget(), **options)


class UploadField(forms.FileField):
    """A file upload."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=UnfoldAdminFileFieldWidget(), **options)


class NumberField(forms.IntegerField):
    """A small number; None if empty."""

    def __init__(self, label: str, *, min_value: int = 0, max_value: int = 1000, **options: Any) -> None:
        widget = UnfoldAdminIntegerFieldWidget()
        super().__init__(label=label, min_value=min_value, max_value=max_value, widget=widget, **options)


class CheckboxField(forms.BooleanField):
    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, required=False, widget=UnfoldBooleanWidget(), **options)


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
        words = [(word.value, word.label) for word in values]
        blank = (
            [("", empty_label)] if empty_label is not None else [("", "Choose …")] if "initial" not in options else []
        )
        options.setdefault("required", empty_label is None)
        super().__init__(label=label, choices=[*blank, *words], widget=UnfoldAdminSelectWidget(), **options)


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
        except ValueError as problem:
            raise ValidationError("Enter a date and a time, such as 2026-03-04T18:00.") from problem


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
    """A row that the user may see, chosen by autocomplete. `through`: a model and field that refer to such rows."""

    def __init__(self, label: str, model_field: tuple[type[models.Model], str], **options: Any) -> None:
        self.model_field = model_field
        relation = _relation(model_field)
        super().__init__(
            relation.remote_field.model._default_manager.none(),
            label=label,
            widget=AutocompleteSelect(relation, admin.site, attrs={"data-width": "100%"}),
            **options,
        )


class MultipleAutocompleteField(forms.ModelMultipleChoiceField):
    """Several rows that the user may see, chosen by autocomplete."""

    def __init__(self, label: str, model_field: tuple[type[models.Model], str], **options: Any) -> None:
        self.model_field = model_field
        relation = _relation(model_field)
        super().__init__(
            relation.remote_field.model._default_manager.none(),
            label=label,
            widget=AutocompleteSelectMultiple(relation, admin.site, attrs={"data-width": "100%"}),
            **options,
        )


def default_label(row: models.Model) -> str:
    """A row's own name."""
    return str(row)


class ModelSelectField(forms.ModelChoiceField):
    """A choice of a few rows; the form sets them and their labels."""

    label_for: Callable[[Any], str] = staticmethod(default_label)

    def __init__(self, label: str, *, empty_label: str = "Choose …", **options: Any) -> None:
        super().__init__(
            User.objects.none(), label=label, empty_label=empty_label, widget=UnfoldAdminSelectWidget(), **options
        )

    def label_from_instance(self, obj: models.Model) -> str:
        """The label of a row."""
        return self.label_for(obj)


class MultipleModelSelectField(forms.ModelMultipleChoiceField):
    """A multiple choice of a few rows; the form sets them and their labels."""

    label_for: Callable[[Any], str] = staticmethod(default_label)

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(User.objects.none(), label=label, widget=UnfoldAdminSelectMultipleWidget(), **options)

    def label_from_instance(self, obj: models.Model) -> str:
        """The label of a row."""
        return self.label_for(obj)


def _relation(through: tuple[type[models.Model], str]) -> Any:
    model, name = through
    return model._meta.get_field(name)


def limit_to_visible(field: forms.Field, actor: User) -> None:
    """Limit the rows that a field offers to those that the user may see."""
    if isinstance(field, AutocompleteField | MultipleAutocompleteField):
        model, name = field.model_field
        found: Any = _relation((model, name)).remote_field.model._default_manager.all()
        field.queryset = found.visible_to(actor.facts()) if hasattr(found, "visible_to") else found
