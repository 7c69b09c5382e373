"""Readiness: a process creates the file named in its environment, if any, when it starts to work.

`manage.py up` sets the variable, so that an old process ends only after its successor works.
"""

import itertools
import os
from pathlib import Path

READY_FILE_VARIABLE = "NEWSROOM_READY_FILE"
_numbers = itertools.count()


def new_ready_file(data: Path) -> Path:
    """The path of a new file for one process to create."""
    file = data / "run" / "ready" / str(next(_numbers))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    return file


def mark_ready(*_: object, **__: object) -> None:
    """Create the file. Accepts the arguments of any Celery signal."""
    if path := os.environ.get(READY_FILE_VARIABLE):
        Path(path).touch()
