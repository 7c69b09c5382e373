"""Claims that differ by a negation, a figure or a name are never called identical: that is pointed out."""

from __future__ import annotations

import pytest

from editorial.policy.claim_differences import ClaimDifference, compare

NEGATION, OPPOSITE, FIGURE, NAME, ORDER, WORDING = ClaimDifference

PAIRS = [
    ("The minister took nine million crowns.", "the minister took nine million crowns", ()),
    ("The minister took 9 million crowns.", "The minister took nine million crowns.", (WORDING,)),
    ("The minister took nine million crowns.", "The minister took seven million crowns.", (FIGURE,)),
    ("The minister took nine million crowns.", "The minister took nine billion crowns.", (FIGURE,)),
    ("The fine was 1,000 crowns.", "The fine was 1000 crowns.", ()),
    ("The fine was 1,000 crowns.", "The fine was 1.5 crowns.", (FIGURE,)),
    ("The mayor met Abélard Njoku.", "The mayor met Abelard Njoku!", ()),
    ("The mayor met Abélard Njoku.", "The mayor met Margareta Lindqvist.", (NAME,)),
    ("Meyer resigned on Monday.", "Schulz resigned on Monday.", (NAME,)),
    ("Anna Meyer resigned.", "Karl Schulz has resigned.", (NAME,)),
    ("The minister took the money.", "The minister did not take the money.", (NEGATION,)),
    ("The minister took the money.", "The minister didn't take the money.", (NEGATION,)),
    ("The minister took the money.", "The minister never took the money.", (NEGATION,)),
    ("The minister didn’t take the money.", "The minister didn't take the money.", ()),
    ("The spokesman denied the meeting.", "The spokesman confirmed the meeting.", (OPPOSITE,)),
    ("Prices rose in March.", "Prices fell in March.", (OPPOSITE,)),
    ("The court acquitted the broker.", "The court convicted the broker.", (OPPOSITE,)),
    ("The editor attacked the mayor.", "The mayor attacked the editor.", (ORDER,)),
    ("The editor attacked the mayor.", "The editor criticised the mayor.", (WORDING,)),
    ("He left before the vote.", "He left after the vote.", (OPPOSITE,)),
]


@pytest.mark.parametrize(("first", "second", "expected"), PAIRS)
def test_the_difference_is_pointed_out_in_both_directions(first, second, expected):
    there, back = compare(first, second), compare(second, first)
    assert there.differences == back.differences == expected
    assert there.identical is (expected == ())
    assert (there.only_first, there.only_second) == (back.only_second, back.only_first)


def test_the_words_of_only_one_are_named_as_written():
    found = compare("The Spokesman denied it twice.", "The spokesman confirmed it.")
    assert (found.only_first, found.only_second) == (("denied", "twice"), ("confirmed",))


def test_each_language_has_its_own_words():
    assert compare("Er hat das Geld genommen.", "Er hat kein Geld genommen.", language="de-AT").differences == (
        NEGATION,
    )
    assert compare("Die Bank stürzte ein.", "Die Brücke stürzte ein.", language="de").differences == (WORDING,)
    assert compare("Il a pris l'argent.", "Il n'a pas pris l'argent.", language="fr").differences != ()
    assert compare("Words.", "Others.", language="xx").differences != ()


def test_no_text_is_an_error():
    for text in ("", " ", "…", "€", "日本", "1", "''", "n't"):
        for other in ("", "A claim.", text):
            assert compare(text, other).identical == (compare(other, text).identical)
