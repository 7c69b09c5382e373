"""Single sign-on: redirect the browser to the OpenID provider, and admit the user at the callback.

A sign-in is recorded before the redirect. Its callback works once, within ten minutes, in the same browser.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from editorial.models import ProviderSignIn, User
from editorial.policy.people import single_sign_on as policy
from editorial.policy.people.sign_ins import SignInResult
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.errors import ActionError, Reason
from editorial.workflow.people import factor_status, login_throttle, openid_provider, provider_accounts
from editorial.workflow.people.login_throttle import TooManyAttempts
from editorial.workflow.people.openid_provider import (
    ProviderRejected,
    ProviderUnavailable,
    VerifiedAccount,
)
from editorial.workflow.people.sign_in import SignInRefused

log = structlog.get_logger(__name__)

TTL = timedelta(minutes=10)
"""How long a sign-in may take."""
_MAX_PENDING = 100  # from one address
_INTERFACE = "oidc"
_STALE = Reason(
    "SIGN_IN_EXPIRED",
    "This sign-in has expired, was already used or was started in another browser. Start again.",
)
_CANCELLED = Reason("PROVIDER_REFUSED", "The sign-in was cancelled or refused. Start again.")
_UNAVAILABLE = Reason("PROVIDER_UNAVAILABLE", "The sign-in service is not responding. Try again in a few minutes.")
_REJECTED = Reason(
    "PROVIDER_REJECTED",
    "The sign-in service could not confirm your identity. Start again. If this repeats, tell an administrator.",
)


@dataclass(frozen=True, slots=True, repr=False)
class AuthorizationRequest:
    """Where to redirect the browser, and the state that it must return with."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class AdmittedUser:
    """The user who signed in, and what remains to be done."""

    user: User
    next_url: str
    needs_code: bool
    """Whether the newsroom must ask for a second factor."""
    used_second_factor: bool
    """Whether the provider used a second factor that the settings accept."""


def start(*, next_url: str, address: str | None, redirect_uri: str, now: datetime) -> AuthorizationRequest:
    """Start a sign-in. Raises `SignInRefused` if the provider does not answer."""
    state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        url = openid_provider.authorization_url(
            state=state, nonce=nonce, code_verifier=code_verifier, redirect_uri=redirect_uri
        )
    except ProviderUnavailable as error:
        log.error("openid provider unavailable", reason=str(error))
        raise SignInRefused(_UNAVAILABLE) from None
    _record_start(state=state, nonce=nonce, code_verifier=code_verifier, next_url=next_url, address=address, now=now)
    return AuthorizationRequest(url, state)


@atomic_action
def _record_start(
    *, state: str, nonce: str, code_verifier: str, next_url: str, address: str | None, now: datetime
) -> None:
    ProviderSignIn.objects.filter(started_at__lte=now - TTL).delete()
    if ProviderSignIn.objects.filter(address=address).count() >= _MAX_PENDING:
        raise TooManyAttempts(round(TTL.total_seconds()))
    ProviderSignIn.objects.create(
        state_digest=_digest(state),
        nonce=nonce,
        code_verifier=code_verifier,
        next_url=next_url[: ProviderSignIn._meta.get_field("next_url").max_length],
        address=address,
        started_at=now,
    )


def finish(
    *, query: Mapping[str, str], state: str, address: str | None, redirect_uri: str, now: datetime
) -> AdmittedUser:
    """Admit the user whom this callback identifies.

    `query`: the callback's query. `state`: the state from the browser's cookie. Raises `SignInRefused`, or
    `TooManyAttempts` after too many recent failures.
    """
    if not state or not secrets.compare_digest(state.encode(), query.get("state", "").encode()):
        raise SignInRefused(_STALE)
    pending = _consume(state=state, now=now)
    if "code" not in query or query.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise SignInRefused(_CANCELLED)
    attempt = login_throttle.start_attempt(
        name=f"{_INTERFACE} {pending.state_digest}", address=address, interface=_INTERFACE, now=now
    )
    result, user = SignInResult.PROVIDER_REJECTED, None
    try:
        account = openid_provider.redeem(
            code=query["code"], nonce=pending.nonce, code_verifier=pending.code_verifier, redirect_uri=redirect_uri
        )
        result = SignInResult.NOT_ADMITTED
        user, refusal = provider_accounts.admit(account=account, now=now)
        if user is None or refusal is not None:
            raise SignInRefused(refusal or provider_accounts.NO_ROLE)
        admitted = _admitted(account, user, pending.next_url)
        result = SignInResult.CODE_MISSING if admitted.needs_code else SignInResult.SUCCEEDED
    except ProviderUnavailable as error:
        result = SignInResult.PROVIDER_UNAVAILABLE
        log.error("openid provider unavailable", reason=str(error))
        raise SignInRefused(_UNAVAILABLE) from None
    except ProviderRejected as error:
        log.warning("openid sign-in rejected", reason=str(error))
        raise SignInRefused(_REJECTED) from None
    except ActionError as error:
        raise error if isinstance(error, SignInRefused) else SignInRefused(*error.reasons) from error
    finally:
        login_throttle.finish_attempt(attempt_id=attempt.pk, outcome=result, user=user, now=now)
    return admitted


@atomic_action
def _consume(*, state: str, now: datetime) -> ProviderSignIn:
    """Return and delete the pending sign-in with this state. Of two concurrent callbacks, one succeeds."""
    rows = ProviderSignIn.objects.select_for_update()
    pending: ProviderSignIn | None = rows.filter(state_digest=_digest(state), started_at__gt=now - TTL).first()
    if pending is None:
        raise SignInRefused(_STALE)
    ProviderSignIn.objects.filter(pk=pending.pk).delete()
    return pending


def _admitted(account: VerifiedAccount, user: User, next_url: str) -> AdmittedUser:
    used = policy.used_second_factor(
        account.claims, methods=settings.OIDC_SECOND_FACTOR_AMR, contexts=settings.OIDC_SECOND_FACTOR_ACR
    )
    return AdmittedUser(user, next_url, not used and factor_status.is_enabled(user), used)


def _digest(state: str) -> str:
    """Digest of a state. SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(state.encode()).hexdigest()
