"""How statements end, and what replaces them."""

from __future__ import annotations

from uuid import UUID

from editorial.models import Claim, Statement, User
from editorial.policy.vocabulary import Ending
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock, lock_many


def parse(ended: str) -> Ending:
    """Parse how a statement ended."""
    if ended not in set(Ending):
        names = ", ".join(Ending)
        raise ValidationFailed(Reason("UNKNOWN_ENDING", f"Choose one of these endings: {names}.", "ended"))
    return Ending(ended)


def lock_pair(statement_id: UUID | str, ended_by: UUID | str) -> None:
    """Lock a statement and the one that replaces it, after their claims, so that neither changes meanwhile."""
    pair = Statement.objects.filter(pk__in=(statement_id, ended_by))
    lock_many(Claim, pair.values_list("claim_id", flat=True), None, field="ended_by")
    lock_many(Statement, pair.values_list("pk", flat=True), None, field="ended_by")


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
    _require_no_circle(statement, row)
    return row


def _require_no_circle(statement: Statement, successor: Statement) -> None:
    """Raise `ValidationFailed` if the successor was itself replaced by the statement, directly or through others."""
    chain, later = {statement.pk}, successor
    while later.pk not in chain:
        if later.ended_by_id is None:
            return
        chain.add(later.pk)
        later = lock(Statement, later.ended_by_id, None)  # concurrent actions could close the circle between them
    raise ValidationFailed(Reason("SAME_OBJECT", "Statements cannot replace each other.", "ended_by"))


def require_not_struck(statement: Statement, field: str = "") -> None:
    """Raise `Conflict` if the statement was struck."""
    if statement.struck_at:
        raise Conflict(Reason("STRUCK", "This statement was struck because it was recorded by mistake.", field))
