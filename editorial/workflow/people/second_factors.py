"""Second factors: enroll, confirm, regenerate recovery codes, remove; check a code.

A TOTP code (RFC 6238) is valid in its own 30-second step and the adjacent ones, and only once: PostgreSQL stores the
step of the last accepted code, and rejects codes of that step or earlier.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import structlog
from django.conf import settings

from editorial.models import AccountChange, Passkey, RecoveryCode, SecondFactor, User, encryption
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people.account_changes import AccountChangeKind
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.people import login_throttle, protected_accounts, webauthn

log = structlog.get_logger(__name__)

ENROLLMENT_REQUIRED = Reason(
    "SECOND_FACTOR_ENROLLMENT_REQUIRED", "Your role requires a second factor. Sign in to the admin and set it up there."
)
WRONG_CODE = Reason("WRONG_CODE", "This code is wrong or was already used. Wait for the next one.", "code")
RECOVERY_CODES = 10
_CODE_BITS = 80
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_STEP = 30  # seconds
_ENROLLMENT_TTL = timedelta(minutes=30)
"""How long a user with passkeys has to confirm an app after proving a passkey."""
_DRIFT_STEPS = 1  # steps that a clock may be off, either way


def enroll(*, assertion: str = "", actor: User, now: datetime) -> SecondFactor:
    """Start to set up a second factor: an app on your phone that shows a new code every 30 seconds.

    Starting again before confirmation replaces the secret. If you have a passkey, prove it first.
    """
    require_permission(actor, Action.SECOND_FACTOR_ENROLL, SubjectFacts(owners=frozenset({str(actor.pk)})))
    if webauthn.has_passkey(actor):
        if not assertion:
            raise ValidationFailed(webauthn.PASSKEY_REQUIRED)
        login_throttle.reauthenticate(
            lambda: webauthn.check(assertion=assertion, actor=actor, now=now),
            webauthn.WRONG_PASSKEY,
            actor=actor,
            now=now,
        )
    return _enroll(actor=actor, now=now)


@atomic_action
def _enroll(*, actor: User, now: datetime) -> SecondFactor:
    lock(User, actor.pk, None)
    factor = SecondFactor.objects.filter(user=actor).select_for_update().first() or SecondFactor(user=actor)
    if factor.confirmed_at:
        raise Conflict("You already have an authenticator app. Remove it first.", code="CONFIRMED")
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
    if not _is_app_code(factor, code, now):
        raise ValidationFailed(WRONG_CODE)
    factor.confirmed_at = now
    factor.save(update_fields=["confirmed_at"])
    audit.log(factor, Action.SECOND_FACTOR_CONFIRM, actor=actor, now=now)
    return _new_codes(factor)


def regenerate_codes(*, factor_id: UUID | str, code: str, actor: User, now: datetime) -> list[str]:
    """Regenerate your recovery codes. The old ones stop working."""
    factor = get_visible(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_REGENERATE_CODES, factor.access_facts())
    if not factor.confirmed_at:
        raise Conflict("Your second factor is not confirmed yet. Confirm it first.", code="UNCONFIRMED")
    login_throttle.reauthenticate(lambda: check(code=code, actor=actor, now=now), WRONG_CODE, actor=actor, now=now)
    return _regenerate_codes(factor_id=factor_id, actor=actor, now=now)


@atomic_action
def _regenerate_codes(*, factor_id: UUID | str, actor: User, now: datetime) -> list[str]:
    factor = lock(SecondFactor, factor_id, actor)
    audit.log(factor, Action.SECOND_FACTOR_REGENERATE_CODES, actor=actor, now=now)
    return _new_codes(factor)


def remove(
    *, factor_id: UUID | str, code: str = "", reason: str = "", actor: User, now: datetime
) -> User | AccountChange:
    """Remove a second factor: your own with a code, somebody else's with a reason.

    First verify the identity of a user who reports a lost factor. If their account can open the vault, sign or publish,
    a second administrator must approve the removal.
    """
    factor = get_visible(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_REMOVE, factor.access_facts())
    if factor.user_id != actor.pk:
        reason = require_reason(reason, "say how you verified the requester's identity.")
    elif factor.confirmed_at:
        login_throttle.reauthenticate(lambda: check(code=code, actor=actor, now=now), WRONG_CODE, actor=actor, now=now)
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


@atomic_action
def check(*, code: str, actor: User, now: datetime) -> bool:
    """Whether the code is valid for the user. Checking it uses it up."""
    factor = SecondFactor.objects.select_for_update().filter(user=actor).exclude(confirmed_at=None).first()
    return factor is not None and _is_valid(factor, code, now)


def is_enabled(user: User) -> bool:
    """Whether the user has a second factor: a confirmed app, or a passkey."""
    return has_app(user) or Passkey.objects.filter(user=user).exists()


def has_app(user: User) -> bool:
    """Whether the user has confirmed an authenticator app, and so has recovery codes."""
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()


def is_required(user: User) -> bool:
    """Whether a role of the user requires a second factor, and they have none and used none at the provider."""
    return not user.used_provider_factor and lacks_required(user)


def lacks_required(user: User) -> bool:
    """Whether a role of the user requires a second factor and they have none here."""
    required_roles: Collection[str] = settings.SECOND_FACTOR_ROLES
    if not required_roles:
        return False
    roles = {role for role, _ in user.facts().memberships}
    return bool(roles.intersection(required_roles)) and not is_enabled(user)


def provisioning_uri(factor: SecondFactor) -> str:
    """The content of the QR code, secret included. Only for the owner's enrolment page."""
    return _totp(factor).provisioning_uri(name=factor.user.get_username(), issuer_name=settings.SECOND_FACTOR_ISSUER)


def _totp(factor: SecondFactor) -> pyotp.TOTP:
    return pyotp.TOTP(encryption.decrypt(factor, "encrypted_secret"), interval=_STEP)


def _is_valid(factor: SecondFactor, code: str, now: datetime) -> bool:
    return _is_app_code(factor, code, now) or _is_recovery_code(factor, code, now)


def _is_app_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether this is an app code of the current or an adjacent step, later than the last accepted one."""
    typed = "".join(code.split())
    try:
        app = _totp(factor)
    except encryption.EncryptionError as error:  # the recovery codes still work
        log.error("second factor cannot be decrypted", factor=str(factor.pk), reason=str(error))
        return False
    current = app.timecode(now)
    for step in range(max(current - _DRIFT_STEPS, factor.last_step + 1), current + _DRIFT_STEPS + 1):
        if secrets.compare_digest(app.generate_otp(step).encode(), typed.encode()):
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return True
    return False


def _is_recovery_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    unused = factor.recovery_codes.filter(digest=_digest(code), used_at=None)
    return bool(unused.update(used_at=now))


def _new_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    codes = [_format_code(secrets.randbits(_CODE_BITS)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(code)) for code in codes)
    return codes


def _format_code(number: int) -> str:
    text = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, _CODE_BITS, 5))
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _digest(code: str) -> str:
    """Digest of a normalised code. SHA-256 is enough, as a code has 80 random bits."""
    text = "".join(character for character in code.upper() if character in _ALPHABET)
    return hashlib.sha256(text.encode()).hexdigest()
