"""The secrets of an embedded newsroom: made once; one that a later version needs is added, none is replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsroom.local import SetupError, load_secrets


def test_they_are_made_once(tmp_path: Path) -> None:
    assert load_secrets(tmp_path) == load_secrets(tmp_path)
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_folder_of_an_earlier_version_gets_the_signing_key(tmp_path: Path) -> None:
    before = load_secrets(tmp_path)
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({name: value for name, value in before.items() if name != "AUDIT_SIGNING_KEY"}))
    after = load_secrets(tmp_path)
    assert after["AUDIT_SIGNING_KEY"] not in ("", before["AUDIT_SIGNING_KEY"])
    assert {**after, "AUDIT_SIGNING_KEY": ""} == {**before, "AUDIT_SIGNING_KEY": ""}
    assert load_secrets(tmp_path) == after
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lost_vault_key_is_never_replaced(tmp_path: Path) -> None:
    kept = load_secrets(tmp_path)
    (tmp_path / "secrets.json").write_text(json.dumps({name: kept[name] for name in kept if name != "VAULT_KEYS"}))
    with pytest.raises(SetupError, match="is damaged"):
        load_secrets(tmp_path)
