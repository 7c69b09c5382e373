"""Sign-in for API and admin: a password, and a second-factor code where the account has one."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.sessions.backends.base import SessionBase

from editorial.models import ProviderAccount, User
from editorial.models.people.sessions import digest
from editorial.policy.people.sign_ins import SignInResult
from editorial.workflow.core.errors import ActionError, Reason
from editorial.workflow.people import (
    factor_codes,
    factor_status,
    login_throttle,
    openid_provider,
    passwords,
    reauthentication,
)

_PROVIDER_FACTOR_KEY = "used_provider_factor"
_REASONS = {
    SignInResult.WRONG_PASSWORD: Reason("WRONG_CREDENTIALS", "No active account has this username and password."),
    SignInResult.CODE_MISSING: Reason(
        "SECOND_FACTOR_REQUIRED",
        "Your account has a second factor. Enter an app or recovery code, or use your passkey in the admin.",
        "code",
    ),
    SignInResult.WRONG_CODE: factor_codes.WRONG_CODE,
    SignInResult.NOT_ADMITTED: Reason(
        "PASSWORD_SIGN_IN_OFF", "Your account uses single sign-on. Password sign-in is disabled for it."
    ),
}

PASSWORD_CHANGE_REQUIRED = Reason(
    "PASSWORD_CHANGE_REQUIRED", "An administrator chose your password. Sign in to the admin and choose your own first."
)
_PASSWORD_EXPIRED = Reason(
    "PASSWORD_EXPIRED", "This password was temporary and has expired. Ask an administrator for a new one."
)


class SignInRefused(ActionError):
    """The credentials are wrong or incomplete."""


class SecondFactorRequired(SignInRefused):
    """The password is correct, but this user's second factor is missing."""

    def __init__(self, user: User) -> None:
        self.user = user
        super().__init__(_REASONS[SignInResult.CODE_MISSING])


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

    A temporary password opens the admin only, which asks for a new one, and only until it expires. Only the right
    password reveals that the account has a second factor. Raises `SignInRefused`, or `login_throttle.TooManyAttempts`
    after too many recent failures.
    """
    attempt = login_throttle.start_attempt(name=username, address=address, interface=interface, device=device, now=now)
    user = authenticate(username=username, password=password)
    not_admitted = _why_not_admitted(user, interface, now) if user else None
    result = SignInResult.NOT_ADMITTED if not_admitted else _check_credentials(user, code, now)
    login_throttle.finish_attempt(attempt_id=attempt.pk, outcome=result, user=user, now=now)
    if user is not None and result is SignInResult.CODE_MISSING:
        raise SecondFactorRequired(user)
    if user is None or result is not SignInResult.SUCCEEDED:
        raise SignInRefused(not_admitted or _REASONS[result])
    return user


def complete(
    *,
    user: User,
    code: str,
    assertion: str = "",
    address: str | None,
    interface: str,
    device: str = "",
    now: datetime,
) -> None:
    """Complete the sign-in of a user whose first factor has been verified. Raises the same errors as `sign_in`."""
    attempt = login_throttle.start_attempt(
        name=user.get_username(), address=address, interface=interface, device=device, now=now
    )
    result = _check_factor(user, code, assertion, now)
    login_throttle.finish_attempt(attempt_id=attempt.pk, outcome=result, user=user, now=now)
    if result is not SignInResult.SUCCEEDED:
        wrong_passkey = assertion and result is SignInResult.WRONG_CODE
        raise SignInRefused(reauthentication.WRONG_PASSKEY if wrong_passkey else _REASONS[result])


def must_change_password(user: User) -> bool:
    """Whether the user can sign in with a password and somebody else chose it."""
    return user.password_expires_at is not None and _may_use_password(user)


def record_provider_factor(session: SessionBase, used: bool) -> None:
    """Record in a new session whether the OpenID provider used a second factor that the settings accept."""
    session[_PROVIDER_FACTOR_KEY] = used


def attach_session(user: User, session: SessionBase) -> None:
    """Copy from the session to the user: whether the provider used a second factor, and the session's digest."""
    user.used_provider_factor = bool(session.get(_PROVIDER_FACTOR_KEY))
    user.session_digest = digest(session.session_key) if session.session_key else ""


def _check_credentials(user: User | None, code: str, now: datetime) -> SignInResult:
    if user is None:
        return SignInResult.WRONG_PASSWORD
    if not factor_status.is_enabled(user):
        return SignInResult.SUCCEEDED
    return _check_factor(user, code, "", now)


def _why_not_admitted(user: User, interface: str, now: datetime) -> Reason | None:
    """Why the right password is not enough."""
    if not _may_use_password(user):
        return _REASONS[SignInResult.NOT_ADMITTED]
    if passwords.has_expired(user, now=now):
        return _PASSWORD_EXPIRED
    return PASSWORD_CHANGE_REQUIRED if must_change_password(user) and interface != "admin" else None


def _check_factor(user: User, code: str, assertion: str, now: datetime) -> SignInResult:
    if not reauthentication.is_given(code=code, assertion=assertion):
        return SignInResult.CODE_MISSING
    valid = reauthentication.is_valid(code=code, assertion=assertion, actor=user, now=now)
    return SignInResult.SUCCEEDED if valid else SignInResult.WRONG_CODE


def is_linked(user: User) -> bool:
    """Whether the user has an account with the configured OpenID provider."""
    is_configured = openid_provider.is_configured()
    return is_configured and ProviderAccount.objects.filter(user=user, issuer=settings.OIDC_ISSUER).exists()


def _may_use_password(user: User) -> bool:
    """Whether the user has no account with the provider, or the settings allow passwords as well."""
    return bool(settings.OIDC_PASSWORDS) or not is_linked(user)
