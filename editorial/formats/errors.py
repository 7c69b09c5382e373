"""What cannot be read."""

from __future__ import annotations


class ParseError(Exception):
    """This cannot be read as what it is said to be. A code for machines, a sentence for people that says what to do."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.message = code, text
        super().__init__(text)
