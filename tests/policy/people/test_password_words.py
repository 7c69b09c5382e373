"""What is left of a password without the newsroom's own words."""

from __future__ import annotations

import pytest

from editorial.policy.people import password_words

WORDS = password_words.split("The Daily Gazette", "Politics", "fact-checker")


def test_short_words_are_left_out() -> None:
    assert password_words.split("The UK desk, Politics & Law") == {"desk", "politics"}


@pytest.mark.parametrize(
    "password",
    [
        "Gazette2026!!",
        "daily-gazette-1",
        "politicspolitics",
        "P0l1t1cs-2026",
        "GAZETTE12345678",
        "fact.checker.99",
        "G@zette-abcde",
    ],
)
def test_the_newsrooms_words_and_a_few_characters_are_guessable(password: str) -> None:
    assert password_words.is_guessable(password, WORDS)


@pytest.mark.parametrize(
    "password",
    ["proof before print", "the politics of green horses", "x7$Kq!9vW2#p", "gazette-8471-9921-0387", "12345678901234"],
)
def test_a_word_in_a_passphrase_and_a_password_without_one_are_not(password: str) -> None:
    assert not password_words.is_guessable(password, WORDS)


def test_without_words_nothing_is_guessable() -> None:
    assert not password_words.is_guessable("Gazette2026!!", set())
