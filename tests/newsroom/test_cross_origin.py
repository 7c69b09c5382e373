"""Pages of other origins: those listed may use a token, and nobody's session."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from editorial.models import User
from tests.api.conftest import create_token

CMS = "https://cms.example.org"


@pytest.fixture(autouse=True)
def listed(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [CMS]


def test_a_page_of_a_listed_origin_sends_a_preflight_and_then_reads(rosa: User) -> None:
    asked = Client().options("/api/v1/claims", headers={"Origin": CMS, "Access-Control-Request-Method": "PATCH"})
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked["Access-Control-Allow-Origin"] == CMS
    assert "PATCH" in asked["Access-Control-Allow-Methods"]
    assert {"Authorization", "If-Match", "Idempotency-Key"} <= set(asked["Access-Control-Allow-Headers"].split(", "))
    token = create_token(rosa, ["read"])
    read = Client().get("/api/v1/claims", headers={"Origin": CMS, "Authorization": f"Bearer {token}"})
    assert (read.status_code, read["Access-Control-Allow-Origin"]) == (200, CMS)
    assert "ETag" in read["Access-Control-Expose-Headers"]
    assert "Origin" in read["Vary"]


def test_a_page_of_a_listed_origin_reads_refusals_too() -> None:
    refused = Client().get("/api/v1/claims", headers={"Origin": CMS})
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (401, CMS)


@pytest.mark.parametrize("origin", ["https://evil.example", "https://cms.example.org.evil.example", "null", "*", ""])
def test_other_origins_learn_nothing(origin: str) -> None:
    for response in (
        Client().options("/api/v1/claims", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
        Client().get("/api/v1/claims", headers={"Origin": origin}),
    ):
        assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_a_session_is_never_shared(rosa: User) -> None:
    client = Client()
    client.force_login(rosa)
    response = client.get("/api/v1/claims", headers={"Origin": CMS})
    assert "Access-Control-Allow-Credentials" not in response


def test_pages_outside_the_api_and_an_empty_list_allow_nobody(settings: Any, db: None) -> None:
    assert "Access-Control-Allow-Origin" not in Client().get("/admin/login/", headers={"Origin": CMS})
    settings.CORS_ALLOWED_ORIGINS = []
    assert "Access-Control-Allow-Origin" not in Client().get("/api/v1/claims", headers={"Origin": CMS})
