"""Signing in with a second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from editorial.models import User
from editorial.workflow.people import factor_codes, second_factors
from tests.api.conftest import ApiClient
from tests.support.people import PASSWORD


@pytest.fixture
def app(rosa_with_password: User) -> pyotp.TOTP:
    """Rosa's app, once she set it up."""
    factor = second_factors.enroll(actor=rosa_with_password, now=timezone.now())
    app = pyotp.parse_uri(factor_codes.provisioning_uri(factor))
    assert isinstance(app, pyotp.TOTP)
    first = app.at(timezone.now() - timedelta(seconds=30))
    second_factors.confirm(factor_id=factor.pk, code=first, actor=rosa_with_password, now=timezone.now())
    return app


def test_a_token_takes_the_password_and_a_code(nobody: ApiClient, app: pyotp.TOTP) -> None:
    without = nobody.post("tokens", username="rosa", password=PASSWORD)
    assert (without.status, without.codes) == (401, ["SECOND_FACTOR_REQUIRED"])
    response = nobody.post("tokens", username="rosa", password=PASSWORD, code="000000")
    assert (response.status, response.codes) == (401, ["WRONG_CODE"])
    code = app.at(timezone.now())
    assert nobody.post("tokens", username="rosa", password=PASSWORD, code=code).status == 201
    again = nobody.post("tokens", username="rosa", password=PASSWORD, code=code)
    assert (again.status, again.codes) == (401, ["WRONG_CODE"])


def test_without_the_password_the_second_factor_is_not_revealed(nobody: ApiClient, app: pyotp.TOTP) -> None:
    guessed = nobody.post("tokens", username="rosa", password="guess", code="000000")
    unknown = nobody.post("tokens", username="nobody of that name", password="guess")
    assert guessed.json == unknown.json
    assert guessed.codes == ["WRONG_CREDENTIALS"]


def test_a_required_second_factor_is_set_up_in_the_admin(
    nobody: ApiClient, rosa_with_password: User, settings: Any
) -> None:
    settings.SECOND_FACTOR_ROLES = ["reporter"]
    refusal = nobody.post("tokens", username="rosa", password=PASSWORD)
    assert (refusal.status, refusal.codes) == (403, ["SECOND_FACTOR_ENROLLMENT_REQUIRED"])
    by_session = Client(raise_request_exception=False)
    by_session.force_login(rosa_with_password)
    response = by_session.get("/api/v1/claims")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "SECOND_FACTOR_ENROLLMENT_REQUIRED")
