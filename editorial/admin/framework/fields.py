"""The fields that verbs' forms are made of. A choice offers only what the person may see."""

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
from editorial.policy.vocabulary import Term

_INPUT, _TEXTAREA = " ".join(BASE_INPUT_CLASSES), " ".join(TEXTAREA_CLASSES)


class Text(forms.CharField):
    """One line."""

    def __init__(self, label: str, *, most: int = 200, **options: Any) -> None:
        options.setdefault("widget", UnfoldAdminTextInputWidget())
        super().__init__(label=label, max_length=most, **options)


class Prose(forms.CharField):
    """Several lines; `rows` high to begin with."""

    def __init__(self, label: str, *, rows: int = 4, **options: Any) -> None:
        widget = forms.Textarea(attrs={"class": _TEXTAREA, "rows": rows})
        super().__init__(label=label, widget=widget, **options)


class Reason(Prose):
    """Why. Whether it is needed the verb says."""

    def __init__(self, label: str = "Reason", *, required: bool = True, **options: Any) -> None:
        super().__init__(label, rows=3, required=required, **options)


class Secret(forms.CharField):
    """Words for the vault: sent once, and never sent back by the page, not even when the verb refuses."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = _Unrepeated(attrs={"class": _INPUT, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(label=label, max_length=200, widget=widget, **options)


class _Unrepeated(forms.TextInput):
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class Address(forms.URLField):
    """Where something was found on the web."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label=label, max_length=2000, assume_scheme="https", widget=UnfoldAdminURLInputWidget(), **options
        )


class Mail(forms.EmailField):
    """An e-mail address."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=UnfoldAdminEmailInputWidget(), **options)


class Copy(forms.FileField):
    """A file to be kept."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=UnfoldAdminFileFieldWidget(), **options)


class Number(forms.IntegerField):
    """A small number; None where nothing is given."""

    def __init__(self, label: str, *, least: int = 0, most: int = 1000, **options: Any) -> None:
        widget = UnfoldAdminIntegerFieldWidget()
        super().__init__(label=label, min_value=least, max_value=most, widget=widget, **options)


class YesNo(forms.BooleanField):
    """A tick box."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, required=False, widget=UnfoldBooleanWidget(), **options)


class Word(forms.ChoiceField):
    """One word of a vocabulary. `nothing`: how the page calls not choosing, where that is possible."""

    def __init__(
        self, label: str, vocabulary: type[Term] | Iterable[Term], *, nothing: str | None = None, **options: Any
    ) -> None:
        words = [(word.value, word.label) for word in vocabulary]
        blank = [("", nothing)] if nothing is not None else [("", "Choose …")] if "initial" not in options else []
        options.setdefault("required", nothing is None)
        super().__init__(label=label, choices=[*blank, *words], widget=UnfoldAdminSelectWidget(), **options)


class Moment(forms.DateTimeField):
    """A date and time, on the clock of whoever fills it in."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=_clock(), **options)


class WallTime(forms.CharField):
    """A date and time without a zone: which one it is read in is given beside it."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, widget=_clock(), **options)

    def to_python(self, value: Any) -> Any:
        """The time as typed, naive."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError as problem:
            raise ValidationError("Give a date and a time, such as 2026-03-04T18:00.") from problem


def _clock() -> forms.DateTimeInput:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"class": _INPUT, "type": "datetime-local"})
    widget.supports_microseconds = False
    return widget


def on_this_clock(field: forms.Field) -> None:
    """Say beside a time in which zone it is read."""
    field.help_text = f"{timezone.get_current_timezone_name()} time. {field.help_text}".strip()


class TimeZone(forms.CharField):
    """An IANA name, with the known ones to choose from."""

    def __init__(self, label: str = "Time zone", **options: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"list": "zones", "autocomplete": "off"})
        super().__init__(label=label, max_length=64, widget=widget, **options)


def zones() -> list[str]:
    """The names of time zones that people use."""
    return sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


class Pick(forms.ModelChoiceField):
    """One row that the person may see, found by typing. `through`: model and field that lead to such rows."""

    def __init__(self, label: str, through: tuple[type[models.Model], str], **options: Any) -> None:
        self.through = through
        relation = _relation(through)
        super().__init__(
            relation.remote_field.model._default_manager.none(),
            label=label,
            widget=AutocompleteSelect(relation, admin.site, attrs={"data-width": "100%"}),
            **options,
        )


class PickSeveral(forms.ModelMultipleChoiceField):
    """Several rows that the person may see, found by typing."""

    def __init__(self, label: str, through: tuple[type[models.Model], str], **options: Any) -> None:
        self.through = through
        relation = _relation(through)
        super().__init__(
            relation.remote_field.model._default_manager.none(),
            label=label,
            widget=AutocompleteSelectMultiple(relation, admin.site, attrs={"data-width": "100%"}),
            **options,
        )


def called(row: models.Model) -> str:
    """A row by its own name."""
    return str(row)


class Choose(forms.ModelChoiceField):
    """One of a few rows, shown as a list; the form says which, and what to call them."""

    says: Callable[[Any], str] = staticmethod(called)

    def __init__(self, label: str, *, nothing: str = "Choose …", **options: Any) -> None:
        super().__init__(
            User.objects.none(), label=label, empty_label=nothing, widget=UnfoldAdminSelectWidget(), **options
        )

    def label_from_instance(self, obj: models.Model) -> str:
        """What the list calls a row."""
        return self.says(obj)


class ChooseSeveral(forms.ModelMultipleChoiceField):
    """Some of a few rows, shown as a list; the form says which, and what to call them."""

    says: Callable[[Any], str] = staticmethod(called)

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(User.objects.none(), label=label, widget=UnfoldAdminSelectMultipleWidget(), **options)

    def label_from_instance(self, obj: models.Model) -> str:
        """What the list calls a row."""
        return self.says(obj)


def _relation(through: tuple[type[models.Model], str]) -> Any:
    model, name = through
    return model._meta.get_field(name)


def offer_what_is_seen(field: forms.Field, actor: User) -> None:
    """Let a field that picks rows offer only those that this person may see."""
    if isinstance(field, Pick | PickSeveral):
        model, name = field.through
        found: Any = _relation((model, name)).remote_field.model._default_manager.all()
        field.queryset = found.visible_to(actor.facts()) if hasattr(found, "visible_to") else found
