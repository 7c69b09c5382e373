"""The data folder: whose it is, and whether it can be used at all."""

import os
import shutil
from pathlib import Path

import platformdirs

from newsroom.local.errors import SetupError

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, or the folder that the package is installed in."""

_MIN_FREE_BYTES = 300 * 1024 * 1024  # an empty PostgreSQL cluster with its first log segments, and room to move


def default() -> Path:
    """`data` in a checkout; of an installed package, the user's folder for application data."""
    if (ROOT / "manage.py").exists():
        return ROOT / "data"
    return platformdirs.user_data_path("newsroom")


def create(data: Path) -> None:
    """Make the data folder, closed to other people.

    Started by root, the servers run as another account that must pass through the folder, so that passing (but
    not listing) is allowed. The mode of a folder that exists is its owner's decision.
    """
    try:
        data.mkdir(parents=True)
    except FileExistsError:
        return
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)


def check_usable(data: Path) -> None:
    """Raise `SetupError` if nothing can be written to the data folder, or its disk is full."""
    try:
        create(data)
        probe = data / ".can-be-written"
        probe.write_bytes(b"yes")
        probe.unlink()
    except OSError as problem:
        raise SetupError(
            f"Nothing can be written to the data folder {data}: {problem.strerror}.\n"
            "Make it writable for this user, or name another folder: NEWSROOM_DATA=/path/to/data make up"
        ) from problem
    free = shutil.disk_usage(data).free
    if free < _MIN_FREE_BYTES:
        raise SetupError(
            f"The disk that holds the data folder {data} is full: {free // 2**20} MB are free, "
            f"{_MIN_FREE_BYTES // 2**20} MB are needed.\n"
            "Free some space, or name a folder on another disk: NEWSROOM_DATA=/path/to/data make up"
        )
