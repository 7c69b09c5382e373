"""Differences and merges of texts by words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.admin.framework.word_diff import difference, merge

TEXT = st.lists(st.sampled_from(["open", "shut", "the", "gate\n", "\n\n", "lock."]), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("theirs", "mine", "merged"),
    [
        ("x b c d", "a b c y", "x b c y"),
        ("a b c d e", "a b c", None),
        ("a x c d", "a y c d", None),
        ("a x c d", "a x c d", "a x c d"),
        ("a b n c d", "a b m c d", None),
        ("a b c d", "a b c", "a b c"),
    ],
)
def test_changes_are_merged_unless_they_touch_the_same_words(theirs, mine, merged):
    assert merge("a b c d", theirs, mine) == merged


@given(base=TEXT, change=TEXT)
def test_one_change_alone_is_the_merge(base, change):
    assert merge(base, change, base) == change
    assert merge(base, base, change) == change


def test_text_is_escaped_and_long_texts_are_compared_by_lines():
    assert difference("<b> one", "<b> two") == "&lt;b&gt;<del> one</del><ins> two</ins>"
    long = "\n".join(f"Line {number} of many." for number in range(3000))
    assert "<del>Line 5 of many.\n</del><ins>Line 5 of few.\n</ins>" in difference(
        long, long.replace("5 of many", "5 of few", 1)
    )
