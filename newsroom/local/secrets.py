"""The secrets of an embedded newsroom: generated once, stored in its data folder, readable by its owner only."""

import base64
import json
import os
import secrets as randomness
import tempfile
from pathlib import Path

from newsroom.local import data_dir
from newsroom.local.errors import SetupError


def load_secrets(data: Path) -> dict[str, str]:
    """SECRET_KEY, VAULT_KEYS and IDENTITY_KEY of this data folder; generated on first use.

    Without the file, every encrypted identity is lost permanently; a backup of the data folder must contain it.
    Raise `SetupError` if the file is damaged, or can neither be read nor created.
    """
    path = data / "secrets.json"
    try:
        if not path.exists():
            _write_once(path, _generate())
        stored = json.loads(path.read_text())
        return {name: str(stored[name]) for name in _generate()}
    except OSError as problem:
        raise SetupError(
            f"Cannot store the newsroom's secrets in {path}: {problem.strerror}.\n"
            "Make that folder writable for this user, or name another one: NEWSROOM_DATA=/path/to/data make up"
        ) from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise SetupError(
            f"{path} is damaged. Restore it from your backup: without its keys, "
            "identities cannot be decrypted and all users are logged out."
        ) from problem


def _generate() -> dict[str, str]:
    return {
        "SECRET_KEY": randomness.token_urlsafe(64),
        "VAULT_KEYS": base64.urlsafe_b64encode(randomness.token_bytes(32)).decode(),  # a Fernet key
        "IDENTITY_KEY": randomness.token_urlsafe(48),
    }


def _write_once(path: Path, content: dict[str, str]) -> None:
    """Write the file atomically. Of processes that start together, the first to finish wins."""
    data_dir.create(path.parent)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        os.unlink(draft)
