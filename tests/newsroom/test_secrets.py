"""The secrets of an embedded newsroom: generated once, completed in an upgrade, given to processes that need them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsroom.local import SetupError, load_secrets
from newsroom.processes import PROCESSES, SECRETS
from tests.support.live import clean_environment
from tests.support.servers import ROOT

EARLIER = ("SECRET_KEY", "VAULT_KEYS", "IDENTITY_KEY")


def test_every_secret_is_generated_once_and_private(tmp_path: Path) -> None:
    generated = load_secrets(tmp_path)
    assert generated.keys() == set(SECRETS)
    assert len(set(generated.values())) == len(SECRETS)
    assert load_secrets(tmp_path) == generated
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_a_folder_of_an_earlier_version_keeps_its_secrets_and_gets_the_new_ones(tmp_path: Path) -> None:
    earlier = {name: value for name, value in load_secrets(tmp_path).items() if name in EARLIER}
    (tmp_path / "secrets.json").write_text(json.dumps(earlier))
    completed = load_secrets(tmp_path)
    assert completed.keys() == set(SECRETS)
    assert earlier.items() <= completed.items()
    assert load_secrets(tmp_path) == completed
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("earlier", [False, True])
def test_processes_that_start_together_get_the_same_secrets(tmp_path: Path, earlier: bool) -> None:
    if earlier:
        (tmp_path / "secrets.json").write_text(json.dumps(dict.fromkeys(EARLIER, "x")))
    with ThreadPoolExecutor(16) as pool:
        loaded = list(pool.map(lambda _: load_secrets(tmp_path), range(16)))
    assert all(secrets == loaded[0] for secrets in loaded)
    assert load_secrets(tmp_path) == loaded[0]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '"text"', '{"SECRET_KEY": "the-secret"}'])
def test_a_damaged_file_is_neither_quoted_nor_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(SetupError, match=r"secrets\.json is damaged") as raised:
        load_secrets(tmp_path)
    assert "the-secret" not in str(raised.value)
    assert (tmp_path / "secrets.json").read_text() == content


def _settings(**variables: str) -> dict[str, str]:
    """What the settings hold in a process with these variables."""
    script = (
        "import json; from newsroom import settings; "
        f"print(json.dumps({{name: getattr(settings, name) for name in {SECRETS!r}}}))"
    )
    environment = clean_environment(**variables)
    printed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    read: dict[str, str] = json.loads(printed)
    return read


@pytest.mark.servers
@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_has_the_secrets_that_it_needs_and_no_other(tmp_path: Path, name: str) -> None:
    """In the embedded newsroom as well, where a file holds them all."""
    load_secrets(tmp_path)
    needed = PROCESSES[name].secrets
    read = _settings(NEWSROOM_DATA=str(tmp_path), **PROCESSES[name].environment())
    assert {setting for setting, value in read.items() if value} == set(needed)
    # The same if the operator's variables and an .env file hold them all.
    variables = {setting: f"{setting}-value" for setting in SECRETS}
    file = tmp_path / ".env"
    file.write_text("".join(f"{setting}={value}\nX_{setting}=1\n" for setting, value in variables.items()))
    read = _settings(
        NEWSROOM_DATA=str(tmp_path), **{**variables, "ENV_FILE": str(file), **PROCESSES[name].environment()}
    )
    assert {setting for setting, value in read.items() if value} == set(needed)


@pytest.mark.servers
def test_a_secret_can_be_a_file(tmp_path: Path) -> None:
    """As Docker's secrets are. A file may hold one key a line, and end with an empty one."""
    load_secrets(tmp_path)
    files = {}
    for setting in SECRETS:
        path = tmp_path / setting.lower()
        path.write_text(f"{setting}-one\n" + (f"{setting}-two\n" if setting.endswith("S") else ""))
        files[f"{setting}_FILE"] = str(path)
    read = _settings(NEWSROOM_DATA=str(tmp_path), **files)
    for setting in SECRETS:
        expected = [f"{setting}-one", f"{setting}-two"] if setting.endswith("S") else f"{setting}-one"
        assert read[setting] == expected


def test_web_has_every_secret_but_the_signing_key_and_no_other_process_the_vault() -> None:
    assert set(PROCESSES["web"].secrets) == set(SECRETS) - {"AUDIT_SIGNING_KEY"}
    for name in PROCESSES.keys() - {"web"}:
        assert not {"VAULT_KEYS", "IDENTITY_KEY", "SECRET_KEY"} & set(PROCESSES[name].secrets)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file to another account")
def test_a_file_completed_by_root_stays_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps(dict.fromkeys(EARLIER, "x")))
    os.chown(path, 65534, 65534)
    load_secrets(tmp_path)
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)
