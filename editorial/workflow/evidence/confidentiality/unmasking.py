"""Unmasking: reveal who a source is – with a fresh second factor and a second person, or immediately with an alert."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import IdentityRecord, Source, UnmaskRequest, User
from editorial.policy import unmasking
from editorial.policy.actions import Action
from editorial.policy.unmasking import UnmaskRequestFacts
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed, refuse
from editorial.workflow.core.locking import ExpectedVersion, get_visible, lock
from editorial.workflow.evidence.confidentiality import name_guard, vault
from editorial.workflow.evidence.confidentiality.vault import Identity
from editorial.workflow.people import account_control, reauthentication


@atomic_action
def request_unmask(
    *, source_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> UnmaskRequest:
    """Request to reveal who an unnamed source is. Another person must approve it within an hour."""
    source = _lock(source_id, actor, Action.SOURCE_REQUEST_UNMASK, expected_version)
    reason = require_reason(reason, "Tell the second person why, without the name.")
    _current_record(source)
    name_guard.check({"reason": reason}, sources=[source], actor=actor, now=now)
    request = UnmaskRequest.objects.create(
        source=source,
        requested_by=actor,
        requested_at=now,
        expires_at=now + unmasking.REQUEST_LIFETIME,
        reason=reason,
    )
    audit.log(source, Action.SOURCE_REQUEST_UNMASK, actor=actor, now=now, reason=reason, request=str(request.pk))
    return request


@atomic_action
def approve_unmask(
    *,
    source_id: UUID | str,
    request_id: UUID | str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Source:
    """Approve another person's request to reveal who a source is. You are not shown the name.

    Neither of you may have created the other's account or last set its password: that person could act as both.
    """
    source = _lock(source_id, actor, Action.SOURCE_APPROVE_UNMASK, expected_version)
    request = lock(UnmaskRequest, request_id, actor, field="request")
    if request.source_id != source.pk:
        raise ValidationFailed(Reason("OTHER_SOURCE", "This request is about another source.", "request"))
    pair = (actor, request.requested_by)
    shared_control = account_control.may_control(*pair) or account_control.may_control(*reversed(pair))
    denial = unmasking.denial_of_approval(_facts(request), str(actor.pk), now, shared_control=shared_control)
    refuse(denial, unmasking.DENIALS)
    request.approved_by, request.approved_at = actor, now
    request.save(update_fields=["approved_by", "approved_at"])
    audit.log(
        source,
        Action.SOURCE_APPROVE_UNMASK,
        actor=actor,
        now=now,
        request=str(request.pk),
        holder=str(request.requested_by_id),
    )
    return source


def unmask(
    *,
    source_id: UUID | str,
    code: str = "",
    assertion: str = "",
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Identity:
    """Reveal who an unnamed source is, once, by your approved request. The access is recorded before it is shown.

    Your second factor is required again if you have one or your role requires one.
    """
    source = get_visible(Source, source_id, actor)
    require_permission(actor, Action.SOURCE_UNMASK, source.access_facts())
    reauthentication.require(code=code, assertion=assertion, actor=actor, now=now)
    return _unmask(source_id=source_id, expected_version=expected_version, actor=actor, now=now)


@atomic_action
def _unmask(*, source_id: UUID | str, expected_version: ExpectedVersion, actor: User, now: datetime) -> Identity:
    source = _lock(source_id, actor, Action.SOURCE_UNMASK, expected_version)
    record = _current_record(source)
    own = UnmaskRequest.objects.select_for_update(of=("self",)).filter(source=source, requested_by=actor, used_at=None)
    usable = (request for request in own if unmasking.is_usable(_facts(request), str(actor.pk), now))
    request = next(usable, None)
    if request is None:
        raise Conflict(
            "You have no approved request for this source. Request it, and have another person approve it.",
            code="NOT_APPROVED",
        )
    identity = vault.decrypt(record)
    request.used_at = now
    request.save(update_fields=["used_at"])
    audit.log(
        source,
        Action.SOURCE_UNMASK,
        actor=actor,
        now=now,
        reason=request.reason,
        request=str(request.pk),
        approved_by=str(request.approved_by_id),
    )
    return identity


def break_glass(
    *,
    source_id: UUID | str,
    reason: str,
    code: str = "",
    assertion: str = "",
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Identity:
    """Reveal who an unnamed source is without a second person, in an emergency.

    This alerts all custodians, standards editors and administrators. Your second factor is required as usual.
    """
    source = get_visible(Source, source_id, actor)
    require_permission(actor, Action.SOURCE_BREAK_GLASS, source.access_facts())
    reason = require_reason(reason, "Say what cannot wait for a second person, without the name.")
    reauthentication.require(code=code, assertion=assertion, actor=actor, now=now)
    return _break_glass(source_id=source_id, reason=reason, expected_version=expected_version, actor=actor, now=now)


@atomic_action
def _break_glass(
    *, source_id: UUID | str, reason: str, expected_version: ExpectedVersion, actor: User, now: datetime
) -> Identity:
    source = _lock(source_id, actor, Action.SOURCE_BREAK_GLASS, expected_version)
    record = _current_record(source)
    name_guard.check({"reason": reason}, sources=[source], actor=actor, now=now)
    identity = vault.decrypt(record)
    audit.log(source, Action.SOURCE_BREAK_GLASS, actor=actor, now=now, reason=reason)
    return identity


def _lock(source_id: UUID | str, actor: User, action: Action, expected_version: ExpectedVersion) -> Source:
    """Lock the source. A merged one keeps its identity, so it can be revealed."""
    source = lock(Source, source_id, actor, expected_version=expected_version)
    require_permission(actor, action, source.access_facts())
    return source


def _current_record(source: Source) -> IdentityRecord:
    record = IdentityRecord.objects.filter(source=source, replaced_at=None).first()
    if record is None:
        raise Conflict("The vault holds no identity for this source.", code="NO_IDENTITY_STORED")
    return record


def _facts(request: UnmaskRequest) -> UnmaskRequestFacts:
    return UnmaskRequestFacts(
        requested_by=str(request.requested_by_id),
        expires_at=request.expires_at,
        approved=request.approved_at is not None,
        used=request.used_at is not None,
    )
