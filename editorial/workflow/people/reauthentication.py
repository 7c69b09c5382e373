"""Reauthentication with a second factor: a code from an app, a recovery code, or a passkey."""

from __future__ import annotations

from datetime import datetime

from editorial.models import User
from editorial.workflow.core.errors import Forbidden, Reason, ValidationFailed
from editorial.workflow.people import factor_codes, factor_status, login_throttle

WRONG_PASSKEY = Reason("WRONG_PASSKEY", "This passkey was not accepted. Try again, or use another one.")
_PASSKEY_REQUIRED = Reason("PASSKEY_REQUIRED", "Use your passkey. Passkeys work in the admin only.")
_CODE_REQUIRED = Reason("CODE_REQUIRED", "Enter the code that your app currently shows.", "code")


def require(*, code: str, assertion: str, actor: User, now: datetime) -> None:
    """Like `prove`, but also refuse users who have no second factor although a role of theirs requires one."""
    if factor_status.lacks_required(actor):
        raise Forbidden(factor_status.ENROLLMENT_REQUIRED)
    prove(code=code, assertion=assertion, actor=actor, now=now)


def prove(*, code: str, assertion: str, actor: User, now: datetime) -> None:
    """Require the second factor of a user who has one. Raises `ValidationFailed` or `TooManyAttempts`.

    Call this outside the action's transaction, so that a failed attempt counts.
    """
    if not factor_status.is_enabled(actor):
        return
    if not is_given(code=code, assertion=assertion):
        raise ValidationFailed(_CODE_REQUIRED if factor_status.has_app(actor) else _PASSKEY_REQUIRED)
    login_throttle.reauthenticate(
        lambda: is_valid(code=code, assertion=assertion, actor=actor, now=now),
        WRONG_PASSKEY if assertion else factor_codes.WRONG_CODE,
        actor=actor,
        now=now,
    )


def is_given(*, code: str, assertion: str) -> bool:
    """Whether there is anything to check."""
    return bool(code.strip() or assertion)


def is_valid(*, code: str, assertion: str, actor: User, now: datetime) -> bool:
    """Whether this passkey response or code is valid for the user. It is then used up."""
    if assertion:
        from editorial.workflow.people import webauthn  # three megabytes, and no worker checks a passkey

        return webauthn.check(assertion=assertion, actor=actor, now=now)
    return factor_codes.check(code=code, actor=actor, now=now)
