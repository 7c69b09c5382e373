"""Cleaning of input text: words that look the same get one form, and invisible characters are removed."""

from __future__ import annotations

import re
import unicodedata

# Control characters, those that override text direction, and those without width – but not the joiners, which Persian,
# Indic scripts and emoji need. NUL stays, so that it is refused.
_UNPRINTABLE = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\u2028\x85]")
_SPACES = re.compile(r"[^\S\n]+")  # also no-break and narrow ones
# Letters and signs that show nothing: the fillers of Hangul, and a Braille pattern without dots.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def block(text: str) -> str:
    """The text in composed form (NFC), with plain line ends, and without invisible and control characters."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    text = unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text))
    return text if is_visible(text) else re.sub(r"[^\s]", "", text)


def plain_blanks(text: str) -> str:
    """The text as a block whose blanks are all of one kind, with none around a line."""
    return "\n".join(_SPACES.sub(" ", line).strip() for line in block(text).split("\n")).strip()


def line(text: str) -> str:
    """The text on one line, with blanks of one kind."""
    return " ".join(block(text).split())


def is_visible(text: str) -> bool:
    """Whether the text shows anything."""
    return any(unicodedata.category(character)[0] not in "CZ" and character not in _BLANK_LETTERS for character in text)
