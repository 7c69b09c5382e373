"""Passkeys (WebAuthn): register, rename and remove a phone, a computer or a security key.

A passkey is a second factor, like an authenticator app, after the password or single sign-on.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fido2.utils import websafe_encode

from editorial.models import AccountChange, Passkey, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people.account_changes import AccountChangeKind
from editorial.policy.people.passkeys import MAX_PASSKEYS
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.people import protected_accounts, reauthentication, webauthn

_INVALID = Reason("PASSKEY_INVALID", "The passkey could not be registered. Reload the page and try again.")


def register(*, name: str, credential: str, code: str = "", assertion: str = "", actor: User, now: datetime) -> Passkey:
    """Register a passkey: your phone, your computer or a security key. Signing in then requires a second factor.

    If you already have a second factor, it is required here.
    """
    require_permission(actor, Action.PASSKEY_REGISTER, _own(actor))
    reauthentication.prove(code=code, assertion=assertion, actor=actor, now=now)
    return _register(name=name, credential=credential, actor=actor, now=now)


@atomic_action
def _register(*, name: str, credential: str, actor: User, now: datetime) -> Passkey:
    lock(User, actor.pk, None)
    if Passkey.objects.filter(user=actor).count() >= MAX_PASSKEYS:
        raise Conflict(f"You already have {MAX_PASSKEYS} passkeys. Remove one first.", code="TOO_MANY")
    registered = webauthn.verify_registration(credential=credential, actor=actor, now=now)
    if registered is None or registered.credential_data is None:
        raise ValidationFailed(_INVALID)
    data = registered.credential_data
    passkey = Passkey(
        user=actor,
        name=name.strip(),
        credential_id=websafe_encode(data.credential_id),
        credential_data=websafe_encode(bytes(data)),
        sign_count=registered.counter,
        registered_at=now,
    )
    validate_and_save(passkey)
    audit.log(passkey, Action.PASSKEY_REGISTER, actor=actor, now=now, user=str(actor.pk))
    return passkey


@atomic_action
def rename(*, passkey_id: UUID | str, name: str, actor: User, now: datetime) -> Passkey:
    """Rename one of your passkeys."""
    passkey = lock(Passkey, passkey_id, actor)
    require_permission(actor, Action.PASSKEY_RENAME, passkey.access_facts())
    passkey.name = name.strip()
    validate_and_save(passkey)
    audit.log(passkey, Action.PASSKEY_RENAME, actor=actor, now=now, user=str(passkey.user_id))
    return passkey


def remove(
    *,
    passkey_id: UUID | str,
    code: str = "",
    assertion: str = "",
    reason: str = "",
    actor: User,
    now: datetime,
) -> User | AccountChange:
    """Remove a passkey: your own with a fresh second factor, somebody else's with a reason.

    First verify the identity of a user who reports a lost passkey. If their account can open the vault, sign or
    publish, a second administrator must approve it; then all their second factors are removed.
    """
    passkey = get_visible(Passkey, passkey_id, actor)
    require_permission(actor, Action.PASSKEY_REMOVE, passkey.access_facts())
    if passkey.user_id == actor.pk:
        reauthentication.prove(code=code, assertion=assertion, actor=actor, now=now)
    else:
        reason = require_reason(reason, "Say how you verified the requester's identity.")
    return _remove(passkey_id=passkey_id, reason=reason, actor=actor, now=now)


@atomic_action
def _remove(*, passkey_id: UUID | str, reason: str, actor: User, now: datetime) -> User | AccountChange:
    user: User = lock(User, get_visible(Passkey, passkey_id, actor).user_id, None)
    passkey = lock(Passkey, passkey_id, actor)
    if user.pk != actor.pk and protected_accounts.is_protected(user, now):
        return protected_accounts.submit(user, AccountChangeKind.SECOND_FACTOR, reason=reason, actor=actor, now=now)
    audit.log(passkey, Action.PASSKEY_REMOVE, actor=actor, now=now, user=str(passkey.user_id), reason=reason)
    passkey.delete()
    return user


def _own(actor: User) -> SubjectFacts:
    return SubjectFacts(owners=frozenset({str(actor.pk)}))
