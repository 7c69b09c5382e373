"""The effects of a write: every row of every table, without the ids and times that differ from run to run."""

from __future__ import annotations

import re
from collections import Counter

import psycopg
from psycopg import sql

# Without meaning, or created by the harness. An attempt at matching counts even if its request failed.
_IGNORED_COLUMNS = {
    "editorial_matchingattempt",
    "django_migrations",
    "django_session",
    "editorial_session",
    "django_content_type",
    "auth_permission",
}
_MARKS = {
    "«id»": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "«time»": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"),
    "«hash»": re.compile(r"\b(?:[0-9a-f]{32}){1,2}\b"),
    "«sealed»": re.compile(r"\\\\x[0-9a-f]+"),
    "«secret»": re.compile(r"whsec_[A-Za-z0-9+/=]+"),
    "«hours»": re.compile(r"(?<=\"hours\": )\d+\.\d+"),  # from sending to a fixed deadline
}
_NUMBER = re.compile(
    r'(?<="pgh_id":)\d+|(?<="id":)\d+|(?<="position":)\d+|(?<="pgh_position":)\d+|(?<="evaluated_to":)\d+'
)  # rollbacks use up numbers

Effects = Counter[tuple[str, str]]


class EffectReader:
    """Reads the changes in a copy of a newsroom. Ids and times that existed before are kept."""

    def __init__(self, url: str) -> None:
        self._before = _rows(url)
        text = "\n".join(row for _, row in self._before)
        self._known = {word for mark in _MARKS.values() for word in mark.findall(text)}

    def effects(self, url: str) -> Effects:
        """The rows that appeared and (with a negative count) those that disappeared."""
        after = _rows(url)
        appeared, disappeared = after - self._before, self._before - after
        effects: Effects = Counter()
        for (table, row), times in appeared.items():
            effects[table, self.plain(row)] += times
        for (table, row), times in disappeared.items():
            effects[table, self.plain(row)] -= times
        return Counter({row: times for row, times in effects.items() if times})

    def plain(self, text: str) -> str:
        """The text with a placeholder for each new id, time and hash, and for every row number."""
        text = _NUMBER.sub("«number»", text)
        for name, mark in _MARKS.items():
            text = mark.sub(lambda match, name=name: match[0] if match[0] in self._known else name, text)
        return text


def difference(expected: Effects, actual: Effects) -> list[str]:
    """The differences between two sets of effects, in words."""
    return [
        f"{table}: {actual[table, row]} times instead of {expected[table, row]}: {row[:300]}"
        for table, row in sorted(set(expected) | set(actual))
        if expected[table, row] != actual[table, row]
    ]


def _rows(url: str) -> Effects:
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        read = [
            sql.SQL("SELECT {}, row_to_json(t)::text FROM {} t").format(sql.Literal(name), sql.Identifier(name))
            for (name,) in tables
            if name not in _IGNORED_COLUMNS
        ]
        return Counter(connection.execute(sql.SQL(" UNION ALL ").join(read)).fetchall())
