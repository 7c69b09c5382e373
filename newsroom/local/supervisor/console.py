"""Output on the terminal, and the log file with every line of every program."""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

_COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
_WIDTH = 10
_LOG_BYTES, _LOG_FILES = 10 * 2**20, 5


class Console:
    """Writes to one stream. Uses colours only on a terminal, and never if NO_COLOR is set."""

    def __init__(self, stream: TextIO = sys.stdout, *, log: Path | None = None) -> None:
        self._stream = stream
        self._log = _LogFile(log, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES) if log else None
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, int] = {}

    def line(self, name: str, text: str, *, quiet: bool = False) -> None:
        """A line of a program's output. A quiet one goes to the log file only."""
        self._record(f"{name.ljust(_WIDTH)} | {text}")
        if not quiet:
            self._write(f"{self._paint(name.ljust(_WIDTH), self._colour_of(name))} │ {text}")

    def message(self, text: str) -> None:
        """A message of the supervisor."""
        self._record(text)
        self._write(self._paint(text, 1))

    def _record(self, text: str) -> None:
        if self._log:
            self._log.emit(logging.makeLogRecord({"msg": "%s", "args": (text,)}))

    def _colour_of(self, name: str) -> int:
        return self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._coloured else text

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except (BrokenPipeError, OSError):
            # The reader of the output went away (a closed terminal, `| head`). Keep running without it.
            self._stream = open(os.devnull, "w")  # noqa: SIM115


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk must not stop the newsroom: drop the line."""
