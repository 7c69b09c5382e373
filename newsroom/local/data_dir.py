"""The data folder: its location, permissions and free space."""

import os
import shutil
from pathlib import Path

import platformdirs

from newsroom.local.errors import SetupError

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, or the folder that the package is installed in."""

_MIN_FREE_BYTES = 300 * 1024 * 1024  # an empty PostgreSQL cluster with its first WAL segments, and some headroom


def default() -> Path:
    """`data` in a checkout; for an installed package, the user's folder for application data."""
    if (ROOT / "manage.py").exists():
        return ROOT / "data"
    return platformdirs.user_data_path("newsroom")


def create(data: Path) -> None:
    """Create the data folder, private to its owner.

    When root starts the newsroom, the servers run as another account that must traverse the folder, so traversal (but
    not listing) is allowed. The mode of an existing folder is left unchanged.
    """
    try:
        data.mkdir(parents=True)
    except FileExistsError:
        return
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)


def check_usable(data: Path) -> None:
    """Raise `SetupError` if the data folder is not writable or its disk is full."""
    try:
        create(data)
        probe = data / ".can-be-written"
        probe.write_bytes(b"yes")
        probe.unlink()
    except OSError as problem:
        raise SetupError(
            f"Cannot write to the data folder {data}: {problem.strerror}.\n"
            "Make it writable for this user, or name another folder: NEWSROOM_DATA=/path/to/data make up"
        ) from problem
    free = shutil.disk_usage(data).free
    if free < _MIN_FREE_BYTES:
        raise SetupError(
            f"The disk that holds the data folder {data} is almost full: {free // 2**20} MB are free, "
            f"{_MIN_FREE_BYTES // 2**20} MB are needed.\n"
            "Free some space, or name a folder on another disk: NEWSROOM_DATA=/path/to/data make up"
        )
