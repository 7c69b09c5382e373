"""Checks of search: every search document holds the words of its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection

from editorial.models import search_language
from editorial.models.search_documents import DOCUMENTS, SEARCHED
from editorial.workflow.ops.integrity.checks import CheckContext, IntegrityCheck
from editorial.workflow.ops.integrity.table_scan import SEARCHED_ROWS

_MESSAGES = {
    "story": "Every story is found by the words of its headline and its current body, and by no others.",
    "claim": "Every claim is found by the words of its text, and by no others.",
    "statement": "Every statement is found by the words of its quote, and by no others.",
    "source": "Every source is found by the words of its public name and description, and by no others.",
    "exhibit": "Every archived copy is found by the words of its title, URL and text, and by no others.",
}


def _mismatches(kind: str) -> Callable[[CheckContext], Iterable[UUID]]:
    """The rows whose document is missing, stale or one too many. None while all documents are written again."""
    key, table = f"{kind}_id", DOCUMENTS[kind]._meta.db_table

    def find_violations(context: CheckContext) -> Iterable[UUID]:
        keys = list(context.keys)
        if not keys or not search_language.is_complete():
            return set()
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT coalesce(expected.id, stored.{key})
                FROM search_documents(%s, %s) expected
                FULL JOIN (SELECT * FROM {table} WHERE {key} = ANY(%s)) stored ON stored.{key} = expected.id
                WHERE expected.vector IS DISTINCT FROM stored.vector
                """,  # noqa: S608 - names of the code
                [kind, keys, keys],
            )
            return {row for (row,) in cursor.fetchall()}

    return find_violations


def _refresh(kind: str, key: UUID, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_search_documents(%s, ARRAY[%s])", [kind, key])


CHECKS = tuple(
    IntegrityCheck(
        f"search.{kind}",
        model,
        _MESSAGES[kind],
        _mismatches(kind),
        SEARCHED_ROWS[kind],
        repair=partial(_refresh, kind),
    )
    for kind, model in SEARCHED.items()
)
