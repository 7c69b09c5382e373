"""Passwords made of words that anybody who knows the newsroom would try: its name, its desks, its roles."""

from __future__ import annotations

import re
from collections.abc import Iterable

MIN_WORD_LENGTH = 4
_MIN_LETTERS = 6
_MIN_LENGTH = 12
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


def split(*names: str) -> set[str]:
    """The words of these names, in lower case. Short ones are part of too many other words."""
    words = re.findall(r"[^\W\d_]+", " ".join(names).lower())
    return {word for word in words if len(word) >= MIN_WORD_LENGTH}


def is_guessable(password: str, words: Iterable[str]) -> bool:
    """Whether little is left of the password without these words: fewer than six letters and than twelve characters.

    So a word may be part of a long passphrase, and `Newsroom2026!` is refused. Look-alikes such as `N3wsr00m` count.
    """
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    folded = "".join(character.lower()[:1] for character in password).translate(_LOOKALIKES)
    spans = [match.span() for match in re.finditer(pattern, folded)] if pattern else []
    if not spans:
        return False
    used = {position for start, end in spans for position in range(start, end)}
    rest = [character for position, character in enumerate(password) if position not in used]
    return len(rest) < _MIN_LENGTH and sum(map(str.isalpha, rest)) < _MIN_LETTERS
