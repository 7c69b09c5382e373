"""Rows that an action works on: visible to its actor, locked, in the version that the actor has seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from editorial.models import User
from editorial.workflow.core import preconditions
from editorial.workflow.core.errors import NotFound, Reason, VersionConflict

Row = TypeVar("Row", bound=models.Model)


def lock(
    model: type[Row], key: UUID | str, actor: User | None, *, field: str = "id", version: int | None = None
) -> Row:
    """Return the row, locked until the transaction ends, if the actor may see it. No actor means the system.

    Raises `VersionConflict` unless `version`, where given, is the row's current version.
    """
    row = get_visible(model, key, actor, field=field, locked=True)
    if version is not None and version != getattr(row, "version", None):
        raise VersionConflict(getattr(row, "version", None))
    return row


def get_visible(
    model: type[Row], key: UUID | str, actor: User | None, *, field: str = "id", locked: bool = False
) -> Row:
    """Return the row if the actor may see it and it has the expected version. `field` is the input field for errors."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    if actor is not None and hasattr(rows, "visible_to"):
        rows = rows.visible_to(actor.facts())
    try:
        row: Row | None = rows.filter(pk=key).first()
        if row is not None and locked:
            # A separate query by key, so that the visibility filter's subqueries are not locked too. NO KEY UPDATE lets
            # other rows reference it meanwhile: a story can use a claim while the claim is reassessed.
            row = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    except (ValidationError, ValueError):
        row = None
    if row is None:
        noun = str(model._meta.verbose_name)
        raise NotFound(Reason("NOT_FOUND", f"No {noun} {key} exists, or you may not see it.", field))
    if not preconditions.matches_expected(row):
        raise VersionConflict(getattr(row, "version", None))
    return row


def lock_many(model: type[Row], keys: Iterable[UUID | str], actor: User | None, *, field: str) -> list[Row]:
    """Lock several rows in the order of their ids, so that two actions cannot deadlock."""
    return [lock(model, key, actor, field=field) for key in sorted({str(key) for key in keys})]
