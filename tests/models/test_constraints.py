"""Constraints of every table: unknown enum values and duplicates are refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from uuid_utils.compat import uuid7

from tests.support.sample_rows import create_row_of_each_model

pytestmark = pytest.mark.exhaustive

# Begins like a condition of the gate, so that a check of the beginning alone does not pass.
NONSENSE = "C_NONSENSE"

# The tables that actions write to; history repeats values that were checked there.
TABLES = [model for model in apps.get_app_config("editorial").get_models() if not hasattr(model, "pgh_tracked_model")]


def test_an_unknown_enum_value_is_refused_by_the_database(room):
    create_row_of_each_model(room)
    worded = [(model, field) for model in TABLES for field in model._meta.concrete_fields if field.choices]
    accepted = {
        f"{model.__name__}.{field.name}"
        for model, field in worded
        if not mentions(breaks(any_row(model), **{field.column: NONSENSE}), field)
    }
    assert accepted == set()
    assert len(worded) > 30


def test_duplicates_of_unique_rows_are_refused(room):
    create_row_of_each_model(room)
    unique = [
        (model, constraint)
        for model in TABLES
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    entered = {
        constraint.name for model, constraint in unique if constraint.name not in violated_by_copies(model, constraint)
    }
    assert entered == set()
    assert len(unique) > 25


def any_row(model: type[models.Model]) -> models.Model:
    """Some row of the table."""
    row = model._default_manager.order_by("pk").first()
    assert row is not None, f"one_of_everything makes no {model.__name__}"
    return row


def violated_by_copies(model: type[models.Model], constraint: models.UniqueConstraint) -> set[str]:
    """The constraints that copies of the rows concerned would break."""
    concerned = model._default_manager.filter(constraint.condition or models.Q())
    # A unique column would be violated first, or another constraint of the same row.
    columns = [field for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    alone = {field.column: None if field.null else uuid7() for field in columns}
    alone |= {model._meta.get_field(name).column: uuid7().hex for name in fields_of_others(model, constraint)}
    return {breaks(row, **alone) for row in concerned}


def fields_of_others(model: type[models.Model], constraint: models.UniqueConstraint) -> set[str]:
    """References and texts that other constraints need and this one does not."""
    others = [other for other in model._meta.constraints if isinstance(other, models.UniqueConstraint)]
    names = {name for other in others for name in other.fields} - set(constraint.fields)
    fields = {name: model._meta.get_field(name) for name in names}
    texts = {name for name, field in fields.items() if isinstance(field, models.CharField) and not field.choices}
    return texts | {name for name, field in fields.items() if field.is_relation and not field.null}


def breaks(row: models.Model, **other: Any) -> str:
    """Copy a row with another id and other values, by plain SQL: the constraint that this breaks, or nothing."""
    counted = isinstance(row._meta.pk, models.BigAutoField)
    other = {"id": row.pk + 1_000_000 if counted else uuid7()} | other
    columns = [field.column for field in row._meta.concrete_fields]
    copied = ", ".join("%s" if column in other else f'"{column}"' for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    table = row._meta.db_table
    values = [other[column] for column in columns if column in other]
    statement = f'INSERT INTO "{table}" ({names}) SELECT {copied} FROM "{table}" WHERE id = %s'  # noqa: S608
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [*values, row.pk])
            transaction.set_rollback(True)
    except IntegrityError as problem:
        return str(problem.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    return ""


def mentions(name: str, field: models.Field[Any, Any]) -> bool:
    """Whether the violated constraint checks this column."""
    checks = [each for each in field.model._meta.constraints if isinstance(each, models.CheckConstraint)]
    return any(each.name == name and field.name in str(each.condition) for each in checks)
