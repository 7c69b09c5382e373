"""`check --deploy` reports an incomplete configuration of single sign-on and a provider without HTTPS."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from newsroom import single_sign_on_checks as checks
from newsroom.processes import CREDENTIALS, PROCESSES

COMPLETE: dict[str, Any] = {
    "OIDC_ISSUER": "https://login.gazette.example/realms/news",
    "OIDC_CLIENT_ID": "newsroom",
    "OIDC_CLIENT_SECRET": "a secret",
    "OIDC_ROLES": {"editors": ["editor", "politics"]},
}


@pytest.fixture(autouse=True)
def configured(settings: Settings) -> None:
    """Settings that pass."""
    for name, value in COMPLETE.items():
        setattr(settings, name, value)


def _found() -> list[str]:
    return [str(error.id) for error in (*checks.check_role_mapping(None), *checks.check_single_sign_on(None))]


def test_a_complete_configuration_and_an_empty_one_pass(settings: Settings) -> None:
    assert _found() == []
    for name, value in COMPLETE.items():
        setattr(settings, name, type(value)())
    assert _found() == []


@pytest.mark.parametrize("name", COMPLETE)
def test_an_incomplete_configuration_names_what_is_missing(settings: Settings, name: str) -> None:
    setattr(settings, name, type(COMPLETE[name])())
    (error,) = checks.check_single_sign_on(None)
    assert (error.id, name in error.msg) == ("newsroom.E021", True)


@pytest.mark.parametrize(
    "issuer",
    ["http://login.gazette.example", "login.gazette.example", "https://", "https://a.example/?x=1", "//a.example"],
)
def test_an_issuer_without_encryption_is_refused(settings: Settings, issuer: str) -> None:
    settings.OIDC_ISSUER = issuer
    assert _found() == ["newsroom.E022"]


def test_a_role_that_does_not_exist_is_refused_at_every_start(settings: Settings) -> None:
    settings.OIDC_ROLES = {"editors": ["emperor"]}
    (error,) = (error for error in run_checks() if str(error.id) == "newsroom.E023")
    assert "'emperor'" in error.msg


def test_each_process_knows_only_the_credentials_that_it_needs() -> None:
    for name, process in PROCESSES.items():
        withheld = {variable for variable in CREDENTIALS if process.environment().get(variable) == ""}
        assert withheld == set(CREDENTIALS) - set(process.credentials)
        assert ("OIDC_CLIENT_SECRET" in process.credentials) == (name == "web")
