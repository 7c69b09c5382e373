"""The copy with the passages of its claims marked: where a claim's words, or a quotation it relies on, occur."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from editorial.admin.stories.story_page import ClaimUseView
from editorial.policy.vocabulary import Gate

_LEAST_SHARE = 0.6  # of a claim's words that a sentence holds to be its passage
_LEAST_WORDS = 3
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*[”’\"')]*\s*")
_MAX_LENGTH = 60_000  # characters of copy to search


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a paragraph. `number`: of the use whose passage it is; 0 if of none."""

    text: str
    number: int = 0
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class _Passage:
    start: int
    end: int
    number: int
    gate: Gate


def marked_paragraphs(body: str, uses: Sequence[ClaimUseView]) -> list[list[Part]]:
    """The paragraphs of the copy, as pieces. Of two passages that overlap, that of the more severe use is marked."""
    blocks = [" ".join(block.split()) for block in body.replace("\r\n", "\n").split("\n\n")]
    searched = len(body) <= _MAX_LENGTH
    return [list(_parts(block, list(_passages(block, uses)) if searched else [])) for block in blocks if block]


def _passages(block: str, uses: Iterable[ClaimUseView]) -> Iterator[_Passage]:
    sentences = [(match.start(), match.end(), _words(match.group())) for match in _SENTENCE.finditer(block)]
    for use in uses:
        quotes = [statement.quote for statement in use.relies_on if statement.quote]
        spans = [span for text in (use.claim.text, *quotes) for span in _occurrences(text, block)]
        for start, end in spans or _likely(use.claim.text, sentences):
            yield _Passage(start, end, use.number, use.gate)


def _occurrences(text: str, block: str) -> Iterator[tuple[int, int]]:
    """Where these words stand one after the other, whatever their case and what is between them."""
    words = _WORD.findall(text)
    if len(words) >= _LEAST_WORDS:
        pattern = r"\W{1,3}".join(map(re.escape, words))
        yield from (match.span() for match in re.finditer(rf"\b{pattern}\b", block, re.IGNORECASE))


def _likely(text: str, sentences: Iterable[tuple[int, int, frozenset[str]]]) -> Iterator[tuple[int, int]]:
    """The sentence that holds most of these words, if it holds enough."""
    words = _words(text)
    if len(words) < _LEAST_WORDS:
        return
    share, start, end = max(
        ((len(words & held) / len(words), start, end) for start, end, held in sentences), default=(0.0, 0, 0)
    )
    if share >= _LEAST_SHARE:
        yield start, end


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text) if len(word) > 2)


def _parts(block: str, passages: Sequence[_Passage]) -> Iterator[Part]:
    position = 0
    for passage in sorted(_apart(passages), key=lambda each: each.start):
        if passage.start > position:
            yield Part(block[position : passage.start])
        yield Part(block[passage.start : passage.end].rstrip(), passage.number, passage.gate)
        position = passage.start + len(block[passage.start : passage.end].rstrip())
    if position < len(block):
        yield Part(block[position:])


def _apart(passages: Iterable[_Passage]) -> list[_Passage]:
    """Passages that do not overlap, in order of the uses: the most severe first."""
    chosen: list[_Passage] = []
    for passage in passages:
        if all(passage.end <= other.start or other.end <= passage.start for other in chosen):
            chosen.append(passage)
    return chosen
