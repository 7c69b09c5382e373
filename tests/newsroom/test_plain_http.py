"""Plain HTTP where HTTPS is required: pages redirect, the API refuses, health checks answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def https_required(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_REDIRECT_EXEMPT = True, [r"^health/"]


@pytest.mark.parametrize("path", ["/api/v1/tokens", "/api/v1/stories?q=a", "/api/nothing", "/api"])
def test_the_api_refuses_it_and_names_the_remedy(path: str) -> None:
    for response in (Client().get(path), Client().post(path, {"a": 1}, content_type="application/json")):
        assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
        assert "Location" not in response
        (error,) = response.json()["errors"]
        assert error["code"] == "HTTPS_REQUIRED"
        assert "https://" in error["detail"]


def test_pages_are_redirected() -> None:
    response = Client().get("/admin/login/?next=/admin/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/admin/login/?next=/admin/")


def test_health_checks_answer() -> None:
    assert Client().get("/health/live").status_code == 200


def test_https_is_served() -> None:
    assert Client().get("/api/nothing", secure=True).status_code == 404
