"""A source's ties as a picture: whom it is tied to on the left, who is tied to it on the right."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from editorial.admin.framework import labels
from editorial.models import Source

_WIDTH, _HEIGHT, _STEP = 180, 42, 56
_LEFT, _MIDDLE, _RIGHT = 1, 231, 461
_CHARACTERS = 24

Tie = tuple[str, Source]


@dataclass(frozen=True, slots=True)
class TieNode:
    """A source in the picture, with the kind of its tie."""

    source: Source
    label: str
    x: int
    y: int
    line: str = ""

    @property
    def name(self) -> str:
        return textwrap.shorten(labels.source_label(self.source), _CHARACTERS, placeholder="…")


@dataclass(frozen=True, slots=True)
class TiesPicture:
    middle: TieNode
    nodes: list[TieNode]
    height: int
    width: int = _RIGHT + _WIDTH + 1


def picture_of(row: Source, ties: Sequence[Tie], tied: Sequence[Tie]) -> TiesPicture | None:
    """The picture of these ties; None if there are none."""
    if not ties and not tied:
        return None
    height = max(len(ties), len(tied)) * _STEP
    middle_y = (height - _HEIGHT) // 2 + 1
    left, right = (
        [
            (label, source, number * _STEP + (height - len(side) * _STEP) // 2 + 7)
            for number, (label, source) in enumerate(side)
        ]
        for side in (ties, tied)
    )
    center = middle_y + _HEIGHT // 2
    nodes = [
        TieNode(source, label, _LEFT, y, _curve(_LEFT + _WIDTH, y + _HEIGHT // 2, _MIDDLE, center))
        for label, source, y in left
    ]
    nodes += [
        TieNode(source, label, _RIGHT, y, _curve(_MIDDLE + _WIDTH, center, _RIGHT, y + _HEIGHT // 2))
        for label, source, y in right
    ]
    return TiesPicture(TieNode(row, "", _MIDDLE, middle_y), nodes, height + 2)


def _curve(start_x: int, start_y: int, end_x: int, end_y: int) -> str:
    middle = (start_x + end_x) // 2
    return f"M{start_x} {start_y}C{middle} {start_y} {middle} {end_y} {end_x} {end_y}"
