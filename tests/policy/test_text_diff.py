"""Differences of lists: right for any two, and quick for long ones."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from editorial.policy import text_diff

_LISTS = st.lists(st.sampled_from("abc"), max_size=12)


@given(_LISTS, _LISTS)
def test_the_operations_make_the_new_list_of_the_old_one(old: list[str], new: list[str]) -> None:
    made: list[str] = []
    position = 0
    for kind, start, end, new_start, new_end in text_diff.opcodes(old, new):
        assert (start, new_start) == (position, len(made))
        assert kind != "equal" or old[start:end] == new[new_start:new_end]
        made += new[new_start:new_end]
        position = end
    assert (made, position) == (new, len(old))


def test_many_equal_lines_are_compared_in_bounded_time() -> None:
    old = ["x"] * 20_000
    new = [line for pair in zip(old, ["y"] * 20_000, strict=True) for line in pair]
    started = time.process_time()
    assert [kind for kind, *_ in text_diff.opcodes(old, new)] == ["equal", "replace"]
    assert time.process_time() - started < 5
