"""Reads the fields of a mapping one by one; unread fields are errors."""

import math
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from editorial.management.scenarios.yaml_loader import ScenarioError, display_value
from editorial.policy.vocabulary import ChoiceEnum

T = TypeVar("T", bound=ChoiceEnum)


class FieldReader:
    """A mapping being read. Each method reads one field and returns its value or raises ScenarioError."""

    def __init__(self, given: Any, scenario: str, where: str = "") -> None:
        self.scenario, self.where = scenario, where
        if not isinstance(given, dict):
            raise self.error("", f"{display_value(given)} is not a mapping of fields.")
        self.remaining = {name: value for name, value in given.items() if value is not None}
        self.null = given.keys() - self.remaining.keys()
        self.remaining.pop("note", None)

    def error(self, name: str, message: str) -> ScenarioError:
        """A ScenarioError about one field."""
        field = ".".join(filter(None, (self.where, name)))
        return ScenarioError(message, scenario=self.scenario, field=field)

    def required(self, name: str) -> Any:
        """A required value."""
        if name not in self.remaining:
            raise self.error(name, "This field is required; add it.")
        return self.remaining.pop(name)

    def ignore(self, *names: str) -> None:
        """Accept fields that have no effect."""
        for name in names:
            self.remaining.pop(name, None)

    def reject_unknown(self) -> None:
        """Raise ScenarioError if a field was not read."""
        for name in self.remaining:
            raise self.error(name, "Unknown field; check its spelling or remove it.")

    def string(self, name: str) -> str:
        """A required string: an id or a name."""
        return self.as_string(name, self.required(name))

    def optional_string(self, name: str) -> str | None:
        """An optional string."""
        return self.string(name) if name in self.remaining else None

    def as_string(self, name: str, value: Any) -> str:
        """Validate a string."""
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, f"{display_value(value)} is not a word; put numbers, dates, yes and no in quotes.")
        return value

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of distinct strings; empty if absent."""
        value = self.remaining.pop(name, [])
        if not isinstance(value, list):
            raise self.error(name, f"{display_value(value)} is not a list; put it in square brackets.")
        return tuple(dict.fromkeys(self.as_string(name, item) for item in value))

    def text(self, name: str) -> str:
        """A text, possibly empty."""
        value = self.remaining.pop(name, "")
        if not isinstance(value, str):
            raise self.error(name, f"{display_value(value)} is not text; put it in quotes.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """A boolean."""
        value = self.remaining.pop(name, default)
        if not isinstance(value, bool):
            raise self.error(name, f"{display_value(value)} is neither true nor false.")
        return value

    def term(self, name: str, terms: type[T]) -> T:
        """A required enum value."""
        return self.as_term(name, self.required(name), terms)

    def optional_term(self, name: str, terms: type[T]) -> T | None:
        """An optional enum value."""
        return self.term(name, terms) if name in self.remaining else None

    def as_term(self, name: str, value: Any, terms: type[T]) -> T:
        """Validate an enum value."""
        if not isinstance(value, str) or value not in list(terms):
            raise self.error(name, f"{display_value(value)} is not one of {', '.join(terms)}.")
        return terms(value)

    def hours(self, name: str) -> float:
        """A number of hours; 0 if absent."""
        value: float = self.remaining.pop(name, 0)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not value >= 0 or (isinstance(value, float) and math.isinf(value)):
            raise self.error(name, f"{display_value(value)} is not a number of hours; give 0 or more.")
        return value

    def count(self, name: str) -> int:
        """A required whole number, 0 or more."""
        value = self.required(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(name, f"{display_value(value)} is not a whole number; give 0 or more.")
        return value

    def time(self, name: str) -> datetime | None:
        """An optional ISO time; UTC if it has no zone."""
        value = self.remaining.pop(name, None)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(moment, date) and not isinstance(moment, datetime):
                moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, AttributeError, TypeError, OverflowError):
            message = f'{display_value(value)} is not a time; write it like "2031-03-04T09:00:00Z".'
            raise self.error(name, message) from None

    def require_known(self, name: str, words: Collection[str], recorded: Collection[str], what: str) -> None:
        """Raise ScenarioError for a reference to something that the scenario does not contain."""
        for word in words:
            if word not in recorded:
                raise self.error(name, f"{display_value(word)} is not a {what} of this scenario.")
