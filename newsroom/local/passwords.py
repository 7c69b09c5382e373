"""The passwords of the embedded PostgreSQL's superuser and of the owner of its tables.

The processes that serve people do not have them: they connect as the application, which needs none on this socket. Code
that runs as the same account of the operating system can read the file; only another account keeps it out.
"""

import json
import os
import secrets
import tempfile
from pathlib import Path

_FILE = "database-passwords.json"


def read(data: Path) -> dict[str, str]:
    """Role → password. Empty for throw-away servers, which ask for none."""
    try:
        return {str(role): str(password) for role, password in json.loads((data / _FILE).read_text()).items()}
    except FileNotFoundError:
        return {}


def generate(*roles: str) -> dict[str, str]:
    """New passwords."""
    return {role: secrets.token_hex(32) for role in roles}


def store(data: Path, passwords: dict[str, str]) -> None:
    """Store them, readable by their owner only."""
    handle, draft = tempfile.mkstemp(dir=data, prefix=".passwords-")  # mode 0600
    with os.fdopen(handle, "w") as file:
        json.dump(passwords, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, data / _FILE)


def delete(data: Path) -> None:
    """Delete those of a cluster that no longer exists."""
    (data / _FILE).unlink(missing_ok=True)
