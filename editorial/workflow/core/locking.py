"""Rows that an action works on: visible to its actor, locked, in the version that the actor has seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from editorial.models import User
from editorial.workflow.core.errors import NotFound, Reason, VersionConflict

Row = TypeVar("Row", bound=models.Model)

ExpectedVersion = int | Collection[int] | None
"""The version that the actor has seen, or several, one of which must be current. None skips the comparison."""


def lock(
    model: type[Row],
    key: UUID | str,
    actor: User | None,
    *,
    field: str = "id",
    expected_version: ExpectedVersion = None,
) -> Row:
    """Return the row, locked until the transaction ends, if the actor may see it. No actor means the system.

    Raises `VersionConflict` unless the row has the expected version.
    """
    row = get_visible(model, key, actor, field=field, locked=True)
    check_version(row, expected_version)
    return row


def check_version(locked_row: Any, expected_version: ExpectedVersion) -> None:
    """Raise `VersionConflict` unless the row has the expected version."""
    if expected_version is None:
        return
    versions = (expected_version,) if isinstance(expected_version, int) else expected_version
    if locked_row.version not in versions:
        raise VersionConflict(locked_row.version)


def get_visible(
    model: type[Row], key: UUID | str, actor: User | None, *, field: str = "id", locked: bool = False
) -> Row:
    """Return the row if the actor may see it. `field` is the input field for errors."""
    try:
        row: Row | None = _visible(model, actor, locked=locked).filter(pk=key).first()
    except (ValidationError, ValueError):
        row = None
    if row is None:
        raise _not_found(model, key, field)
    return row


def get_all_visible(model: type[Row], keys: Iterable[UUID | str], actor: User | None, *, field: str) -> list[Row]:
    """Return the rows of a list of ids, in its order. An error names the place in the list."""
    return [get_visible(model, key, actor, field=f"{field}/{place}") for place, key in enumerate(keys)]


def lock_many(model: type[Row], keys: Iterable[UUID | str], actor: User | None, *, field: str) -> list[Row]:
    """Lock several rows in the order of their ids, so that two actions cannot deadlock."""
    wanted = {str(key) for key in keys}
    try:
        found: list[Row] = list(_visible(model, actor, locked=True).filter(pk__in=wanted).order_by("pk"))
    except (ValidationError, ValueError):
        return [lock(model, key, actor, field=field) for key in sorted(wanted)]  # the one that is not an id fails
    if len(found) < len(wanted):
        raise _not_found(model, min(wanted.difference(str(row.pk) for row in found)), field)
    return found


def _not_found(model: type[models.Model], key: UUID | str, field: str) -> NotFound:
    return NotFound(Reason("NOT_FOUND", f"No {model._meta.verbose_name} {key} exists, or you may not see it.", field))


def _visible(model: type[Row], actor: User | None, *, locked: bool) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model._default_manager.all()
    if actor is not None and hasattr(rows, "visible_to"):
        rows = rows.visible_to(actor.facts())
    if locked:
        # Only this row, not those of the visibility filter. NO KEY UPDATE lets other rows reference it meanwhile: a
        # story can use a claim while the claim is reassessed.
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows
