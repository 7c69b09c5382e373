"""Who may do what to what, read from the tables of docs/roles.md, and who sees what."""

from __future__ import annotations

from dataclasses import dataclass

from tests.permissions import roles_table
from tests.proofs.model.spec.state import State

RIGHTS = {(verb, str(role)): cell for (verb, role), cell in roles_table.rights().items()}
KINDS = {(kind, str(role)): cell for (kind, role), cell in roles_table.task_kinds().items()}


@dataclass(frozen=True)
class Person:
    """Somebody, with a role at each of some desks; None is the whole house."""

    id: str
    name: str
    roles: frozenset[tuple[str, str | None]]
    active: bool = True

    def at(self, desks: set[str]) -> set[str]:
        """The roles held at any of these desks."""
        return {role for role, desk in self.roles if desk is None or desk in desks}

    def sees(self, state: State, table: str, key: str) -> bool:
        """Whether it is at a desk of theirs, or a named source."""
        if not self.active:
            return False
        if table == "source" and not state["source"][key]["unnamed"] and self.roles:
            return True
        return bool(self.at(state.desks(table, key)))

    def may(self, action: str, desks: set[str], *, owns: bool = False) -> bool:
        """Whether docs/roles.md lets them, to something at these desks."""
        cells = {RIGHTS[action, role] for role in self.at(desks)}
        return self.active and ("desk" in cells or ("own" in cells and owns))

    def may_take(self, kind: str, desks: set[str]) -> bool:
        """Whether such a task is for them."""
        cells = {KINDS.get((kind, role), KINDS["any other", role]) for role in self.at(desks)}
        return self.active and "desk" in cells

    def ever_may(self, action: str) -> bool:
        """Whether they may do it anywhere."""
        return any(RIGHTS[action, role] for role, _ in self.roles)
