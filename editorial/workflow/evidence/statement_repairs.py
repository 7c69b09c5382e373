"""Repairs of statements that were recorded wrongly: under the wrong source, or by mistake.

Neither says that anybody took anything back: a false "withdrawn" would stand in the record, and still connect voices.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Claim, Source, Statement, UseEvidence, User
from editorial.policy.actions import Action
from editorial.workflow.core.actions import atomic_action, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, get_visible
from editorial.workflow.evidence import disclosure, name_guard, signatures, statements


@atomic_action
def reassign(
    *,
    statement_id: UUID | str,
    source_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Statement:
    """Assign a statement that was recorded under the wrong source to the right one.

    Voids every signature on its claim: they were for words of somebody else.
    """
    statement = statements.lock_standing(statement_id, actor, Action.STATEMENT_REASSIGN, expected_version)
    source = get_visible(Source, source_id, actor, field="source")
    reason = require_reason(reason, "say how the mistake was noticed.")
    if not disclosure.can_see(statement.source, actor.facts()):
        raise Forbidden("You may not see the present source, so somebody at its desk must do this.", code="PROTECTED")
    if source.merged_into_id:
        raise Conflict(Reason("MERGED", disclosure.merge_notice(source, actor.facts()), "source"))
    if source.pk == statement.source_id:
        raise Conflict(Reason("SAME_OBJECT", "The statement is recorded under this source already.", "source"))
    if source.pk == statement.informant_id:
        raise ValidationFailed(Reason("INFORMANT", "A source cannot be its own informant.", "source"))
    texts = {"reason": reason, "quote": statement.quote}
    name_guard.check(texts, claims=[statement.claim], sources=[source, statement.source], actor=actor, now=now)
    statement.source = source
    validate_and_save(statement)
    signatures.void_all(statement.claim, now=now)
    # The former source stands in the row's history; in the event it would tie the two.
    statements.log_and_reassess(statement, Action.STATEMENT_REASSIGN, actor, now, source=str(source.pk), reason=reason)
    return statement


@atomic_action
def strike(
    *, statement_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Statement:
    """Strike a statement that was recorded by mistake and never made: it is as if it had not been recorded.

    It stays on file, struck, with the reason. Voids every signature on its claim.
    """
    statement = statements.lock_standing(statement_id, actor, Action.STATEMENT_STRIKE, expected_version)
    reason = require_reason(reason, "say how the mistake was noticed.")
    name_guard.check({"reason": reason}, claims=[statement.claim], sources=[statement.source], actor=actor, now=now)
    _require_not_used(statement)
    statement.struck_at = now
    validate_and_save(statement)
    claim: Claim = statement.claim
    signatures.void_all(claim, now=now)
    statements.log_and_reassess(statement, Action.STATEMENT_STRIKE, actor, now, reason=reason)
    return statement


def _require_not_used(statement: Statement) -> None:
    if UseEvidence.objects.filter(statement=statement).exists():
        raise Conflict("A story relies on this statement. Change the story's uses first.", code="RELIED_ON")
    if statement.replaced.exists():
        raise Conflict(
            "This statement took the place of another. Correct how that one ended first.", code="TAKES_PLACE"
        )
