"""The newsroom that the demo plays in: the running one, or a temporary one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

from django.conf import settings

from editorial.management.demo.client import DemoFailed, Newsroom

_ROOT = Path(__file__).resolve().parents[3]
_START_TIMEOUT = 300


@contextmanager
def temporary_newsroom(newsroom: Newsroom) -> Iterator[subprocess.Popen[bytes]]:
    """Start a newsroom with `manage.py up` and stop it however the demo ends."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "newsroom", "up"],
            cwd=_ROOT,
            env={**os.environ, "NEWSROOM_DATA": str(settings.DATA)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C goes to the demo, which then stops the newsroom
        )
        previous_handler = signal.signal(signal.SIGTERM, _stop)
        try:
            _wait(newsroom, process, output)
            yield process
        finally:
            signal.signal(signal.SIGTERM, previous_handler)
            process.terminate()
            process.wait()


def _wait(newsroom: Newsroom, process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    limit = time.monotonic() + _START_TIMEOUT
    while not newsroom.is_running:
        if process.poll() is not None or time.monotonic() > limit:
            output.seek(0)
            lines = output.read().decode("utf-8", "replace").splitlines()[-15:]
            raise DemoFailed("The newsroom could not be started:\n" + "\n".join(f"  {line}" for line in lines))
        time.sleep(0.2)


def _stop(*_: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)
