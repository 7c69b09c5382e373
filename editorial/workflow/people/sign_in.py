"""Sign-in for API and admin: a password, and a second-factor code where the account has one."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate

from editorial.models import User
from editorial.policy.people.sign_ins import SignInResult
from editorial.workflow.core.errors import ActionError, Reason
from editorial.workflow.people import login_throttle, second_factors

_REASONS = {
    SignInResult.WRONG_PASSWORD: Reason("WRONG_CREDENTIALS", "No active account has this username and password."),
    SignInResult.CODE_MISSING: Reason(
        "SECOND_FACTOR_REQUIRED",
        "Your account has a second factor. Also give a code from your app, or a recovery code.",
        "code",
    ),
    SignInResult.WRONG_CODE: second_factors.WRONG_CODE,
}


class SignInRefused(ActionError):
    """The credentials are wrong or incomplete."""


def sign_in(*, username: str, password: str, code: str, address: str | None, interface: str, now: datetime) -> User:
    """Return the user with this username, password and code.

    Only the right password reveals that the account has a second factor. Raises `SignInRefused`, or
    `login_throttle.TooManyAttempts` after too many recent failures.
    """
    attempt = login_throttle.start_attempt(name=username, address=address, interface=interface, now=now)
    user = authenticate(username=username, password=password)
    result = _check_credentials(user, code, now)
    login_throttle.finish_attempt(attempt_id=attempt.pk, outcome=result, user=user, now=now)
    if user is None or result is not SignInResult.SUCCEEDED:
        raise SignInRefused(_REASONS[result])
    return user


def _check_credentials(user: User | None, code: str, now: datetime) -> SignInResult:
    if user is None:
        return SignInResult.WRONG_PASSWORD
    if not second_factors.is_enabled(user):
        return SignInResult.SUCCEEDED
    if not code.strip():
        return SignInResult.CODE_MISSING
    return SignInResult.SUCCEEDED if second_factors.check(code=code, actor=user, now=now) else SignInResult.WRONG_CODE
