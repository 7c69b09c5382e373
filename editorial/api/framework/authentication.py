"""Authentication by token (`Authorization: Bearer nr_…`) or by the admin's session."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail
from rest_framework.request import Request

from editorial.models import Token, User
from editorial.policy.roles import Scope
from editorial.workflow.people import factor_status, sign_in, tokens

_SCHEME = "Bearer"
_MAX_LENGTH = 100
_SCOPE_DESCRIPTIONS = {
    Scope.READ: "read everything its user may see; included in every token",
    Scope.FILE: "pitch and write stories, file claims, sources, statements and exhibits, request replies",
    Scope.REVIEW: "take and finish review tasks, rate, authenticate, merge, drop, confirm conditions",
    Scope.SIGN: "propose and approve findings, clear, publish, correct, retract, vouch, reveal identities",
    Scope.MANAGE: "manage tokens, users, desks, policies and webhooks; never included unless requested by name",
}


class TokenAuthentication(BaseAuthentication):
    """Authenticates requests with a token as the token's user, limited to its scopes."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """The user and the token; None without a token."""
        scheme, *credentials = get_authorization_header(request).split() or [b""]
        if scheme.lower() != _SCHEME.lower().encode():
            return None
        token = self._get_token(credentials[0]) if len(credentials) == 1 else None
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(
                ErrorDetail("Invalid or expired token. Issue a new one with POST /tokens.", code="invalid_token")
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return _SCHEME

    def _get_token(self, key: bytes) -> Token | None:
        """Look up the token; a malformed one is rejected without a query."""
        if len(key) > _MAX_LENGTH or not key.startswith(tokens.PREFIX.encode()) or not key.isascii():
            return None
        # This host's clock is precise enough for lifetimes of hours, and saves a query per request.
        return tokens.authenticate(key.decode(), now=timezone.now())


class AdminSessionAuthentication(SessionAuthentication):
    """Authenticates the user of an admin session in the same browser. Writes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """The user, once they have replaced a temporary password and set up a required second factor."""
        authenticated = cast(tuple[User, None] | None, super().authenticate(request))
        if authenticated:
            sign_in.attach_session(authenticated[0], request._request.session)
        if authenticated and sign_in.must_change_password(authenticated[0]):
            reason = sign_in.PASSWORD_CHANGE_REQUIRED
            raise AuthenticationFailed(ErrorDetail(reason.text, code=reason.code))
        if authenticated and factor_status.is_required(authenticated[0]):
            raise AuthenticationFailed(
                ErrorDetail(factor_status.ENROLLMENT_REQUIRED.text, code=factor_status.ENROLLMENT_REQUIRED.code)
            )
        return authenticated


class TokenAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes token authentication in the OpenAPI document."""

    target_class = "editorial.api.framework.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = "\n".join(f"- `{scope}`: {description}." for scope, description in _SCOPE_DESCRIPTIONS.items())
        scheme = build_bearer_security_scheme_object(header_name="Authorization", token_prefix=_SCHEME)
        return {
            **scheme,
            "description": f"A token from `POST /tokens`, or issued in the admin. Its scopes:\n\n{scopes}",
        }


class AdminSessionAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes session authentication in the OpenAPI document."""

    target_class = "editorial.api.framework.authentication.AdminSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-sessionid",
            "description": "The admin's session in the same browser (named `sessionid` on `localhost` without TLS). "
            "Writes also need the CSRF token.",
        }
