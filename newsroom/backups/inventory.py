"""What a database holds, as PostgreSQL itself tells it: one moment of it, its tables, its shape."""

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
    """Hold one moment of the database for the block, whatever others write meanwhile; its name, for pg_dump."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Dumping may take hours, in which this transaction waits.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def tables() -> list[str]:
    """Every table of the newsroom, in alphabetical order."""
    return [table for (table,) in _query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]


def rows() -> dict[str, int]:
    """How many rows each table holds, those apart that no backup keeps."""
    quoted = {table: connection.ops.quote_name(table) for table in tables() if table not in EXCLUDED_TABLES}
    return {table: _count(f"SELECT count(*) FROM {name}") for table, name in quoted.items()}  # noqa: S608


def schema_counts() -> dict[str, int]:
    """How many constraints, indexes and triggers watch over the rows."""
    return {kind: _count(question) for kind, question in _SCHEMA_COUNTS.items()}


def inactive_safeguards() -> Iterator[str]:
    """Constraints that were never checked, indexes that are not used, triggers that are switched off."""
    for kind, question in _INACTIVE.items():
        for (name,) in _query(question):
            yield f"The {kind} {name} does not watch over anything."


def migrations() -> list[str]:
    """Every migration that has been carried out, as application.name."""
    return sorted(f"{application}.{name}" for application, name in MigrationRecorder(connection).applied_migrations())


def server_version() -> str:
    """PostgreSQL's version."""
    return str(_query("SHOW server_version")[0][0])


def _count(question: str) -> int:
    return int(_query(question)[0][0])


def _query(question: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()
