"""Compares every row of a tracked table with its last history entry, which the signed heads cover."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from editorial.workflow.ops.audit_heads.ledgers import Ledger

_MAX_ROWS = 100  # reported per table


def differences(ledger: Ledger) -> Iterator[str]:
    """A message for each row of the tracked table that is not what its history says."""
    tracked = ledger.tracked
    if tracked is None:
        return
    quote = connection.ops.quote_name
    names = {field.name for field in ledger.model._meta.concrete_fields}
    columns = [str(field.column) for field in tracked._meta.concrete_fields if field.name in names]
    changed = [
        f"CASE WHEN r.{quote(column)} IS DISTINCT FROM h.{quote(column)} THEN '{column}' END" for column in columns
    ]
    table, key = quote(tracked._meta.db_table), quote("id")
    query = (
        f"WITH last AS (SELECT DISTINCT ON (pgh_obj_id) * FROM {quote(ledger.table)} "  # noqa: S608
        "ORDER BY pgh_obj_id, pgh_id DESC) "
        f"SELECT coalesce(r.{key}, h.pgh_obj_id), r.{key} IS NOT NULL, h.pgh_id, coalesce(h.pgh_label, ''), "
        f"array_remove(ARRAY[{', '.join(changed)}], NULL) FROM {table} r FULL JOIN last h ON r.{key} = h.pgh_obj_id "
        f"WHERE (r.{key} IS NULL AND h.pgh_label <> 'delete') OR (r.{key} IS NOT NULL AND (h.pgh_id IS NULL "
        f"OR h.pgh_label = 'delete' OR ({_row('r', columns)}) IS DISTINCT FROM ({_row('h', columns)}))) "
        f"ORDER BY 1 LIMIT {_MAX_ROWS}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        for row, exists, entry, label, fields in cursor.fetchall():
            name = f"{str(tracked._meta.verbose_name).capitalize()} {row}"
            if not exists:
                yield f"{name} is missing: its history does not end with a deletion."
            elif entry is None:
                yield f"{name} has no history: it was not added by the application."
            elif label == "delete":
                yield f"{name} exists, but its history says that it was deleted."
            else:
                yield f"{name} differs from its last history entry ({entry}) in: {', '.join(fields)}."


def _row(alias: str, columns: list[str]) -> str:
    return ", ".join(f"{alias}.{connection.ops.quote_name(column)}" for column in columns)
