"""Permissions, read from the tables of docs/reference/roles.md, and visibility."""

from __future__ import annotations

from dataclasses import dataclass

from tests.permissions import roles_table
from tests.proofs.model.spec.state import State

RIGHTS = {(verb, str(role)): cell for (verb, role), cell in roles_table.rights().items()}
KINDS = {(kind, str(role)): cell for (kind, role), cell in roles_table.task_kinds().items()}


@dataclass(frozen=True)
class Person:
    """A user, with a role at each of some desks; None is every desk."""

    id: str
    name: str
    roles: frozenset[tuple[str, str | None]]
    active: bool = True

    def at(self, desks: set[str]) -> set[str]:
        """The roles held at any of these desks."""
        return {role for role, desk in self.roles if desk is None or desk in desks}

    def sees(self, state: State, table: str, key: str) -> bool:
        """Whether it is at one of the user's desks, or a named source."""
        if not self.active:
            return False
        if table == "source" and not state["source"][key]["unnamed"] and self.roles:
            return True
        return bool(self.at(state.desks(table, key)))

    def may(self, action: str, desks: set[str], *, owns: bool = False) -> bool:
        """Whether docs/reference/roles.md permits the action on an object of these desks."""
        cells = {RIGHTS[action, role] for role in self.at(desks)}
        return self.active and ("desk" in cells or ("own" in cells and owns))

    def may_take(self, kind: str, desks: set[str]) -> bool:
        """Whether such a task is for the user."""
        cells = {KINDS.get((kind, role), KINDS["any other", role]) for role in self.at(desks)}
        return self.active and "desk" in cells

    def ever_may(self, action: str) -> bool:
        """Whether the user may do it at any desk."""
        return any(RIGHTS[action, role] for role, _ in self.roles)
