"""Repairs of sources that were merged by mistake."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Source, User
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Forbidden
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock_many
from editorial.workflow.evidence.affected_claims import reassess_affected
from editorial.workflow.evidence.confidentiality import disclosure, source_names


@atomic_action
def unmerge(
    *, source_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Source:
    """Separate a source from the one that it was merged into by mistake. Each keeps its own statements.

    Statements recorded since the merge belong to the other source; reassign those that are not its own.
    """
    unlocked = get_visible(Source, source_id, actor)
    pair = [unlocked.pk, unlocked.merged_into_id or unlocked.pk]
    locked = {each.pk: each for each in lock_many(Source, pair, None, field="source")}
    source, into = (locked[key] for key in pair)
    check_version(source, expected_version)
    if source.pk == into.pk or source.merged_into_id != into.pk:
        raise Conflict("This source is not merged into another.", code="NOT_MERGED")
    if not disclosure.can_see(into, actor.facts()):  # not by locking it: that refusal would name it
        raise Forbidden("You may not see the other source. Ask a custodian to separate them.", code="PROTECTED")
    for each in (source, into):
        require_permission(actor, Action.SOURCE_UNMERGE, each.access_facts())
    reason = require_reason(reason, "Say how the mistake was found, without a name.")
    source_names.check_reason(reason, [source, into], actor, now)
    source.merged_into = None
    validate_and_save(source)
    for each in (source, into):
        audit.log(
            each, Action.SOURCE_UNMERGE, actor=actor, now=now, source=str(source.pk), into=str(into.pk), reason=reason
        )
        reassess_affected(each, now, whole_house=True)
    return source
