"""Signing in, by whichever door: a password, and a code of the second factor where the account has one."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate

from editorial.models import User
from editorial.policy.people.sign_ins import SignInResult
from editorial.workflow.core.actions import ActionError, Reason
from editorial.workflow.people import login_throttle, second_factors

_REASONS = {
    SignInResult.WRONG_PASSWORD: Reason("WRONG_CREDENTIALS", "No active account has this user name and password."),
    SignInResult.CODE_MISSING: Reason(
        "SECOND_FACTOR_REQUIRED",
        "Your account has a second factor: give the code that your app shows, or a recovery code, too.",
        "code",
    ),
    SignInResult.WRONG_CODE: Reason(
        "WRONG_CODE", "This code is not right, or was used before. Wait for the next one.", "code"
    ),
}


class SignInRefused(ActionError):
    """Whoever tried did not show who they are."""


def sign_in(*, username: str, password: str, code: str, address: str | None, interface: str, now: datetime) -> User:
    """The person whose user name, password and code these are.

    That there is a second factor is told only to whoever gave the right password. Raises SignInRefused, or
    `attempts.TooManyAttempts` where it went wrong too often lately.
    """
    attempt = login_throttle.start_attempt(name=username, address=address, interface=interface, now=now)
    user = authenticate(username=username, password=password)
    outcome = _check_credentials(user, code, now)
    login_throttle.finish_attempt(attempt_id=attempt.pk, outcome=outcome, user=user, now=now)
    if user is None or outcome is not SignInResult.SUCCEEDED:
        raise SignInRefused(_REASONS[outcome])
    return user


def _check_credentials(user: User | None, code: str, now: datetime) -> SignInResult:
    if user is None:
        return SignInResult.WRONG_PASSWORD
    if not second_factors.is_enabled(user):
        return SignInResult.SUCCEEDED
    if not code.strip():
        return SignInResult.CODE_MISSING
    return SignInResult.SUCCEEDED if second_factors.check(code=code, actor=user, now=now) else SignInResult.WRONG_CODE
