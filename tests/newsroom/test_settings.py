"""The variables of a deployment: all documented, and mistakes in them named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from newsroom.processes import PROCESSES, SECRETS
from tests.support.live import clean_environment
from tests.support.servers import ROOT

MANUAL = (ROOT / "docs/operations/running.md").read_text()
SERVED = {
    "DATABASE_URL": "postgresql://newsroom@db.invalid/newsroom",
    "REDIS_URL": "redis://redis.invalid/0",
    "EMAIL_URL": "dummymail://",
    "SECRET_KEY": "only-for-testing-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "IDENTITY_KEY": "only-for-testing-0123456789-abcdefghijklmnopqrstuvwxyz",
    "VAULT_KEYS": "3dDi2kAM-mD-L35xRtDCD1sa-nAMyexQF_NFtgdJL68=",
    "SECOND_FACTOR_KEYS": "ISgF6wXn997GcGpRaY_eXUFrGzOPQrLrdzj3p0Jnvbs=",
    "WEBHOOK_KEYS": "tydQloQQcILlZIM139eW-13v-Uyjc9Tigz3Bbp-iNR8=",
    "MAIL_KEYS": "0FEhsoi2FLq_KIPJIiAXPOeh2H7cskvrE9sJZylBP70=",
    "INBOUND_MAIL_DOMAIN": "reply.newsroom.example",
    "INBOUND_MAIL_IMAP_URL": "imaps://answers@mail.newsroom.example",
    "RESPONSE_KEYS": "i3sxaFUMkR65YfmtTfTXUElHp5W3lPTxkwEGjKVYow0=",
    "ALLOWED_HOSTS": "newsroom.example",
    "PUBLIC_URL": "https://newsroom.example",
}


def _check(**variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy"]
    return subprocess.run(command, cwd=ROOT, env=clean_environment(**variables), capture_output=True, text=True)  # noqa: S603


def test_the_manual_lists_every_variable() -> None:
    read = set()
    for source in ("settings.py", "processes.py"):
        text = (ROOT / "newsroom" / source).read_text()
        read |= set(re.findall(r"""(?:env\.\w+|environ\.get|_keys)\(["'](\w+)["']""", text))
    assert "DATABASE_URL" in read
    assert "PORT" in read
    listed = set(re.findall(r"^\| `(\w+)`", MANUAL, re.MULTILINE))
    assert read - {"TEST_DATABASE_NAME", "NEWSROOM_WEB"} <= listed


def test_the_manual_lists_every_process_with_its_purpose() -> None:
    for name, process in PROCESSES.items():
        assert f"| `{name}` | {process.purpose}" in MANUAL


@pytest.mark.servers
# Without AUDIT_SIGNING_KEY there is a warning only: another machine may sign.
@pytest.mark.parametrize(
    "missing", [*sorted({*SECRETS} - {"AUDIT_SIGNING_KEY"}), "ALLOWED_HOSTS", "REDIS_URL", "EMAIL_URL"]
)
def test_a_missing_required_variable_is_named(missing: str) -> None:
    outcome = _check(**{name: value for name, value in SERVED.items() if name != missing})
    assert outcome.returncode == 1
    assert missing in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.servers
def test_a_deployment_with_every_needed_variable_passes() -> None:
    outcome = _check(**SERVED)
    assert outcome.returncode == 0, outcome.stderr


def test_a_vault_key_of_the_wrong_size_is_reported(settings: Settings) -> None:
    settings.VAULT_KEYS = [*settings.VAULT_KEYS, "c2hvcnQ="]
    assert [error.id for error in run_checks()] == ["newsroom.E001"]


def test_an_invalid_redis_url_is_reported(settings: Settings) -> None:
    settings.REDIS_URL = "localhost:6379"
    assert [error.id for error in run_checks()] == ["newsroom.E003"]


def test_an_unknown_role_that_requires_a_second_factor_is_reported(settings: Settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["admin", "custodians"]
    assert [error.id for error in run_checks()] == ["newsroom.E004"]


def test_a_story_url_without_placeholder_is_reported(settings: Settings) -> None:
    settings.STORY_URL = "https://paper.example/story"
    assert [error.id for error in run_checks()] == ["newsroom.E005"]


@pytest.mark.parametrize("text", [None, "", "letmein\n", "F" * 40 + "\n" + "0" * 40 + "\n"])
def test_a_file_of_breached_passwords_that_cannot_be_searched_is_reported(
    settings: Settings, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "hashes.txt"
    if text is not None:
        path.write_text(text)
    settings.BREACHED_PASSWORDS = str(path)
    assert [error.id for error in run_checks()] == ["newsroom.E024"]
    path.write_text(f"{'0' * 40}:7\n{'F' * 40}:1\n")
    assert run_checks() == []


def test_a_signing_key_of_the_wrong_size_is_reported(settings: Settings) -> None:
    settings.AUDIT_SIGNING_KEY = "c2hvcnQ="
    assert "newsroom.E012" in [error.id for error in run_checks(include_deployment_checks=True)]


def test_heads_are_posted_over_https_only(settings: Settings) -> None:
    settings.AUDIT_HEADS_URL = "http://heads.example/"
    assert "newsroom.E013" in [error.id for error in run_checks(include_deployment_checks=True)]
