"""How two claims differ, by their words: a negation, a figure or a name makes similar claims different ones.

Rules of thumb, which point out and never decide: only the same words in the same order are called identical.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from editorial.policy import contrary_words
from editorial.policy.vocabulary import ChoiceEnum

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|\w+")


class ClaimDifference(ChoiceEnum):
    """What two similar claims differ in. The first four may make one of them false where the other is true."""

    NEGATION = "negation", "Only one has a negation"
    OPPOSITE = "opposite", "Opposite words"
    FIGURE = "figure", "Other figures"
    NAME = "name", "Other names"
    ORDER = "order", "The same words in another order"
    WORDING = "wording", "Other words"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts compare. Without differences they are identical but for case, accents and punctuation."""

    differences: tuple[ClaimDifference, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """The same words in the same order."""
        return not self.differences


def compare(first: str, second: str, *, language: str = "en") -> Comparison:
    """Compare two claims in this language (BCP 47)."""
    words = contrary_words.of_language(language)
    one, two = (_Text(text, words) for text in (first, second))
    if one.folded == two.folded:
        return Comparison((), (), ())
    found = tuple(_differences(one, two)) or (
        (ClaimDifference.ORDER,) if Counter(one.folded) == Counter(two.folded) else (ClaimDifference.WORDING,)
    )
    return Comparison(found, one.words_missing_in(two), two.words_missing_in(one))


class _Text:
    """The words of a text, as written and folded."""

    def __init__(self, text: str, words: contrary_words.ContraryWords) -> None:
        self.words = words
        self.written = _TOKEN.findall(unicodedata.normalize("NFC", text).replace("’", "'"))
        self.folded = [_folded(word, words.thousands) for word in self.written]
        self.figures = Counter(
            words.figures.get(word, word) for word in self.folded if word[0].isdigit() or word in words.figures
        )

    @property
    def negations(self) -> int:
        """How many words negate: two cancel each other."""
        return sum(self.words.is_negation(word) for word in self.folded)

    def words_missing_in(self, other: _Text) -> tuple[str, ...]:
        """The words that the other text does not have, as written."""
        known = set(other.folded)
        pairs = zip(self.written, self.folded, strict=True)
        return tuple(dict.fromkeys(written for written, folded in pairs if folded not in known))

    def names(self, other: _Text) -> set[str]:
        """Words with a capital that the other text lacks. The first word of a text has one in any case."""
        known = set(other.folded)
        missing = {word for word in self._capitalized() if word not in known}
        return missing if self.words.capitals_are_names else set()

    def _capitalized(self) -> Iterator[str]:
        capitals = [word[0].isupper() for word in self.written]
        for position, word in enumerate(self.folded):
            begins = position == 0 and not (len(capitals) > 1 and capitals[1])
            if capitals[position] and not begins and word not in self.words.figures:
                yield word


def _differences(one: _Text, two: _Text) -> Iterator[ClaimDifference]:
    if one.negations % 2 != two.negations % 2:
        yield ClaimDifference.NEGATION
    if any(_opposed(one.folded, two.folded, *pair) for pair in one.words.opposites):
        yield ClaimDifference.OPPOSITE
    if one.figures != two.figures:
        yield ClaimDifference.FIGURE
    if (one.names(two) and two.names(one)) or _only_subject_differs(one, two):
        yield ClaimDifference.NAME


def _opposed(one: Iterable[str], two: Iterable[str], this: re.Pattern[str], that: re.Pattern[str]) -> bool:
    """Whether one text has only this word and the other only that one."""
    sides = [(any(map(this.fullmatch, words)), any(map(that.fullmatch, words))) for words in (list(one), list(two))]
    return sides in ([(True, False), (False, True)], [(False, True), (True, False)])


def _only_subject_differs(one: _Text, two: _Text) -> bool:
    """Whether the texts are the same but for their first word: “Meyer resigned”, “Schulz resigned”."""
    return one.folded[1:] == two.folded[1:] != []


def _folded(word: str, thousands: str) -> str:
    """The word without case and accents; a number in one notation."""
    if word[0].isdigit():
        whole = re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+", word)
        return word.replace(thousands, "") if whole else word.replace(",", ".")
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
