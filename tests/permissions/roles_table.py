"""The tables of docs/reference/roles.md, read here: a permission changes in two places or not at all."""

from __future__ import annotations

import re
from pathlib import Path

from editorial.policy.roles import Role

_ROLES_MD = Path(__file__).parents[2] / "docs" / "reference" / "roles.md"
_CELLS = {"", "own", "desk", "self"}


def rights() -> dict[tuple[str, Role], str]:
    """(action, role) → "desk", "own", "self" or nothing."""
    return _table(0)


def scopes() -> dict[str, set[str]]:
    """Scope → the actions within it."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", _ROLES_MD.read_text(), flags=re.MULTILINE)
    return {scope: set(actions.split(", ")) for scope, actions in rows}


def task_kinds() -> dict[tuple[str, Role], str]:
    """(kind of task, or "any other", role) → "desk" or nothing."""
    return _table(2)


def _table(number: int) -> dict[tuple[str, Role], str]:
    tables = re.findall(r"(?:^\|.*\n)+", _ROLES_MD.read_text(), flags=re.MULTILINE)
    head, _, *rows = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in tables[number].splitlines())
    roles = [Role(re.sub(r"\W", "_", name)) for name in head[1:]]
    cells_by_key = {}
    for name, *cells in rows:
        if not name.startswith("**"):
            assert set(cells) <= _CELLS, f"{name}: a cell says neither desk, own nor self"
            cells_by_key |= {(name, role): cell for role, cell in zip(roles, cells, strict=True)}
    return cells_by_key
