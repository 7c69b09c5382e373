"""Error of all parsers."""

from __future__ import annotations


class ParseError(Exception):
    """The input is not in the expected format. A code for machines, and a sentence for people that says what to do."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.message = code, text
        super().__init__(text)
