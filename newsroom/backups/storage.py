"""The folder of all backups: their names, listing and pruning."""

from __future__ import annotations

import fcntl
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from newsroom.backups import manifests
from newsroom.backups.errors import BackupError

_NAME_PATTERN = re.compile(r"newsroom-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")
_UNFINISHED = ".unfinished-"


def backup_name(now: datetime) -> str:
    """The name of a backup made now. Names sort by time."""
    return f"newsroom-{now.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}"


def list_backups(directory: Path) -> list[Path]:
    """The complete backups in a folder, oldest first."""
    backups = (path for path in directory.iterdir() if _NAME_PATTERN.fullmatch(path.name)) if directory.is_dir() else ()
    return sorted(path for path in backups if (path / manifests.MANIFEST_NAME).is_file())


@contextmanager
def unfinished_backup(directory: Path) -> Iterator[Path]:
    """A private temporary folder for a backup in progress; removed at the end unless renamed."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise BackupError(
                f"Another backup into {directory} is in progress. Wait for it, or use another folder."
            ) from problem
        for leftover in directory.glob(f"{_UNFINISHED}*"):  # left by a killed backup
            shutil.rmtree(leftover, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=directory))  # mode 0700
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def prune(directory: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups; return the removed ones."""
    old = list_backups(directory)[: -max(keep, 1)]
    for backup in old:
        renamed = backup.with_name(f"{_UNFINISHED}{backup.name}")  # a partly removed backup must not look complete
        backup.rename(renamed)
        shutil.rmtree(renamed)
    return old
