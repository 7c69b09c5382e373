"""Name matching: whether a text contains a confidential name, however it is spelled.

It finds the whole name, surname first or last; a surname alone; an unusual given name alone; and initials with a
surname. Accents, look-alike letters, digits for letters, invisible characters, punctuation, spaces and line breaks
make no difference. It does not find nicknames, transliterations, misspellings or descriptions: watch for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from editorial.policy import name_folding
from editorial.policy.common_words import COMMON_GIVEN_NAMES, EVERYDAY_WORDS, PARTICLES, TITLES
from editorial.policy.name_folding import Token
from editorial.policy.vocabulary import ChoiceEnum

_MAX_PIECES = 40  # tokens into which a text may split one name
_MIN_EMBEDDED = 6  # letters of a whole name that counts inside a longer word, such as an address
_MIN_UNIQUE = 7  # letters of a surname that adjacent words rarely form by chance
_MIN_SURNAME = 3
_MIN_GIVEN_NAME = 4
_LETTERS_OF_A_NAME = 14
_UNSPACED_LETTERS_OF_A_NAME = 3
_WORDS_OF_PROSE = 8  # of which at most one is likely to be a name
_SCRIPTS_WITHOUT_SPACES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0x9FFF))


class NamePart(ChoiceEnum):
    """The part of a name that a text contains, from the most to the least telling."""

    WHOLE_NAME = "whole_name"
    INITIALS = "initials"
    SURNAME = "surname"
    GIVEN_NAME = "given_name"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Letters to look for. `anywhere`: also across spaces; `capital`: only where written with a capital letter."""

    letters: str
    part: NamePart
    anywhere: bool = False
    capital: bool = False

    def spellings(self) -> Iterator[str]:
        """The letters, and with the s of a plural or possessive. A short name with an s is more likely another word."""
        yield self.letters
        if len(self.letters) > _MIN_SURNAME:
            yield f"{self.letters}s"


class Matcher:
    """Finds names in texts. One pass searches for all names, so that long sheets can be checked."""

    def __init__(self, names: Iterable[str]) -> None:
        self._forms: list[_Form] = []
        self._count = 0
        for name in names:
            for number, words in enumerate(name_folding.forms(name)):
                if number == len(self._forms):
                    self._forms.append(_Form())
                self._forms[number].add(self._count, [word.text for word in words])
            self._count += 1

    def parts_in(self, text: str) -> list[NamePart | None]:
        """For each name, the most telling part of it that the text contains."""
        order = list(NamePart)
        found: list[NamePart | None] = [None] * self._count
        for form, tokens in zip(self._forms, name_folding.forms(text) if text.strip() else [], strict=False):
            for name, part in form.matches(tokens):
                best = found[name]
                if best is None or order.index(part) < order.index(best):
                    found[name] = part
        return found


