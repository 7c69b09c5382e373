"""One supervisor per folder. The kernel releases the lock when its holder dies, for whatever reason."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another supervisor uses this folder. Carries its description of itself."""


@contextmanager
def exclusive_lock(path: Path, holder: str) -> Iterator[None]:
    """Hold the lock for the block. Raise `AlreadyRunning` with the holder's description."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            file.seek(0)
            raise AlreadyRunning(file.read().strip()) from problem
        file.truncate(0)
        file.write(holder)
        file.flush()
        yield


def lock_holder(path: Path) -> str:
    """The description of the supervisor that uses this folder; empty if there is none."""
    if not path.exists():
        return ""
    try:
        with path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return path.read_text().strip()
    return ""
