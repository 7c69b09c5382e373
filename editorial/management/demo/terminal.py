"""Terminal output of the demo: scenes, actions and results."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Iterable
from typing import TextIO

_WIDTH = 92
_BOLD, _DIM, _RED, _GREEN, _YELLOW, _CYAN = "1", "2", "31", "32", "33", "36"


class Terminal:
    """A terminal or a file. Colours and pauses are for a terminal only."""

    def __init__(self, out: TextIO, *, fast: bool) -> None:
        self._out = out
        interactive = out.isatty()
        self._colours = interactive and "NO_COLOR" not in os.environ
        self._paused = interactive and not fast
        self._scenes = 0

    def title(self, text: str, note: str) -> None:
        self._write(f"\n{self._in(_BOLD, text)}\n{self._in(_DIM, self._wrap(note))}")
        self._pause(2)

    def scene(self, hour: str, title: str) -> None:
        self._scenes += 1
        head = f"{self._scenes} · {title} "
        rule = "─" * max(4, _WIDTH - len(head) - len(hour) - 1)
        self._write(f"\n{self._in(_BOLD, head)}{self._in(_DIM, f'{rule} {hour}')}")
        self._pause(1)

    def narrate(self, text: str) -> None:
        self._write(self._wrap(text))
        self._pause(len(text) / 45)

    def person_acts(self, person: str, action: str) -> None:
        self._write(self._hang(f"  {self._in(_CYAN, person)} ", len(person) + 3, action, indent=4))
        self._pause(0.4)

    def show_result(self, text: str) -> None:
        self._write(self._hang(f"    {self._in(_GREEN, '→')} ", 6, text))
        self._pause(0.4 + len(text) / 60)

    def show_refusal(self, text: str, reasons: Iterable[tuple[str, str]] = ()) -> None:
        """Print a refusal, with codes and their meanings."""
        self._write(self._hang(f"    {self._in(_RED, '✗')} ", 6, text))
        for code, meaning in reasons:
            self._write(self._hang(f"      {self._in(_YELLOW, code)}  ", len(code) + 8, meaning))
            self._pause(0.4 + len(meaning) / 60)

    def show_lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._write(self._hang(self._in(_DIM, "      · "), 8, line))
            self._pause(0.2)

    def _in(self, style: str, text: str) -> str:
        return f"\033[{style}m{text}\033[0m" if self._colours else text

    def _wrap(self, text: str) -> str:
        return textwrap.fill(text, _WIDTH)

    def _hang(self, lead: str, width: int, text: str, *, indent: int = 0) -> str:
        """The text after a lead of `width` columns; further lines align with it or with the indent."""
        indentation = " " * (indent or width)
        rows = textwrap.wrap(
            text, _WIDTH, initial_indent=" " * width, subsequent_indent=indentation, break_on_hyphens=False
        ) or [" " * width]
        return "\n".join([lead + rows[0][width:], *rows[1:]])

    def _write(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()

    def _pause(self, seconds: float) -> None:
        if self._paused:
            time.sleep(min(seconds, 4))
