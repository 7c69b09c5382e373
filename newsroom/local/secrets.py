"""The secrets of an embedded newsroom: generated once, stored in its data folder, readable by its owner only."""

import base64
import fcntl
import json
import os
import secrets as randomness
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsroom.local import data_dir
from newsroom.local.errors import SetupError


def load_secrets(data: Path) -> dict[str, str]:
    """The secrets of this data folder by the name of their setting; those that it lacks are generated.

    Without the file, every encrypted identity is lost permanently; a backup of the data folder must contain it.
    Raise `SetupError` if the file is damaged, or can neither be read nor written.
    """
    path = data / "secrets.json"
    try:
        secrets = _read(path)
        if not _generate().keys() <= secrets.keys():
            with _locked(path.parent):
                secrets = _generate() | _read(path)
                _write(path, secrets)
        return {name: str(secrets[name]) for name in _generate()}
    except OSError as problem:
        raise SetupError(
            f"Cannot store the newsroom's secrets in {path}: {problem.strerror}.\n"
            "Make that folder writable for this user, or name another one: NEWSROOM_DATA=/path/to/data make up"
        ) from problem
    except (ValueError, KeyError, TypeError, AttributeError):
        # No cause: it quotes the file.
        raise SetupError(
            f"{path} is damaged. Restore it from your backup: without its keys, "
            "identities cannot be decrypted and all users are signed out."
        ) from None


def _generate() -> dict[str, str]:
    return {
        "SECRET_KEY": randomness.token_urlsafe(64),
        "IDENTITY_KEY": randomness.token_urlsafe(48),
        "VAULT_KEYS": _encryption_key(),
        "SECOND_FACTOR_KEYS": _encryption_key(),
        "WEBHOOK_KEYS": _encryption_key(),
        "RESPONSE_KEYS": _encryption_key(),
        "MAIL_KEYS": _encryption_key(),
        "AUDIT_SIGNING_KEY": _encryption_key(),
    }


def _encryption_key() -> str:
    return base64.urlsafe_b64encode(randomness.token_bytes(32)).decode()


def _read(path: Path) -> dict[str, str]:
    """Its content; empty if there is no file yet. A file of an earlier version lacks some secrets, not these."""
    if not path.exists():
        return {}
    secrets: dict[str, str] = json.loads(path.read_text())
    if not {"SECRET_KEY", "VAULT_KEYS", "IDENTITY_KEY"} <= secrets.keys():
        raise KeyError
    return secrets


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Of processes that start together, one generates and the others read what it wrote."""
    data_dir.create(folder)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, content: dict[str, str]) -> None:
    """Write the file atomically, and leave it to its owner if another account (root) completes it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError, PermissionError):
            owner = path.stat()
            os.chown(draft, owner.st_uid, owner.st_gid)
        os.replace(draft, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)
