"""Differences between two lists of words or lines, by difflib, in bounded time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Opcode = tuple[str, int, int, int, int]
"""A kind (equal, replace, delete, insert), the start and end in the old list, and those in the new one."""

_MAX_PRODUCT = 1_000_000  # of the lengths of the parts that differ: beyond it, difflib may take minutes


def opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    """The operations that turn the old list into the new one. Long parts that differ are replaced as a whole."""
    start = _common(zip(old, new, strict=False), min(len(old), len(new)))
    rest = min(len(old), len(new)) - start
    end = _common(zip(reversed(old[start:]), reversed(new[start:]), strict=False), rest)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    if start:
        yield "equal", 0, start, 0, start
    if len(middle_old) * len(middle_new) > _MAX_PRODUCT:
        yield "replace", start, start + len(middle_old), start, start + len(middle_new)
    else:
        for kind, a, b, x, y in SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes():
            yield kind, a + start, b + start, x + start, y + start
    if end:
        yield "equal", len(old) - end, len(old), len(new) - end, len(new)


def _common(pairs: Iterator[tuple[str, str]], most: int) -> int:
    """How many pairs are equal from the first on."""
    return next((index for index, (one, other) in enumerate(pairs) if one != other), most)
