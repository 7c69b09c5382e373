"""Second factors: set one up, confirm it by a first code, get new recovery codes, take it away; check a code.

A code of the app (RFC 6238) is good for the half minute it is shown in and the ones beside it, and once: the half
minute of the last one taken is kept in PostgreSQL, and nothing as old as that counts again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import pyotp
from django.conf import settings

from editorial.models import RecoveryCode, SecondFactor, User, encryption
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    Conflict,
    Reason,
    ValidationFailed,
    atomic_action,
    get_visible,
    lock,
    require_permission,
    require_reason,
)
from editorial.workflow.people import login_throttle

ENROLLMENT_REQUIRED = Reason(
    "SECOND_FACTOR_ENROLLMENT_REQUIRED",
    "Your role asks for a second factor, and you have none yet. Log in to the admin and set it up there.",
)
_WRONG_CODE = Reason("WRONG_CODE", "This code is not right, or was used before. Wait for the next one.", "code")
RECOVERY_CODES = 10
_CODE_BITS = 80
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_STEP = 30  # seconds
_DRIFT_STEPS = 1  # how many steps a clock may be off, either way


@atomic_action
def enroll(*, actor: User, now: datetime) -> SecondFactor:
    """Begin to set up a second factor: an app on your phone that shows a new code every half minute.

    Begun again before it was confirmed, it has a new secret.
    """
    lock(User, actor.pk, None)
    require_permission(actor, Action.SECOND_FACTOR_ENROLL, SubjectFacts(owners=frozenset({str(actor.pk)})))
    factor = SecondFactor.objects.filter(user=actor).select_for_update().first() or SecondFactor(user=actor)
    if factor.confirmed_at:
        raise Conflict("You have a second factor. Take it away first.", code="CONFIRMED")
    factor.encrypted_secret, factor.enrolled_at = encryption.encrypt(pyotp.random_base32()), now
    factor.save()
    audit.log(factor, Action.SECOND_FACTOR_ENROLL, actor=actor, now=now)
    return factor


@atomic_action
def confirm(*, factor_id: UUID | str, code: str, actor: User, now: datetime) -> list[str]:
    """Show by a first code that your app has it. From then on you are asked for a code whenever you sign in.

    Returns the recovery codes, each good once in place of the app's. They are shown this once.
    """
    factor = lock(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_CONFIRM, factor.access_facts())
    if factor.confirmed_at:
        raise Conflict("Your second factor is set up already.", code="CONFIRMED")
    if not _is_app_code(factor, code, now):
        raise ValidationFailed(_WRONG_CODE)
    factor.confirmed_at = now
    factor.save(update_fields=["confirmed_at"])
    audit.log(factor, Action.SECOND_FACTOR_CONFIRM, actor=actor, now=now)
    return _new_codes(factor)


def regenerate_codes(*, factor_id: UUID | str, code: str, actor: User, now: datetime) -> list[str]:
    """Get new recovery codes. Those you had stop working."""
    factor = get_visible(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_REGENERATE_CODES, factor.access_facts())
    if not factor.confirmed_at:
        raise Conflict("Your second factor is not confirmed yet.", code="UNCONFIRMED")
    login_throttle.reauthenticate(lambda: check(code=code, actor=actor, now=now), _WRONG_CODE, actor=actor, now=now)
    return _regenerate_codes(factor_id=factor_id, actor=actor, now=now)


@atomic_action
def _regenerate_codes(*, factor_id: UUID | str, actor: User, now: datetime) -> list[str]:
    factor = lock(SecondFactor, factor_id, actor)
    audit.log(factor, Action.SECOND_FACTOR_REGENERATE_CODES, actor=actor, now=now)
    return _new_codes(factor)


def remove(*, factor_id: UUID | str, code: str = "", reason: str = "", actor: User, now: datetime) -> User:
    """Take a second factor away: your own by one more code of it, somebody else's with a reason.

    Before you do it for somebody who lost theirs, make sure who asks you.
    """
    factor = get_visible(SecondFactor, factor_id, actor)
    require_permission(actor, Action.SECOND_FACTOR_REMOVE, factor.access_facts())
    if factor.user_id != actor.pk:
        reason = require_reason(reason, "how you know who asked you.")
    elif factor.confirmed_at:
        login_throttle.reauthenticate(lambda: check(code=code, actor=actor, now=now), _WRONG_CODE, actor=actor, now=now)
    return _remove(factor_id=factor_id, reason=reason, actor=actor, now=now)


@atomic_action
def _remove(*, factor_id: UUID | str, reason: str, actor: User, now: datetime) -> User:
    factor = lock(SecondFactor, factor_id, actor)
    audit.log(factor, Action.SECOND_FACTOR_REMOVE, actor=actor, now=now, user=str(factor.user_id), reason=reason)
    person: User = factor.user
    factor.delete()
    return person


@atomic_action
def check(*, code: str, actor: User, now: datetime) -> bool:
    """Whether this is a code that the person signing in may come in by. It is good this once."""
    factor = SecondFactor.objects.select_for_update().filter(user=actor).exclude(confirmed_at=None).first()
    return factor is not None and _is_valid(factor, code, now)


@atomic_action
def reencrypt(*, factor_id: UUID, now: datetime) -> None:
    """Encrypt a secret with the newest of the vault's keys. The system's own verb; nobody sees the secret."""
    factor = lock(SecondFactor, factor_id, None)
    factor.encrypted_secret = encryption.reencrypt(bytes(factor.encrypted_secret))
    factor.save(update_fields=["encrypted_secret"])


def is_enabled(person: User) -> bool:
    """Whether this person's account has a second factor."""
    return SecondFactor.objects.filter(user=person).exclude(confirmed_at=None).exists()


def is_required(person: User) -> bool:
    """Whether a role of this person asks for a second factor that they do not have."""
    asked: Collection[str] = settings.SECOND_FACTOR_ROLES
    if not asked:
        return False
    held = {role for role, _ in person.facts().memberships}
    return bool(held.intersection(asked)) and not is_enabled(person)


def provisioning_uri(factor: SecondFactor) -> str:
    """What the QR code says to the app, secret included. Only for the page on which its owner sets it up."""
    return _totp(factor).provisioning_uri(name=factor.user.get_username(), issuer_name=settings.SECOND_FACTOR_ISSUER)


def _totp(factor: SecondFactor) -> pyotp.TOTP:
    return pyotp.TOTP(encryption.decrypt(bytes(factor.encrypted_secret)), interval=_STEP)


def _is_valid(factor: SecondFactor, code: str, now: datetime) -> bool:
    return _is_app_code(factor, code, now) or _is_recovery_code(factor, code, now)


def _is_app_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether the app shows it now, or a half minute ago or hence, and nothing as late was taken before."""
    typed = "".join(code.split())
    try:
        app = _totp(factor)
    except encryption.KeyUnavailable:  # the recovery codes still work
        return False
    this = app.timecode(now)
    for step in range(max(this - _DRIFT_STEPS, factor.last_step + 1), this + _DRIFT_STEPS + 1):
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
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, _CODE_BITS, 5))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _digest(code: str) -> str:
    """However it was typed. A code is 80 bits of chance, so nothing slower than SHA-256 would make it safer."""
    letters = "".join(sign for sign in code.upper() if sign in _ALPHABET)
    return hashlib.sha256(letters.encode()).hexdigest()
