"""The log that a person follows: one line per line of any program, led by the program's name in its colour."""

import os
import sys
from typing import TextIO

_COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
_WIDTH = 8


class Console:
    """Writes to one stream. Colours only on a terminal, and never where NO_COLOR is set."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """One line that a program wrote."""
        self._write(f"{self._paint(name.ljust(_WIDTH), self._colour_of(name))} │ {text}")

    def say(self, text: str) -> None:
        """What the supervisor itself has to tell."""
        self._write(self._paint(text, 1))

    def _colour_of(self, name: str) -> int:
        return self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._coloured else text

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except (BrokenPipeError, OSError):
            # Whoever read the log has gone (a closed terminal, `| head`). The newsroom goes on without them.
            self._stream = open(os.devnull, "w")  # noqa: SIM115
