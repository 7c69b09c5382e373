"""How statements end, and what replaces them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from editorial.models import Claim, Statement, User
from editorial.policy.vocabulary import Ending
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock, lock_many
from editorial.workflow.evidence.confidentiality import disclosure

REPLACEABLE = (Ending.CORRECTED, Ending.SUPERSEDED)
"""The endings that can have a replacement."""


def parse(ended: str) -> Ending:
    """Parse how a statement ended."""
    if ended not in set(Ending):
        names = ", ".join(Ending)
        raise ValidationFailed(Reason("UNKNOWN_ENDING", f"Choose one of these endings: {names}.", "ended"))
    return Ending(ended)


def lock_pair(statement_id: UUID | str, ended_by: UUID | str) -> None:
    """Lock a statement and the one that replaces it, after their claims, so that neither changes meanwhile."""
    _lock_all(Statement.objects.filter(pk__in=(statement_id, ended_by)))


def lock_with_replaced(statement_id: UUID | str) -> None:
    """Lock a statement and those that it replaces, after their claims."""
    _lock_all(Statement.objects.filter(Q(pk=statement_id) | Q(ended_by=statement_id)))


def _lock_all(rows: QuerySet[Statement]) -> None:
    lock_many(Claim, rows.values_list("claim_id", flat=True), None, field="ended_by")
    lock_many(Statement, rows.values_list("pk", flat=True), None, field="ended_by")


def successor(statement: Statement, ending: Ending, ended_by: UUID | str | None, actor: User) -> Statement | None:
    """The statement that replaced it, visible to the actor. Only a corrected or superseded statement has one."""
    if not ended_by:
        return None
    if ending not in REPLACEABLE:
        raise ValidationFailed(
            Reason("NO_SUCCESSOR", "Only a corrected or superseded statement can have a replacement.", "ended_by")
        )
    row = get_visible(Statement, ended_by, actor, field="ended_by")
    require_not_struck(row, "ended_by")
    _require_no_link_to_unnamed(statement, row, actor)
    _require_no_circle(statement, row)
    return row


def known_successor(statement: Statement, actor: User) -> Statement | None:
    """The statement that replaced it, if the actor may know."""
    return statement.ended_by if disclosure.shown_replacements(actor.facts()).filter(pk=statement.pk).exists() else None


def _require_no_link_to_unnamed(statement: Statement, successor: Statement, actor: User) -> None:
    """Refuse to link an unnamed source to another record: readers of both statements would take them for one person.

    Somebody who may not see the source is refused in any case, or the refusal would tell whether both are the same.
    """
    sources = (statement.source, successor.source)
    if not all(disclosure.can_see(source, actor.facts()) for source in sources):
        raise Forbidden(
            "You may not see the source of one of these statements. Ask somebody at its desk to record what replaced "
            "it.",
            code="PROTECTED",
        )
    if statement.source_id != successor.source_id and any(source.unnamed for source in sources):
        raise Conflict(
            Reason(
                "UNNAMED",
                "One of these statements is by an unnamed source, and the link would reveal who it is. Record the "
                "ending without a replacement.",
                "ended_by",
            )
        )


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
