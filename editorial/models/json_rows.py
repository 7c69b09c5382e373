"""Rows that PostgreSQL passed as JSON, as models and times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def from_json(model: type[Row]) -> Callable[[Mapping[str, Any]], Row]:
    """A function that builds stored rows of this model from their columns. Columns that are left out are deferred."""
    fields = {field.attname: field for field in model._meta.concrete_fields}

    def build(columns: Mapping[str, Any]) -> Row:
        names = [name for name in fields if name in columns]
        return model.from_db("default", names, [fields[name].to_python(columns[name]) for name in names])

    return build


def parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
