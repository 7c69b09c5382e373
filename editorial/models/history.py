"""Row history: database triggers write every state of a tracked row to a table of its own (pghistory)."""

from __future__ import annotations

from collections.abc import Callable

import pghistory
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from editorial.models.base_fields import SyncPosition


def track(
    *, exclude: list[str] | None = None, found_by: str | None = None
) -> Callable[[type[models.Model]], type[models.Model]]:
    """Track every change of a model's rows, except of the fields in `exclude`.

    Each history entry has the position of its transaction, so that signed heads can cover the entries by increments.
    Entries are found by their row, and by the column `found_by`; no other column has an index.
    """
    return pghistory.track(
        exclude=exclude,
        attrs={"pgh_position": position_field()},
        meta={"indexes": [position_index("pgh_position"), *([models.Index(fields=[found_by])] if found_by else [])]},
    )


def position_field() -> models.BigIntegerField:
    """A column with the position of the transaction that added the row. Empty: added before positions existed."""
    return models.BigIntegerField(
        null=True, db_default=SyncPosition(), editable=False, help_text="Position of the transaction (decision 0024)."
    )


def position_index(column: str) -> BrinIndex:
    """An index of the column. Rows are added in roughly its order, so a block range index suffices and costs little."""
    return BrinIndex(fields=[column], autosummarize=True)
