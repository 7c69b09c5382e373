"""A provider that is down, or answers nonsense."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from editorial.workflow.people import openid_provider
from tests.support.openid_provider import OpenIDProvider
from tests.support.provider_sign_in import at_provider, come_back, outcomes, refusal, sign_in, start

INDEX = "/admin/"
NOT_PROVED = "could not confirm your identity"


class TestProviderOutage:
    def test_a_provider_that_is_down_shows_an_error_message(self, provider: OpenIDProvider) -> None:
        client = Client()
        callback = at_provider(start(client))
        provider.down = True
        assert "is not responding" in refusal(come_back(client, callback))
        assert outcomes() == ["provider_unavailable"], "which is nobody's failed attempt"

    def test_an_unreachable_provider_shows_an_error_message(self, provider: OpenIDProvider, settings: Any) -> None:
        settings.OIDC_ISSUER = "http://127.0.0.1:9"
        assert "is not responding" in refusal(Client().get(reverse("admin:oidc_start")))
        assert Client().get(reverse("admin:login")).status_code == 200

    @pytest.mark.parametrize(
        "answer",
        [
            b"", b"<html>", b"[]", b'{"id_token": 7}', b'{"access_token": "x"}', b"x" * 600_000, b"\xff",
            b"[" * 100_000,
        ],
        ids=lambda answer: str(answer[:20]),
    )  # fmt: skip
    def test_a_malformed_response_shows_an_error_message(self, provider: OpenIDProvider, answer: bytes) -> None:
        provider.token_answer = answer
        text = refusal(sign_in(Client()))
        assert "is not responding" in text or NOT_PROVED in text

    @pytest.mark.parametrize(
        "keys",
        [
            b"7",
            b'{"keys": 7}',
            b'{"keys": [7]}',
            b'{"keys": [{"kty": "RSA", "n": 7, "e": "AQAB"}]}',
            b'{"keys": [{"kty": "EC", "crv": [], "x": "AA", "y": "AA"}]}',
            b'{"keys": [{"kty": "oct"}]}',
            b'{"keys": [{"kty": "RSA", "alg": "none"}]}',
        ],
    )
    def test_malformed_keys_show_an_error_message(self, provider: OpenIDProvider, keys: bytes) -> None:
        provider.keys_answer = keys
        assert "is not responding" in refusal(sign_in(Client()))

    @pytest.mark.parametrize(
        "metadata",
        [
            {"token_endpoint": 7},
            {"token_endpoint": "http://["},
            {"token_endpoint": "javascript:alert(1)"},
            {"jwks_uri": "http://\ud800"},
        ],
    )
    def test_malformed_metadata_shows_an_error_message(
        self, provider: OpenIDProvider, metadata: dict[str, Any]
    ) -> None:
        provider.unusual_metadata = metadata
        assert "is not responding" in refusal(sign_in(Client()))

    def test_a_malformed_authorization_endpoint_shows_an_error_message(self, provider: OpenIDProvider) -> None:
        provider.unusual_metadata = {"authorization_endpoint": "http://["}
        assert "is not responding" in refusal(Client().get(reverse("admin:oidc_start")))

    def test_an_unknown_list_of_methods_means_the_default(self, provider: OpenIDProvider) -> None:
        provider.unusual_metadata = {"token_endpoint_auth_methods_supported": 7}
        assert sign_in(Client())["Location"] == INDEX

    def test_a_claim_that_cannot_be_stored_is_refused(self, provider: OpenIDProvider) -> None:
        for claims in ({"sub": "a\0b"}, {"sub": "\ud800"}, {"given_name": "a\0b"}, {"preferred_username": "\ud800"}):
            provider.claims = claims
            assert "unsupported characters" in refusal(sign_in(Client())), claims

    def test_a_provider_that_names_another_issuer_is_not_used(self, provider: OpenIDProvider, settings: Any) -> None:
        settings.OIDC_ISSUER = f"{provider.issuer}/"
        assert "is not responding" in refusal(Client().get(reverse("admin:oidc_start")))

    def test_an_https_provider_may_have_no_http_endpoint(
        self, provider: OpenIDProvider, settings: Any, monkeypatch: Any
    ) -> None:
        settings.OIDC_ISSUER = "https://login.gazette.example"
        metadata = provider.metadata() | {"issuer": settings.OIDC_ISSUER}
        monkeypatch.setitem(openid_provider._metadata, settings.OIDC_ISSUER, (time.monotonic(), metadata))
        assert "is not responding" in refusal(Client().get(reverse("admin:oidc_start")))
