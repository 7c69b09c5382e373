"""Sealing: put an identity into the vault. Each identity is a record of its own; the former ones stay."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import IdentityRecord, Source, User
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import ExpectedVersion, lock
from editorial.workflow.evidence.affected_claims import reassess_affected
from editorial.workflow.evidence.confidentiality import matching, name_guard, vault
from editorial.workflow.evidence.confidentiality.vault import Identity

TEXT_FIELDS = ("name", "description", "camp")
"""The fields of a source that may contain a name."""


def prepare(source: Source, identity: Identity, actor: User, now: datetime) -> None:
    """Run and count every check that may refuse an identity before it is written: the write-ahead log would keep it."""
    name_guard.check_own({field: getattr(source, field) for field in TEXT_FIELDS}, identity)
    matching.count_attempt(actor=actor, desk_id=source.desk_id, now=now)
    source.key = identity.token()


def seal(source: Source, identity: Identity, actor: User, now: datetime) -> None:
    """Write the identity's record. The source has been saved with its token."""
    record = IdentityRecord(source=source, token=source.key, encrypted_at=now, encrypted_by=actor)
    vault.encrypt(record, identity)
    record.save()


@atomic_action
def replace_identity(
    *,
    source_id: UUID | str,
    identity_name: str,
    identity_known_by: str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Source:
    """Seal another identity for an unnamed source. The vault keeps the former one; nothing in it is overwritten."""
    source = lock(Source, source_id, actor, expected_version=expected_version)
    require_permission(actor, Action.SOURCE_REPLACE_IDENTITY, source.access_facts())
    reason = require_reason(reason, "Say why the former identity was wrong, without a name.")
    identity = Identity.of(identity_name, identity_known_by)
    former = IdentityRecord.objects.select_for_update().filter(source=source, replaced_at=None).first()
    if former is None:
        raise Conflict(
            "The vault holds no identity for this source. Protect the source first.", code="NO_IDENTITY_STORED"
        )
    name_guard.check({"reason": reason}, sources=[source], actor=actor, now=now)
    name_guard.check_own({"reason": reason}, identity)
    prepare(source, identity, actor, now)
    # An editor knew the former identity, not necessarily this one.
    source.editor_knows = False
    former.replaced_at = now
    former.save(update_fields=["replaced_at"])
    validate_and_save(source)
    seal(source, identity, actor, now)
    audit.log(
        source,
        Action.SOURCE_REPLACE_IDENTITY,
        actor=actor,
        now=now,
        reason=reason,
        former=str(former.pk),
        holder=str(former.encrypted_by_id),
    )
    matching.log_comparison(source, actor=actor, now=now)
    reassess_affected(source, now, whole_house=True)
    return source
