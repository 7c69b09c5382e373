"""How statements end, and what replaces them."""

from __future__ import annotations

from uuid import UUID

from editorial.models import Statement, User
from editorial.policy.vocabulary import Ending
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible


def parse(ended: str) -> Ending:
    """Parse how a statement ended."""
    if ended not in set(Ending):
        names = ", ".join(Ending)
        raise ValidationFailed(Reason("UNKNOWN_ENDING", f"Choose one of these endings: {names}.", "ended"))
    return Ending(ended)


def successor(statement: Statement, ending: Ending, ended_by: UUID | str | None, actor: User) -> Statement | None:
    """The statement that replaced it, visible to the actor. Only a corrected or superseded statement has one."""
    if not ended_by:
        return None
    if ending not in (Ending.CORRECTED, Ending.SUPERSEDED):
        raise ValidationFailed(
            Reason("NO_SUCCESSOR", "Only a corrected or superseded statement can have a replacement.", "ended_by")
        )
    row = get_visible(Statement, ended_by, actor, field="ended_by")
    require_not_struck(row, "ended_by")
    if row.pk == statement.pk or row.ended_by_id == statement.pk:
        raise ValidationFailed(Reason("SAME_OBJECT", "Two statements cannot replace each other.", "ended_by"))
    return row


def require_not_struck(statement: Statement, field: str = "") -> None:
    """Raise `Conflict` if the statement was struck."""
    if statement.struck_at:
        raise Conflict(Reason("STRUCK", "This statement was struck because it was recorded by mistake.", field))
