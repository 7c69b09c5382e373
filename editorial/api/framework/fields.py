"""Serializer fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.models import ids
from editorial.policy import text_cleaning
from editorial.policy.vocabulary import ChoiceEnum


class TextField(serializers.CharField):
    """Text, in the one form of `policy.text_cleaning`. Whether it is required is for the action to decide.

    `verbatim`: evidence, kept as it came.
    """

    def __init__(self, *, max_length: int = 10_000, verbatim: bool = False, **options: Any) -> None:
        self.verbatim = verbatim
        super().__init__(max_length=max_length, trim_whitespace=False, **({"allow_blank": True} | options))

    def to_internal_value(self, data: Any) -> str:
        """The text; numbers are rejected."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        return text if self.verbatim else text_cleaning.block(text)


@extend_schema_field({"type": "string", "pattern": r"\S", "maxLength": 200})
class TitleField(TextField):
    """Text on one line that shows something."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, allow_blank=False, **options)

    def to_internal_value(self, data: Any) -> str:
        """The text on one line. A blank one is refused, even if it consists of invisible characters."""
        if not (text := text_cleaning.line(super().to_internal_value(data))):
            self.fail("blank")
        return text


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"})
class LocalTimeField(serializers.TimeField):
    """A time of day without an offset, in the user's time zone. OpenAPI's `time` is RFC 3339's, which has one."""


class IdField(serializers.UUIDField):
    """The id of an object, as a string."""

    default_error_messages = {"invalid": "Must be a valid UUID."}  # REST framework's message quotes the value

    def to_internal_value(self, data: Any) -> UUID:
        """The id; numbers are rejected."""
        if not isinstance(data, str | UUID):
            self.fail("invalid")
        return super().to_internal_value(data)


class ListField(serializers.ListField):
    """A list of input. Its length is checked before its items: REST framework validates every item first."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def run_child_validation(self, data: Any) -> list[Any]:
        """The items, unless there are too many."""
        if len(data) > cast(int, self.max_length):
            self.fail("max_length", max_length=self.max_length)
        return super().run_child_validation(data)


def id_list(**options: Any) -> Any:
    return ListField(child=IdField(), max_length=500, **options)


class EnumField(serializers.ChoiceField):
    """A value of a vocabulary. An empty column is shown as null."""

    default_error_messages = {"invalid_choice": "Allowed values: {words}."}

    def __init__(self, choices: Any, **options: Any) -> None:
        vocabulary = choices.choices() if isinstance(choices, type) and issubclass(choices, ChoiceEnum) else choices
        super().__init__(vocabulary, **options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", words=", ".join(map(str, self.choices)))
        return data

    def to_representation(self, value: Any) -> Any:
        return str(value) if value else None


class TimestampField(serializers.DateTimeField):
    """A time. The action checks its year, and decides what a missing offset means."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """The time unchanged."""
        return value


class CreatedAtField(serializers.DateTimeField):
    """When a row was created, from its id: for every resource in the same way, and in the order of the list."""

    def __init__(self) -> None:
        super().__init__(source="id", read_only=True, help_text="When it was created here.")

    def to_representation(self, value: Any) -> str:
        return f"{ids.created_at(value).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def read_only_list(field: Any, **options: Any) -> Any:
    return serializers.ListField(child=field, read_only=True, **options)
