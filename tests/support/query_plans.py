"""What a statement reads: each one that runs inside `reading()` is first run by EXPLAIN ANALYZE and rolled back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

_EXPLAINED = ("SELECT", "UPDATE", "DELETE", "WITH", "(SELECT")


@dataclass(frozen=True, slots=True)
class Read:
    """A statement, the rows that its plan touches, the blocks of eight kilobytes it reads, and the plan."""

    sql: str
    rows: int
    blocks: int
    plan: str


@contextmanager
def reading() -> Iterator[list[Read]]:
    """Collect what each statement reads. Only inside a transaction, so that the rehearsal can be rolled back."""
    reads: list[Read] = []

    def explain_first(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(_EXPLAINED) and not many and "_lock(" not in sql:
            reads.append(_explain(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain_first):
        yield reads


def _explain(sql: str, params: Any) -> Read:
    with transaction.atomic(), connection.connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + sql, params)
        (value,) = cursor.fetchone()
        plan = (json.loads(value) if isinstance(value, str) else value)[0]["Plan"]
        transaction.set_rollback(True)
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return Read(sql, round(_rows(plan)), blocks, "\n".join(_lines(plan)))


def _rows(node: dict[str, Any]) -> float:
    """The rows that the scans of a plan fetch, whether or not a filter removes them."""
    below = sum(_rows(child) for child in node.get("Plans", ()))
    if "Scan" not in node["Node Type"]:
        return below
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return below + (node["Actual Rows"] + removed) * node["Actual Loops"]


def _lines(node: dict[str, Any], depth: int = 0) -> Iterator[str]:
    name = " ".join(str(node[key]) for key in ("Node Type", "Index Name", "Relation Name") if key in node)
    yield f"{'  ' * depth}{name}: {node['Actual Rows']} rows × {node['Actual Loops']}"
    for child in node.get("Plans", ()):
        yield from _lines(child, depth + 1)
