"""Differences between texts by words, and the merge of two changes to one text. The algorithm is difflib's."""

from __future__ import annotations

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from editorial.policy import text_diff

_WORD = re.compile(r"\s*\S+|\s+$")
_MOST_WORDS = 4000  # of a text that is compared by words; longer ones are compared by lines


def difference(before: str, after: str) -> SafeString:
    """The later text, with what was removed and what was added marked."""
    old, new = _split(before, after)
    parts: list[SafeString | str] = []
    for kind, start, end, new_start, new_end in text_diff.opcodes(old, new):
        removed, added = "".join(old[start:end]), "".join(new[new_start:new_end])
        if kind == "equal":
            parts.append(added)
            continue
        if removed:
            parts.append(format_html("<del>{}</del>", removed))
        if added:
            parts.append(format_html("<ins>{}</ins>", added))
    return format_html_join("", "{}", ((part,) for part in parts))


def merge(base: str, theirs: str, mine: str) -> str | None:
    """Both changes to the base in one text; None if they touch the same words."""
    words, their_words, my_words = _split(base, theirs, mine)
    changes = sorted({*_changes(words, their_words), *_changes(words, my_words)})
    merged, position, last = "", 0, (-1, -1)
    for start, end, replacement in changes:
        if start < position or (start, end) == last or (start == position and last != (-1, -1)):
            return None
        merged += "".join(words[position:start]) + replacement
        position, last = end, (start, end)
    return merged + "".join(words[position:])


def _changes(base: list[str], other: list[str]) -> list[tuple[int, int, str]]:
    """Start, end and replacement of each changed part of the base."""
    return [
        (start, end, "".join(other[new_start:new_end]))
        for kind, start, end, new_start, new_end in text_diff.opcodes(base, other)
        if kind != "equal"
    ]


def _split(*texts: str) -> list[list[str]]:
    by_words = [_WORD.findall(text) for text in texts]
    return by_words if max(map(len, by_words)) <= _MOST_WORDS else [text.splitlines(keepends=True) for text in texts]
