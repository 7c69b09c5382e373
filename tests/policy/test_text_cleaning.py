"""Text has one form, whatever bytes it came in, and holds nothing that nobody sees."""

from __future__ import annotations

import pytest

from editorial.policy import text_cleaning


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "\u3000", "\t", " \u2009 "])
def test_one_line_has_blanks_of_one_kind(blank: str) -> None:
    assert text_cleaning.line(f" Rene\u0301e{blank}Ho\u0308lt\r\n") == "Ren\u00e9e H\u00f6lt"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\u2028", "\x85"])
def test_line_ends_are_of_one_kind(end: str) -> None:
    assert text_cleaning.block(f"One{end}two") == "One\ntwo"


@pytest.mark.parametrize("text", ["\u200b\u200b", "\u2060", "\u00ad", "\u2800", "\u3164 ", "\u202e", "\ufeff\x07"])
def test_a_text_that_shows_nothing_is_blank(text: str) -> None:
    assert (text_cleaning.line(text), text_cleaning.block(text).strip()) == ("", "")


def test_joiners_and_typography_stay() -> None:
    family = "\U0001f469\u200d\U0001f467"
    assert text_cleaning.block(f"{family} 10\u202f000\u00a0€\tnow") == f"{family} 10\u202f000\u00a0€\tnow"
