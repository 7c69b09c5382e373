"""Forged answers of the provider, and callbacks that are not ours."""

from __future__ import annotations

import base64
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editorial.models import (
    ProviderAccount,
    ProviderSignIn,
    User,
)
from editorial.workflow.people import single_sign_on
from tests.support.openid_provider import OpenIDProvider, SigningKey
from tests.support.provider_sign_in import at_provider, come_back, outcomes, refusal, sign_in, start

INDEX = "/admin/"
NOT_PROVED = "could not confirm your identity"


class TestForgeries:
    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"aud": "another client"},
            {"aud": ["newsroom & co", "another client"]},
            {"azp": "another client"},
            {"iss": "https://login.evil.example"},
            {"exp": 1_000_000_000},
            {"exp": None},
            {"iat": 9_000_000_000},
            {"nbf": 9_000_000_000},
            {"sub": ""},
            {"sub": None},
            {"sub": "x" * 256},
            {"nonce": "\ud800"},
            {"exp": float("inf")},
        ],
        ids=lambda claims: str(claims)[:50],
    )
    def test_a_wrong_claim_is_refused(self, provider: OpenIDProvider, claims: dict[str, Any]) -> None:
        provider.claims = claims
        client = Client()
        assert NOT_PROVED in refusal(sign_in(client))
        assert client.get(INDEX).status_code == 302
        assert outcomes() == ["provider_rejected"]
        assert not ProviderAccount.objects.exists()

    def test_clocks_may_differ_by_a_minute(self, provider: OpenIDProvider) -> None:
        now = int(time.time())
        provider.claims = {"exp": now - 30, "iat": now - 330}
        assert sign_in(Client())["Location"] == INDEX
        provider.claims = {"iat": now + 30, "exp": now + 300}
        assert sign_in(Client())["Location"] == INDEX

    @pytest.mark.parametrize(
        "kind",
        [
            "another key", "another kind of key", "none", "shared secret", "public key as secret", "tampered", "nested",
            "not unicode", "junk",
        ],
    )  # fmt: skip
    def test_a_wrong_signature_is_refused(self, provider: OpenIDProvider, kind: str) -> None:
        def forge(claims: dict[str, Any]) -> str:
            kid = {"kid": provider.key.kid}
            if kind == "another key":
                return jwt.encode(claims, SigningKey().private, "RS256", kid)
            if kind == "another kind of key":
                return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", kid)
            if kind == "none":
                return jwt.encode(claims, None, "none", kid)
            if kind == "shared secret":
                return jwt.encode(claims, "a secret: with a colon" * 2, "HS256", kid)
            if kind == "public key as secret":
                return jwt.encode(claims, str(provider.key.public_jwk()["n"]), "HS256", kid)
            if kind == "tampered":
                head, _, signature = jwt.encode(claims, provider.key.private, "RS256", kid).split(".")
                body = jwt.encode(claims | {"groups": ["admins"]}, SigningKey().private, "RS256").split(".")[1]
                return f"{head}.{body}.{signature}"
            if kind == "nested":
                return f"{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.e30.AA"
            return "\ud800.e30.AA" if kind == "not unicode" else "junk"

        provider.forge = forge
        assert NOT_PROVED in refusal(sign_in(Client()))
        assert not User.objects.filter(username="nina").exists()

    def test_a_new_key_works_immediately_and_a_revoked_one_fails(self, provider: OpenIDProvider) -> None:
        assert sign_in(Client())["Location"] == INDEX
        old, provider.key = provider.key, SigningKey()
        provider.published = [old, provider.key]
        assert sign_in(Client())["Location"] == INDEX
        provider.published, provider.key = [provider.key], old
        assert NOT_PROVED in refusal(sign_in(Client()))

    def test_a_callback_works_once(self, provider: OpenIDProvider) -> None:
        client = Client()
        callback = at_provider(start(client))
        cookie = client.cookies["newsroom_oidc"].value
        assert come_back(client, callback)["Location"] == INDEX
        again = Client()
        again.cookies["newsroom_oidc"] = cookie
        assert "was already used" in refusal(come_back(again, callback))

    def test_a_callback_works_only_in_the_browser_that_started(self, provider: OpenIDProvider) -> None:
        mine, victims = Client(), Client()
        callback = at_provider(start(mine))
        assert "another browser" in refusal(come_back(victims, callback))
        start(victims)
        assert "another browser" in refusal(come_back(victims, callback)), "nor with a state of its own"
        assert come_back(mine, callback)["Location"] == INDEX, "the attempts did not use it up"

    def test_a_callback_works_for_ten_minutes(self, provider: OpenIDProvider) -> None:
        client = Client()
        callback = at_provider(start(client))
        ProviderSignIn.objects.update(started_at=timezone.now() - single_sign_on.TTL - timedelta(seconds=1))
        assert "has expired" in refusal(come_back(client, callback))
        start(client)
        assert ProviderSignIn.objects.count() == 1, "the old one is gone"

    @pytest.mark.parametrize("query", ["", "code=x", "state=x", "error=access_denied", "code=x&state="])
    def test_a_forged_callback_is_refused(self, provider: OpenIDProvider, query: str) -> None:
        assert "Start again" in refusal(Client().get(f"{reverse('admin:oidc_callback')}?{query}"))
        assert provider.requests == []

    @pytest.mark.parametrize("extra", ["error=access_denied", "code=made-up", "code=x&iss=https://evil.example"])
    def test_a_callback_with_an_invalid_code_is_refused(self, provider: OpenIDProvider, extra: str) -> None:
        client = Client()
        state = parse_qs(urlsplit(start(client)).query)["state"][0]
        answer = client.get(f"{reverse('admin:oidc_callback')}?{extra}&state={state}")
        assert "Start again" in refusal(answer)

    def test_failures_from_an_address_are_limited(self, provider: OpenIDProvider) -> None:
        provider.claims = {"nonce": "another"}
        for _ in range(10):
            sign_in(Client(REMOTE_ADDR="192.0.2.7"))
        assert "Too many failed attempts" in refusal(sign_in(Client(REMOTE_ADDR="192.0.2.7")))
        provider.claims = {}
        assert sign_in(Client(REMOTE_ADDR="192.0.2.8"))["Location"] == INDEX

    def test_one_address_cannot_fill_the_table(self, provider: OpenIDProvider, monkeypatch: Any) -> None:
        monkeypatch.setattr(single_sign_on, "_MAX_PENDING", 3)
        for _ in range(3):
            start(Client(REMOTE_ADDR="192.0.2.7"))
        response = Client(REMOTE_ADDR="192.0.2.7").get(reverse("admin:oidc_start"))
        assert "Too many failed attempts" in refusal(response)
        start(Client(REMOTE_ADDR="192.0.2.8"))
