"""Bearers of tokens: who comes with `Authorization: Bearer nr_…`, and who comes by the session of the admin."""

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
from editorial.workflow.people import second_factors, tokens

_SCHEME = "Bearer"
_MAX_LENGTH = 100
_SCOPE_DESCRIPTIONS = {
    Scope.READ: "see what one may see; every token can",
    Scope.FILE: "pitch and write stories, file claims, sources, statements and exhibits, ask for replies",
    Scope.REVIEW: "take and finish review tasks, rate, authenticate, merge, drop, tick",
    Scope.SIGN: "propose and approve findings, clear, publish, correct, retract, vouch, look into the vault",
    Scope.MANAGE: "tokens, people, desks, the policy, webhooks; never unless it is asked for by name",
}


class TokenAuthentication(BaseAuthentication):
    """Whoever bears a token is whom it acts for, within its scopes."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """The person and the token; None if they come without one."""
        scheme, *words = get_authorization_header(request).split() or [b""]
        if scheme.lower() != _SCHEME.lower().encode():
            return None
        token = self._get_token(words[0]) if len(words) == 1 else None
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(
                ErrorDetail("This token is none of ours, or works no longer.", code="invalid_token")
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """How to sign in, for whoever did not."""
        return _SCHEME

    def _get_token(self, key: bytes) -> Token | None:
        """What cannot be a token of ours is turned away before it is looked up."""
        if len(key) > _MAX_LENGTH or not key.startswith(tokens.PREFIX.encode()) or not key.isascii():
            return None
        # By this host's clock, which saves a query a request: whether hours have passed, it tells well enough.
        return tokens.authenticate(key.decode(), now=timezone.now())


class AdminSessionAuthentication(SessionAuthentication):
    """Whoever is logged in to the admin, in the same browser. Writes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """The person. Whose role asks for a second factor that they do not have, sets it up first."""
        found = cast(tuple[User, None] | None, super().authenticate(request))
        if found and second_factors.is_required(found[0]):
            raise AuthenticationFailed(
                ErrorDetail(second_factors.ENROLLMENT_REQUIRED.text, code=second_factors.ENROLLMENT_REQUIRED.code)
            )
        return found


class TokenAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description tells of tokens."""

    target_class = "editorial.api.framework.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A bearer token, and what its scopes are good for."""
        told = "\n".join(f"- `{scope}`: {good_for}." for scope, good_for in _SCOPE_DESCRIPTIONS.items())
        scheme = build_bearer_security_scheme_object(header_name="Authorization", token_prefix=_SCHEME)
        return {**scheme, "description": f"A token from `POST /tokens`, or issued in the admin. Its scopes:\n\n{told}"}


class AdminSessionAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description tells of sessions."""

    target_class = "editorial.api.framework.authentication.AdminSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The cookie of the admin."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of the admin, in the same browser. Writes carry the CSRF token besides.",
        }
