"""Interfaces translate and never write: only actions of workflow do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

EDITORIAL = Path(__file__).parents[2] / "editorial"
INTERFACES = sorted(
    path
    for layer in ("api", "admin", "management", "tasks.py")
    for path in ((EDITORIAL / layer).rglob("*.py") if (EDITORIAL / layer).is_dir() else [EDITORIAL / layer])
)

WRITE_METHODS = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("asave", "acreate", "aupdate", "adelete", "aget_or_create", "aupdate_or_create"),
    *("raw", "extra", "execute", "executemany", "callproc", "select_for_update", "save_base", "_raw_delete"),
    *("log_addition", "log_change", "log_deletions"),
}

# Calls that look like writes and are not: file, call → reason.
ALLOWED_CALLS = {
    ("api/framework/throttling.py", "counting.execute"): "counts requests in Redis",
    ("management/commands/create_admin.py", "users.create"): "an action of workflow",
    ("management/demo/populate.py", "users.create"): "an action of workflow",
}


def calls(source: str) -> Iterator[str]:
    """Every call of a method that writes, as it stands in the source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITE_METHODS:
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: str(path.relative_to(EDITORIAL)))
def test_an_interface_never_writes(path):
    name = str(path.relative_to(EDITORIAL))
    assert [call for call in calls(path.read_text()) if (name, call) not in ALLOWED_CALLS] == []


def test_every_exception_is_still_needed():
    writes = {(str(path.relative_to(EDITORIAL)), call) for path in INTERFACES for call in calls(path.read_text())}
    assert set(ALLOWED_CALLS) <= writes


@pytest.mark.parametrize(
    "writing",
    [
        "claim.save()",
        "Claim.objects.filter(pk=1).update(text='')",
        "Claim(text='').save(force_insert=True)",
        "cursor.execute('DELETE FROM editorial_claim')",
        "story.uses.create(claim=claim)",
        "[row.delete() for row in rows]",
    ],
)
def test_a_write_in_an_interface_is_detected(writing):
    assert len(list(calls(writing))) == 1
