"""A small but real OpenID provider: it signs with real keys and checks client, code, redirect URI and PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote_plus, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID = "newsroom & co"
CLIENT_SECRET = "a secret: with a colon"  # noqa: S105 - both must be encoded on their way


@dataclass
class SigningKey:
    """A key of the provider."""

    kid: str = field(default_factory=lambda: secrets.token_hex(4))
    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def public_jwk(self) -> dict[str, Any]:
        """As the provider publishes it."""
        jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return jwk | {"kid": self.kid, "use": "sig", "alg": "RS256"}


@cache
def _first_key() -> SigningKey:
    """Shared by every provider of a test run, because generating a key is slow."""
    return SigningKey()


class _Handler(BaseHTTPRequestHandler):
    server: OpenIDProvider

    def do_GET(self) -> None:
        """Discovery, keys, and the sign-in page, on which `person` is already signed in."""
        url = urlsplit(self.path)
        self.server.requests.append(url.path)
        if self.server.down:
            self.send_error(503)
        elif url.path == "/.well-known/openid-configuration":
            self._answer(self.server.metadata())
        elif url.path == "/jwks":
            published = {"keys": [key.public_jwk() for key in self.server.published]}
            self._send(200, self.server.keys_answer or json.dumps(published).encode())
        elif url.path == "/authorize":
            self._redirect(self.server.authorize(dict(parse_qsl(url.query))))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """The token endpoint."""
        self.server.requests.append(self.path)
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.server.down:
            self.send_error(503)
        elif self.server.token_answer is not None:
            self._send(200, self.server.token_answer)
        elif (token := self.server.exchange(form, self.headers.get("authorization", ""))) is None:
            self._answer({"error": "invalid_grant"}, 400)
        else:
            self._answer({"access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": token})

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(content).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self, url: str) -> None:
        self.send_response(302)
        self.send_header("location", url)
        self.send_header("content-length", "0")
        self.end_headers()


class OpenIDProvider(ThreadingHTTPServer):
    """Every browser is signed in as `person`. Tests change its responses: `claims`, `key`, `forge`, `down`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = _first_key()
        self.published = [self.key]
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.forge: Callable[[dict[str, Any]], str] | None = None
        self.token_answer: bytes | None = None
        self.keys_answer: bytes | None = None
        self.unusual_metadata: dict[str, Any] = {}
        self.down = False
        self.requests: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def metadata(self) -> dict[str, Any]:
        """The provider's metadata."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        } | self.unusual_metadata

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, with a code."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        assert query["client_id"] == CLIENT_ID
        code = secrets.token_hex(8)
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def exchange(self, form: dict[str, str], authorization: str) -> str | None:
        """An ID token for a code, once; None for anything that a provider refuses."""
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or authorization != _basic(CLIENT_ID, CLIENT_SECRET):
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return self.sign(claims | self.person | self.claims)

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims, or what a test makes of them."""
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.forge is not None:
            return self.forge(claims)
        return jwt.encode(claims, self.key.private, algorithm="RS256", headers={"kid": self.key.kid})


def _basic(name: str, secret: str) -> str:
    assert unquote_plus(quote_plus(secret)) == secret
    return f"Basic {base64.b64encode(f'{quote_plus(name)}:{quote_plus(secret)}'.encode()).decode()}"
