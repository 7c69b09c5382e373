"""Codes of second factors: those of an authenticator app, and recovery codes.

A TOTP code (RFC 6238) is valid in its own 30-second step and the adjacent ones, and only once: PostgreSQL stores the
step of the last accepted code, and rejects codes of that step or earlier.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import pyotp
import structlog
from django.conf import settings

from editorial.models import RecoveryCode, SecondFactor, User, encryption
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.errors import Reason

log = structlog.get_logger(__name__)

WRONG_CODE = Reason("WRONG_CODE", "This code is wrong or was already used. Wait for the next one.", "code")
_RECOVERY_CODES = 10
_CODE_BITS = 80
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_STEP = 30  # seconds
_DRIFT_STEPS = 1  # steps that a clock may be off, either way


def provisioning_uri(factor: SecondFactor) -> str:
    """The content of the QR code, secret included. Only for the page on which the owner sets it up."""
    return _app(factor).provisioning_uri(name=factor.user.get_username(), issuer_name=settings.SECOND_FACTOR_ISSUER)


@atomic_action
def check(*, code: str, actor: User, now: datetime) -> bool:
    """Whether the code is valid for the user. Checking it uses it up."""
    factor = SecondFactor.objects.select_for_update().filter(user=actor).exclude(confirmed_at=None).first()
    return factor is not None and (is_app_code(factor, code, now) or _is_recovery_code(factor, code, now))


def is_app_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether this is an app code of the current or an adjacent step, later than the last accepted one."""
    typed = "".join(code.split())
    try:
        app = _app(factor)
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


def new_recovery_codes(factor: SecondFactor) -> list[str]:
    """Replace the factor's recovery codes. Only their digests are stored."""
    factor.recovery_codes.all().delete()
    codes = [_format_code(secrets.randbits(_CODE_BITS)) for _ in range(_RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(code)) for code in codes)
    return codes


def _app(factor: SecondFactor) -> pyotp.TOTP:
    return pyotp.TOTP(encryption.decrypt(factor, "encrypted_secret"), interval=_STEP)


def _is_recovery_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    unused = factor.recovery_codes.filter(digest=_digest(code), used_at=None)
    return bool(unused.update(used_at=now))


def _format_code(number: int) -> str:
    text = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, _CODE_BITS, 5))
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _digest(code: str) -> str:
    """Digest of a normalised code. SHA-256 is enough, as a code has 80 random bits."""
    text = "".join(character for character in code.upper() if character in _ALPHABET)
    return hashlib.sha256(text.encode()).hexdigest()
