"""One supervisor a folder. The kernel gives the lock back when its holder dies, however it dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another supervisor works in this folder. Carries what that one said of itself."""


@contextmanager
def exclusive_lock(path: Path, holder: str) -> Iterator[None]:
    """Hold the lock for the block. Raises `Held` with the holder's own words."""
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
    """What the supervisor that works in this folder says of itself; nothing, if there is none."""
    if not path.exists():
        return ""
    try:
        with path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return path.read_text().strip()
    return ""
