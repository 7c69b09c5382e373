"""Sign-in for API and admin: a password, and a second-factor code where the account has one."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate

from editorial.models import ProviderAccount, User
from editorial.policy.people.sign_ins import SignInResult
from editorial.workflow.core.errors import ActionError, Reason
from editorial.workflow.people import login_throttle, openid_provider, second_factors

_PROVIDER_FACTOR_KEY = "used_provider_factor"
_REASONS = {
    SignInResult.WRONG_PASSWORD: Reason("WRONG_CREDENTIALS", "No active account has this username and password."),
    SignInResult.CODE_MISSING: Reason(
        "SECOND_FACTOR_REQUIRED",
        "Your account has a second factor. Also give a code from your app, or a recovery code.",
        "code",
    ),
    SignInResult.WRONG_CODE: second_factors.WRONG_CODE,
    SignInResult.NOT_ADMITTED: Reason(
        "PASSWORD_SIGN_IN_OFF", "Your account signs in with single sign-on; its password is switched off."
    ),
}


class SignInRefused(ActionError):
    """The credentials are wrong or incomplete."""


def sign_in(
    *,
    username: str,
    password: str,
    code: str,
    address: str | None,
    interface: str,
    device: str = "",
    now: datetime,
) -> User:
    """Return the user with this username, password and code. `device`: the id of the known browser, if it is one.

    Only the right password reveals that the account has a second factor. Raises `SignInRefused`, or
    `login_throttle.TooManyAttempts` after too many recent failures.
    """
    attempt = login_throttle.start_attempt(name=username, address=address, interface=interface, device=device, now=now)
    user = authenticate(username=username, password=password)
    result = _check_credentials(user, code, now)
    login_throttle.finish_attempt(attempt_id=attempt.pk, outcome=result, user=user, now=now)
    if user is None or result is not SignInResult.SUCCEEDED:
        raise SignInRefused(_REASONS[result])
    return user


def complete(*, user: User, code: str, address: str | None, interface: str, device: str = "", now: datetime) -> None:
    """Finish the sign-in of a user who has proved everything but the second factor. Raises as `sign_in` does."""
    attempt = login_throttle.start_attempt(
        name=user.get_username(), address=address, interface=interface, device=device, now=now
    )
    result = _check_code(user, code, now)
    login_throttle.finish_attempt(attempt_id=attempt.pk, outcome=result, user=user, now=now)
    if result is not SignInResult.SUCCEEDED:
        raise SignInRefused(_REASONS[result])


def note_provider_factor(session: MutableMapping[str, Any], used: bool) -> None:
    """Note in a new session whether the OpenID provider asked for a second factor that the settings accept."""
    session[_PROVIDER_FACTOR_KEY] = used


def used_provider_factor(session: Mapping[str, Any]) -> bool:
    """Whether this session began with a second factor at the OpenID provider."""
    return bool(session.get(_PROVIDER_FACTOR_KEY))


def _check_credentials(user: User | None, code: str, now: datetime) -> SignInResult:
    if user is None:
        return SignInResult.WRONG_PASSWORD
    if not _may_use_password(user):
        return SignInResult.NOT_ADMITTED
    if not second_factors.is_enabled(user):
        return SignInResult.SUCCEEDED
    return _check_code(user, code, now)


def _check_code(user: User, code: str, now: datetime) -> SignInResult:
    if not code.strip():
        return SignInResult.CODE_MISSING
    return SignInResult.SUCCEEDED if second_factors.check(code=code, actor=user, now=now) else SignInResult.WRONG_CODE


def _may_use_password(user: User) -> bool:
    """Whether the user has no account at the provider in use, or the settings allow passwords beside it."""
    if settings.OIDC_PASSWORDS or not openid_provider.is_configured():
        return True
    return not ProviderAccount.objects.filter(user=user, issuer=settings.OIDC_ISSUER).exists()
