"""How statements end, and what takes their place."""

from __future__ import annotations

from uuid import UUID

from editorial.models import Statement, User
from editorial.policy.vocabulary import Ending
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible


def parse(ended: str) -> Ending:
    """Return how a statement ended, as given."""
    if ended not in set(Ending):
        names = ", ".join(Ending)
        raise ValidationFailed(Reason("UNKNOWN_ENDING", f"Say how it ended: {names}.", "ended"))
    return Ending(ended)


def successor(statement: Statement, ending: Ending, ended_by: UUID | str | None, actor: User) -> Statement | None:
    """The statement that took its place, which the actor may see. Only what was corrected or superseded has one."""
    if not ended_by:
        return None
    if ending not in (Ending.CORRECTED, Ending.SUPERSEDED):
        raise ValidationFailed(
            Reason("NO_SUCCESSOR", "Only a corrected or superseded statement has another in its place.", "ended_by")
        )
    row = get_visible(Statement, ended_by, actor, field="ended_by")
    require_not_struck(row, "ended_by")
    if row.pk == statement.pk or row.ended_by_id == statement.pk:
        raise ValidationFailed(Reason("SAME_OBJECT", "Two statements cannot take each other's place.", "ended_by"))
    return row


def require_not_struck(statement: Statement, field: str = "") -> None:
    """Raise `Conflict` if the statement was struck."""
    if statement.struck_at:
        raise Conflict(Reason("STRUCK", "This statement was struck, as it was recorded by mistake.", field))
