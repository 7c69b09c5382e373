"""How a process says that it has begun to work: it makes the file that its environment names, if it names one.

`manage.py up` asks for it, so that an old process goes only once its successor serves.
"""

import itertools
import os
from pathlib import Path

READY_FILE_VARIABLE = "NEWSROOM_READY_FILE"
_numbers = itertools.count()


def new_ready_file(data: Path) -> Path:
    """A file that is not there yet, for one process to make."""
    file = data / "run" / "ready" / str(next(_numbers))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    return file


def mark_ready(*_: object, **__: object) -> None:
    """Say it. Takes whatever a signal of Celery hands over."""
    if path := os.environ.get(READY_FILE_VARIABLE):
        Path(path).touch()
