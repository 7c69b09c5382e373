"""`check --deploy`: settings with which a deployment must not run."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from editorial.models.encryption import Purpose
from newsroom import checks
from newsroom.processes import SECRETS
from tests.support.keys import new_key

KEYS = [purpose.setting for purpose in Purpose]


@pytest.fixture(autouse=True)
def deployment(settings: Settings) -> None:
    """Settings that pass every check."""
    settings.SECRET_KEY = secrets.token_urlsafe(48)
    settings.IDENTITY_KEY = secrets.token_urlsafe(48)
    for name in KEYS:
        setattr(settings, name, [new_key()])
    settings.KEY_PROVIDERS = dict.fromkeys(Purpose, "")
    settings.ALLOWED_HOSTS = ["newsroom.example"]
    settings.PUBLIC_URL = "https://newsroom.example"
    settings.DEVELOPMENT_PAGES, settings.DEVELOPMENT_WEBHOOK_URL = False, ""


def _found() -> list[str]:
    return [str(error.id) for error in checks.check_deployment(None)]


def _key(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def test_random_secrets_of_every_common_form_pass(settings: Settings) -> None:
    for _ in range(50):
        for form in (
            secrets.token_hex(32), secrets.token_urlsafe(32), base64.b64encode(secrets.token_bytes(48)).decode()
        ):  # fmt: skip
            settings.SECRET_KEY, settings.IDENTITY_KEY = form, secrets.token_hex(32)
            settings.VAULT_KEYS = [new_key(), new_key()]
            assert _found() == []


def test_the_checks_run_with_check_deploy_and_not_at_every_start(settings: Settings) -> None:
    """A process without a secret that it does not need must start."""
    for name in SECRETS:
        setattr(settings, name, [] if name in KEYS else "")
    assert run_checks() == []
    found = [error.id for error in run_checks(include_deployment_checks=True)]
    assert {"newsroom.E002", "newsroom.E008"} <= set(found)


EIGHT = bytes.fromhex("8e1f54c30a9b67d2")


@pytest.mark.parametrize("name", KEYS)
def test_missing_keys_are_refused(settings: Settings, name: str) -> None:
    settings.INBOUND_MAIL_DOMAIN, settings.INBOUND_MAILDIR = "reply.example", "/mail"
    setattr(settings, name, [])
    (error,) = checks.check_deployment(None)
    assert error.id == "newsroom.E002"
    assert name in error.msg


def test_keys_held_by_an_operators_class_are_not_missing(settings: Settings) -> None:
    settings.VAULT_KEYS = []
    settings.KEY_PROVIDERS = {Purpose.IDENTITY: "kms.Provider"}
    assert _found() == []


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    "raw",
    [bytes(32), b"\xff" * 32, b"ab" * 16, EIGHT * 4, (EIGHT + EIGHT[::-1]) * 2, bytes(range(32)),
     bytes(31) + b"\x01"],
    ids=["zero", "one byte", "two bytes", "eight bytes", "sixteen bytes", "counting", "nearly zero"],
)  # fmt: skip
def test_keys_that_are_not_random_are_refused(settings: Settings, name: str, raw: bytes) -> None:
    setattr(settings, name, [new_key(), _key(raw)])
    (error,) = checks.check_deployment(None)
    assert error.id == "newsroom.E006"
    assert f"Key 2 of {name} " in error.msg
    assert _key(raw) not in f"{error.msg}{error.hint}"


@pytest.mark.parametrize(
    ("first", "second"), [(first, second) for first in SECRETS for second in KEYS if first < second]
)
def test_one_key_for_two_purposes_is_refused(settings: Settings, first: str, second: str) -> None:
    shared = new_key()
    setattr(settings, first, [shared] if first in KEYS else shared)
    setattr(settings, second, [new_key(), shared])
    (error,) = checks.check_deployment(None)
    assert error.id == "newsroom.E007"
    assert f"{first} and {second} have the same value" in error.msg


@pytest.mark.parametrize("name", ["SECRET_KEY", "IDENTITY_KEY"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "E008"), ("short", "E009"), ("x" * 60, "E009"), ("password" * 8, "E009"), ("1234567890" * 6, "E009"),
        ("changeme" * 8, "E009"), ("ab" * 40, "E009"), ("3f9c1e7ab2d4806f", "E009"),
    ],
)  # fmt: skip
def test_empty_short_and_repetitive_secrets_are_refused(settings: Settings, name: str, value: Any, code: str) -> None:
    setattr(settings, name, value)
    (error,) = checks.check_deployment(None)
    assert error.id == f"newsroom.{code}"
    assert name in error.msg


def test_any_host_is_refused(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["newsroom.example", "*"]
    assert _found() == ["newsroom.E010"]


@pytest.mark.parametrize(("hours", "found"), [(0, ["newsroom.E020"]), (-24, ["newsroom.E020"]), (1, [])])
def test_a_delay_too_short_to_cancel_a_change_is_refused(settings: Settings, hours: int, found: list[str]) -> None:
    settings.ACCOUNT_CHANGE_DELAY = timedelta(hours=hours)
    assert _found() == found


@pytest.mark.parametrize("url", ["http://newsroom.example", "newsroom.example", ""])
def test_a_public_url_without_tls_is_refused(settings: Settings, url: str) -> None:
    settings.PUBLIC_URL = url
    assert _found() == ["newsroom.E011"]


@pytest.mark.parametrize(("name", "value"), [("DEVELOPMENT_PAGES", True), ("DEVELOPMENT_WEBHOOK_URL", "http://x/")])
def test_the_development_pages_are_refused_on_a_server(settings: Settings, name: str, value: object) -> None:
    setattr(settings, name, value)
    assert _found() == ["newsroom.E025"]


def test_keys_for_email_are_needed_only_where_email_is_received(settings: Settings) -> None:
    settings.INBOUND_MAIL_DOMAIN, settings.MAIL_KEYS = "", []
    assert _found() == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["newsroom.E026"]),
        ({"INBOUND_MAILDIR": "/mail"}, []),
        ({"INBOUND_MAIL_IMAP_URL": "imaps://desk%40x@mail.example/Answers"}, []),
        ({"INBOUND_MAIL_IMAP_URL": "imap://desk@localhost:1143"}, []),
        ({"INBOUND_MAIL_IMAP_URL": "imap://desk@mail.example"}, ["newsroom.E027"]),
        ({"INBOUND_MAIL_IMAP_URL": "imaps://desk:password@mail.example"}, ["newsroom.E027"]),
        ({"INBOUND_MAIL_IMAP_URL": "imaps://mail.example"}, ["newsroom.E027"]),
        ({"INBOUND_MAIL_IMAP_URL": "https://desk@mail.example"}, ["newsroom.E027"]),
    ],
)
def test_a_domain_for_email_takes_a_mailbox(settings: Settings, values: dict[str, str], expected: list[str]) -> None:
    settings.INBOUND_MAIL_DOMAIN = "reply.example"
    for name, value in values.items():
        setattr(settings, name, value)
    assert [error.id for error in checks.check_settings(None)] == expected
