"""OpenID Connect client: the authorization code flow with PKCE.

Only the provider's metadata is cached, for five minutes. Its keys are fetched for every sign-in, so that a new key
works and a revoked one fails immediately. Its tokens are not stored.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt
from django.conf import settings
from jwt.types import Options

from editorial import http_client

CLOCK_SKEW = 60  # seconds
# Asymmetric signatures only: never `none`, never a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_REQUIRED_CLAIMS = ["iss", "sub", "aud", "exp", "iat"]
_MAX_SUBJECT_LENGTH = 255  # OpenID Connect Core, section 2
_MAX_BYTES = 512 * 1024
_METADATA_TTL = 300  # seconds
_metadata: dict[str, tuple[float, dict[str, Any]]] = {}


class ProviderUnavailable(Exception):
    """The provider did not respond, or its response is invalid. The message is for the log and quotes nothing."""


class ProviderRejected(Exception):
    """The response does not prove the user's identity. The message is for the log and quotes nothing."""


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedAccount:
    """A provider account whose owner has just signed in, with its claims."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]

    def text(self, claim: str) -> str:
        """A claim that is a string; otherwise an empty string."""
        value = self.claims.get(claim)
        return value.strip() if isinstance(value, str) else ""


def is_configured() -> bool:
    """Whether single sign-on is configured."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID and settings.OIDC_CLIENT_SECRET)


def authorization_url(*, state: str, nonce: str, code_verifier: str, redirect_uri: str) -> str:
    """The authorization request for this sign-in. Raises `ProviderUnavailable`."""
    query = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "scope": settings.OIDC_SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": _base64url(hashlib.sha256(code_verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    if settings.OIDC_SECOND_FACTOR_ACR:
        query["acr_values"] = " ".join(settings.OIDC_SECOND_FACTOR_ACR)
    endpoint = _endpoint("authorization_endpoint")
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"


def log_out_url(*, return_to: str) -> str:
    """The provider's sign-out page (OpenID Connect RP-Initiated Logout); empty if it has none or does not respond.

    Without a hint: the ID token is not stored. So the provider asks the user to confirm.
    """
    try:
        endpoint = _endpoint("end_session_endpoint")
    except ProviderUnavailable:
        return ""
    query = urlencode({"client_id": settings.OIDC_CLIENT_ID, "post_logout_redirect_uri": return_to})
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}"


def redeem(*, code: str, nonce: str, code_verifier: str, redirect_uri: str) -> VerifiedAccount:
    """Redeem an authorization code for a verified account. Raises `ProviderUnavailable` or `ProviderRejected`."""
    token = _exchange(code, code_verifier, redirect_uri)
    claims = _verify(token)
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(errors="replace"), nonce.encode()):
        raise ProviderRejected("wrong nonce")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT_LENGTH:
        raise ProviderRejected("no subject")
    return VerifiedAccount(settings.OIDC_ISSUER, subject, claims)


def _exchange(code: str, code_verifier: str, redirect_uri: str) -> str:
    """Exchange the code for an ID token. The other tokens in the response are discarded."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": code_verifier,
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    methods = _provider_metadata().get("token_endpoint_auth_methods_supported")
    if not isinstance(methods, list) or not methods or "client_secret_basic" in methods:
        pair = f"{quote_plus(settings.OIDC_CLIENT_ID)}:{quote_plus(settings.OIDC_CLIENT_SECRET)}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": settings.OIDC_CLIENT_ID, "client_secret": settings.OIDC_CLIENT_SECRET}
    status, body = _call("POST", _endpoint("token_endpoint"), headers=headers, content=urlencode(form).encode())
    if 400 <= status < 500:
        raise ProviderRejected(f"token endpoint answered {status}")
    answer = _parse(status, body)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise ProviderRejected("no ID token")
    return token


def _verify(token: str) -> dict[str, Any]:
    """The claims of an ID token, once its signature, issuer, audience and times are verified."""
    options: Options = {"require": _REQUIRED_CLAIMS, "enforce_minimum_key_length": True}
    try:
        claims = jwt.decode(
            token,
            _signing_key(jwt.get_unverified_header(token)),
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=CLOCK_SKEW,
            options=options,
        )
    except (ProviderUnavailable, ProviderRejected):
        raise
    except Exception as error:  # a hostile token may raise anything; it is refused
        raise ProviderRejected(type(error).__name__) from None
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID or (
        len(audiences) > 1 and "azp" not in claims
    ):
        raise ProviderRejected("issued to another client")
    return claims


def _signing_key(header: Mapping[str, Any]) -> Any:
    """The provider's key for a token with this header."""
    published = _parse(*_call("GET", _endpoint("jwks_uri")))
    try:
        keys = [key for key in jwt.PyJWKSet.from_dict(published).keys if key.public_key_use in (None, "sig")]
    except Exception:  # as in `_verify`
        raise ProviderUnavailable("no usable keys") from None
    named = [key for key in keys if key.key_id == header.get("kid")] if "kid" in header else keys
    if len(named) != 1:
        raise ProviderRejected("unknown key")
    return named[0].key


def _endpoint(name: str) -> str:
    """A URL from the provider's metadata. It must use HTTPS if the issuer does."""
    url = _provider_metadata().get(name)
    try:
        scheme = urlsplit(url).scheme if isinstance(url, str) and url.isascii() else ""
    except ValueError:
        scheme = ""
    if scheme not in ("https", urlsplit(settings.OIDC_ISSUER).scheme):
        raise ProviderUnavailable(f"no {name}")
    return str(url)


def _provider_metadata() -> dict[str, Any]:
    """The provider's metadata (OpenID Connect Discovery)."""
    issuer = settings.OIDC_ISSUER
    fetched_at, metadata = _metadata.get(issuer, (0.0, {}))
    if metadata and time.monotonic() - fetched_at < _METADATA_TTL:
        return metadata
    status, body = _call("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    metadata = _parse(status, body)
    if metadata.get("issuer") != issuer:
        raise ProviderUnavailable("it names another issuer")
    _metadata[issuer] = time.monotonic(), metadata
    return metadata


def _call(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
) -> tuple[int, bytes]:
    try:
        # The operator chose the provider, which may be in the newsroom's own network.
        return http_client.call(
            method, url, headers=headers or {}, content=content, max_bytes=_MAX_BYTES, allow_private=True
        )
    except (http_client.DestinationNotAllowed, http_client.RequestFailed, http_client.UnusableResponse) as error:
        raise ProviderUnavailable(str(error)) from None


def _parse(status: int, body: bytes) -> dict[str, Any]:
    if status != 200:
        raise ProviderUnavailable(f"answered {status}")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ProviderUnavailable("response is not a JSON object")
    return answer


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
