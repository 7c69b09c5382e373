"""Repairs of statements that were recorded under the wrong source or by mistake, or did not end after all.

None of them records a withdrawal: that would be false, and a withdrawn statement still links sources.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Claim, Source, Statement, UseEvidence, User
from editorial.models.base_fields import NOT_RECORDED
from editorial.policy.actions import Action
from editorial.workflow.core.actions import atomic_action, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, get_visible
from editorial.workflow.evidence import endings, signatures, statements
from editorial.workflow.evidence.confidentiality import disclosure, name_guard


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
    """Assign a statement that was recorded under the wrong source to the correct one.

    Voids every signature on its claim, because they rest on the wrong source.
    """
    statement = statements.lock_unstruck(statement_id, actor, Action.STATEMENT_REASSIGN, expected_version)
    source = get_visible(Source, source_id, actor, field="source")
    reason = require_reason(reason, "Say how the mistake was found.")
    if not disclosure.can_see(statement.source, actor.facts()):
        raise Forbidden("You may not see the current source. Ask somebody at its desk to change it.", code="PROTECTED")
    if source.merged_into_id:
        raise Conflict(Reason("MERGED", disclosure.merge_notice(source, actor.facts()), "source"))
    if source.pk == statement.source_id:
        raise Conflict(Reason("SAME_OBJECT", "The statement is already recorded under this source.", "source"))
    if source.pk == statement.informant_id:
        raise ValidationFailed(Reason("INFORMANT", "A source cannot be its own informant.", "source"))
    texts = {"reason": reason, "quote": statement.quote}
    name_guard.check(texts, claims=[statement.claim], sources=[source, statement.source], actor=actor, now=now)
    statement.source = source
    validate_and_save(statement)
    signatures.void_all(statement.claim, now=now)
    # The row's history holds the former source. Naming both in the event would link the two.
    statements.log_and_reassess(statement, Action.STATEMENT_REASSIGN, actor, now, source=str(source.pk), reason=reason)
    return statement


@atomic_action
def strike(
    *, statement_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Statement:
    """Strike a statement that was never made or was recorded twice. It no longer counts.

    It stays on file, with the reason. Voids every signature on its claim. A statement that it replaced, unknown to the
    actor, stays ended without a replacement: a refusal would tell that it exists.
    """
    endings.lock_with_replaced(statement_id)
    statement = statements.lock_unstruck(statement_id, actor, Action.STATEMENT_STRIKE, expected_version)
    reason = require_reason(reason, "Say how the mistake was found.")
    name_guard.check({"reason": reason}, claims=[statement.claim], sources=[statement.source], actor=actor, now=now)
    _require_not_used(statement, actor)
    for replaced in statement.replaced.order_by("pk"):
        replaced.ended_by = None
        validate_and_save(replaced)
        change = {"ended_by": [NOT_RECORDED, None]}
        statements.log_and_reassess(replaced, Action.STATEMENT_REVISE, actor, now, changed=change)
    statement.struck_at = now
    validate_and_save(statement)
    claim: Claim = statement.claim
    signatures.void_all(claim, now=now)
    statements.log_and_reassess(statement, Action.STATEMENT_STRIKE, actor, now, reason=reason)
    return statement


@atomic_action
def reopen(
    *, statement_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Statement:
    """Reopen a statement that was marked as ended by mistake. It stands as if it had never ended.

    Voids every signature on its claim, because they were given without it.
    """
    statement = statements.lock_unstruck(statement_id, actor, Action.STATEMENT_REOPEN, expected_version)
    reason = require_reason(reason, "Say how the mistake was found.")
    name_guard.check({"reason": reason}, claims=[statement.claim], sources=[statement.source], actor=actor, now=now)
    if (before := statement.ended) is None:
        raise Conflict("This statement has not ended.", code="NOT_ENDED")
    statement.end(None, None)
    statement.ended_by = None
    validate_and_save(statement)
    signatures.void_all(statement.claim, now=now)
    statements.log_and_reassess(
        statement, Action.STATEMENT_REOPEN, actor, now, ended=[before.value, None], reason=reason
    )
    return statement


def _require_not_used(statement: Statement, actor: User) -> None:
    if UseEvidence.objects.filter(statement=statement).exists():
        raise Conflict("A story relies on this statement. Change the story's uses first.", code="RELIED_ON")
    if disclosure.shown_replacements(actor.facts()).filter(ended_by=statement).exists():
        raise Conflict("This statement replaces another one. Change how that one ended first.", code="TAKES_PLACE")
