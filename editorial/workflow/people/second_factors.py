"""Authenticator apps as second factors: enroll, confirm, regenerate recovery codes, remove."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from editorial.models import AccountChange, Passkey, SecondFactor, User, encryption
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people.account_changes import AccountChangeKind
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.people import factor_codes, factor_status, protected_accounts, reauthentication

_APP_CONFIRMED = Reason("CONFIRMED", "You already have an authenticator app. Remove it first.")
_ENROLLMENT_TTL = timedelta(minutes=30)
"""How long a user with passkeys has to confirm an app after proving a passkey."""


def enroll(*, assertion: str = "", actor: User, now: datetime) -> SecondFactor:
    """Start to set up a second factor: an app on your phone that shows a new code every 30 seconds.

    Starting again before confirmation replaces the secret. If you have a passkey, prove it first.
    """
    require_permission(actor, Action.SECOND_FACTOR_ENROLL, SubjectFacts(owners=frozenset({str(actor.pk)})))
    if factor_status.has_app(actor):
        raise Conflict(_APP_CONFIRMED)
    reauthentication.prove(code="", assertion=assertion, actor=actor, now=now)
    return _enroll(actor=actor, now=now)


@atomic_action
def _enroll(*, actor: User, now: datetime) -> SecondFactor:
    lock(User, actor.pk, None)
    factor = SecondFactor.objects.filter(user=actor).select_for_update().first() or SecondFactor(user=actor)
    if factor.confirmed_at:
        raise Conflict(_APP_CONFIRMED)
    encryption.encrypt(factor, "encrypted_secret", pyotp.random_base32())
    factor.enrolled_at = now
    factor.save()
    audit.log(factor, Action.SECOND_FACTOR_ENROLL, actor=actor, now=now)
    return factor


@atomic_action
def confirm(*, factor_id: UUID | str, code: str, actor: User, now: datetime) -> list[str]:
    """Confirm the second factor with a first code. From then on, every sign-in requires a code.

    Returns the recovery codes, each valid once instead of an app code. They are shown only this once.
    """
    factor = lock(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_CONFIRM, factor.access_facts())
    if factor.confirmed_at:
        raise Conflict("Your second factor is already confirmed.", code="CONFIRMED")
    passkeys = Passkey.objects.filter(user=actor)
    expired = factor.enrolled_at <= now - _ENROLLMENT_TTL and passkeys.exists()
    if expired or passkeys.filter(registered_at__gt=factor.enrolled_at).exists():
        raise Conflict("This took too long, or you have a new passkey. Set up the app again.", code="ENROLL_AGAIN")
    if not factor_codes.is_app_code(factor, code, now):
        raise ValidationFailed(factor_codes.WRONG_CODE)
    factor.confirmed_at = now
    factor.save(update_fields=["confirmed_at"])
    audit.log(factor, Action.SECOND_FACTOR_CONFIRM, actor=actor, now=now)
    return factor_codes.new_recovery_codes(factor)


def regenerate_codes(
    *, factor_id: UUID | str, code: str = "", assertion: str = "", actor: User, now: datetime
) -> list[str]:
    """Regenerate your recovery codes. The old ones stop working."""
    factor = get_visible(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_REGENERATE_CODES, factor.access_facts())
    if not factor.confirmed_at:
        raise Conflict("Your second factor is not confirmed yet. Confirm it first.", code="UNCONFIRMED")
    reauthentication.prove(code=code, assertion=assertion, actor=actor, now=now)
    return _regenerate_codes(factor_id=factor_id, actor=actor, now=now)


@atomic_action
def _regenerate_codes(*, factor_id: UUID | str, actor: User, now: datetime) -> list[str]:
    factor = lock(SecondFactor, factor_id, actor)
    audit.log(factor, Action.SECOND_FACTOR_REGENERATE_CODES, actor=actor, now=now)
    return factor_codes.new_recovery_codes(factor)


def remove(
    *,
    factor_id: UUID | str,
    code: str = "",
    assertion: str = "",
    reason: str = "",
    actor: User,
    now: datetime,
) -> User | AccountChange:
    """Remove an authenticator app: your own with a fresh second factor, somebody else's with a reason.

    First verify the identity of a user who reports a lost factor. If their account can open the vault, sign or publish,
    a second administrator must approve the removal.
    """
    factor = get_visible(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_REMOVE, factor.access_facts())
    if factor.user_id == actor.pk:
        reauthentication.prove(code=code, assertion=assertion, actor=actor, now=now)
    else:
        reason = require_reason(reason, "Say how you verified the requester's identity.")
    return _remove(factor_id=factor_id, reason=reason, actor=actor, now=now)


@atomic_action
def _remove(*, factor_id: UUID | str, reason: str, actor: User, now: datetime) -> User | AccountChange:
    user: User = lock(User, get_visible(SecondFactor, factor_id, actor).user_id, None)
    factor = lock(SecondFactor, factor_id, actor)
    if user.pk != actor.pk and protected_accounts.is_protected(user, now):
        return protected_accounts.submit(user, AccountChangeKind.SECOND_FACTOR, reason=reason, actor=actor, now=now)
    audit.log(factor, Action.SECOND_FACTOR_REMOVE, actor=actor, now=now, user=str(factor.user_id), reason=reason)
    factor.delete()
    return user