def count_candidates(texts: Iterable[str]) -> int:
    """About how many names the texts could hold: every one is a guess that a refusal confirms.

    It counts different words with a capital letter, or of scripts without capitals. Other words count little, and
    letters that are written together count as several words, so that neither hides a list.
    """
    tokens = [token for text in texts for token in name_folding.words(text)]
    marked = {token.text for token in tokens if token.capital or _has_no_case(token.text)}
    unmarked = {token.text for token in tokens} - marked
    together = sum(len(word) // _LETTERS_OF_A_NAME for word in unmarked)
    return sum(map(_names_written_together, marked)) + max(together, len(unmarked) // _WORDS_OF_PROSE)


class _Form:
    """The patterns of all names in one folded form."""

    def __init__(self) -> None:
        self._patterns: dict[str, list[tuple[int, _Pattern]]] = {}
        self._prefixes: set[str] = set()
        self._needles: list[tuple[int, str]] = []

    def add(self, name: int, words: Sequence[str]) -> None:
        """Add the patterns of a name."""
        for pattern in _patterns(words):
            for letters in pattern.spellings():
                self._patterns.setdefault(letters, []).append((name, pattern))
                self._prefixes.update(letters[:length] for length in range(1, len(letters) + 1))
        self._needles += [(name, needle) for needle in _embedded(words)]

    def matches(self, tokens: Sequence[Token]) -> Iterator[tuple[int, NamePart]]:
        """The number of each name that the tokens contain, and the part that they contain."""
        for start, first in enumerate(tokens):
            letters, across_words, all_single = "", False, True
            for token in tokens[start : start + _MAX_PIECES]:
                across_words |= bool(letters) and token.follows_space
                all_single &= len(token.text) == 1
                letters += token.text
                if letters not in self._prefixes:
                    break
                for name, pattern in self._patterns.get(letters, ()):
                    together = pattern.anywhere or all_single or not across_words
                    if together and (first.capital or not pattern.capital):
                        yield name, pattern.part
        joined = "\n".join(token.text for token in tokens)
        for name, needle in self._needles:
            if needle in joined:
                yield name, NamePart.WHOLE_NAME


def _patterns(words: Sequence[str]) -> Iterator[_Pattern]:
    names = [word for word in words if word not in TITLES] or list(words)
    if not names:
        return
    whole = "".join(names)
    yield _Pattern(whole, NamePart.WHOLE_NAME, anywhere=True)
    if len(names) == 1:
        return
    surname, given = names[-1], [name for name in names[:-1] if name not in PARTICLES]
    yield _Pattern(surname + "".join(names[:-1]), NamePart.WHOLE_NAME, anywhere=True)
    for name in given:
        if len(name) > 1:
            yield _Pattern(name + surname, NamePart.WHOLE_NAME, anywhere=True)
            yield _Pattern(surname + name, NamePart.WHOLE_NAME, anywhere=True)
    yield from _with_initials(surname, given)
    rare = len(surname) >= _MIN_SURNAME and surname not in EVERYDAY_WORDS
    yield _Pattern(surname, NamePart.SURNAME, anywhere=rare and len(surname) >= _MIN_UNIQUE, capital=not rare)
    if len(given) > 1:
        yield _Pattern("".join(given), NamePart.GIVEN_NAME, anywhere=True)
    for name in given:
        if len(name) >= _MIN_GIVEN_NAME and name not in COMMON_GIVEN_NAMES:
            yield _Pattern(name, NamePart.GIVEN_NAME, capital=name in EVERYDAY_WORDS)


def _with_initials(surname: str, given: Sequence[str]) -> Iterator[_Pattern]:
    """Initials before or after the surname: of the first given name, and of all of them."""
    initials = "".join(name[0] for name in given)
    for letters in {initials, initials[:1]} - {""}:
        yield _Pattern(letters + surname, NamePart.INITIALS, anywhere=True)
        yield _Pattern(surname + letters, NamePart.INITIALS, anywhere=True)


def _embedded(words: Sequence[str]) -> Iterator[str]:
    """Forms of the whole name that count inside a longer word, such as a username, or in a script without spaces."""
    names = [word for word in words if word not in TITLES] or list(words)
    whole, reverse = "".join(names), "".join(reversed(names))
    if len(names) == 1 and not _is_unspaced(whole):
        return
    yield from {needle for needle in (whole, reverse) if len(needle) >= _MIN_EMBEDDED or _is_unspaced(needle)}


def _is_unspaced(letters: str) -> bool:
    """Whether it is written in a script that does not separate words."""
    return len(letters) > 1 and all(
        any(first <= ord(letter) <= last for first, last in _SCRIPTS_WITHOUT_SPACES) for letter in letters
    )


def _has_no_case(word: str) -> bool:
    return word.upper() == word.lower() and any(letter.isalpha() for letter in word)


def _names_written_together(word: str) -> int:
    letters = _UNSPACED_LETTERS_OF_A_NAME if _is_unspaced(word) else _LETTERS_OF_A_NAME
    return max(1, len(word) // letters)
