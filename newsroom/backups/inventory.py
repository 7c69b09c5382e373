"""Reads from PostgreSQL what a database contains: a snapshot of it, its tables and its schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from newsroom.backups.pg_tools import EXCLUDED_TABLES

_SCHEMA_COUNTS = {
    "checks": "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace",
    "references": "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
    "indexes": "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal",
}
_INACTIVE = {
    "constraint": "SELECT conname FROM pg_constraint WHERE NOT convalidated",
    "index": "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid",
    "trigger": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'",
}


@contextmanager
def snapshot() -> Iterator[str]:
    """Hold one snapshot of the database for the block; yield its name for pg_dump."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # A dump may take hours; this transaction is idle meanwhile.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def tables() -> list[str]:
    """Every table of the newsroom, in alphabetical order."""
    return [table for (table,) in _query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]


def rows() -> dict[str, int]:
    """Number of rows per table, without tables that backups leave out."""
    quoted = {table: connection.ops.quote_name(table) for table in tables() if table not in EXCLUDED_TABLES}
    return {table: _count(f"SELECT count(*) FROM {name}") for table, name in quoted.items()}  # noqa: S608


def schema_counts() -> dict[str, int]:
    """Number of constraints, indexes and triggers."""
    return {kind: _count(query) for kind, query in _SCHEMA_COUNTS.items()}


def inactive_safeguards() -> Iterator[str]:
    """A message for each constraint that was never validated, each invalid index and each disabled trigger."""
    for kind, query in _INACTIVE.items():
        for (name,) in _query(query):
            yield f"The {kind} {name} is not in force."


def migrations() -> list[str]:
    """Every applied migration, as application.name."""
    return sorted(f"{application}.{name}" for application, name in MigrationRecorder(connection).applied_migrations())


def server_version() -> str:
    return str(_query("SHOW server_version")[0][0])


def _count(query: str) -> int:
    return int(_query(query)[0][0])


def _query(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
