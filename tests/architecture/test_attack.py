"""The attack includes the tests that it lists, and the quick run includes its quick tests."""

from __future__ import annotations

import re

import pytest

from tests.attack import ELSEWHERE
from tests.support.servers import ROOT


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_test_named_as_part_of_the_attack_exists(path: str) -> None:
    assert re.search(r"^\s*def test_", (ROOT / path).read_text(), re.MULTILINE)


def test_the_tests_of_the_attack_are_marked(collected: list[pytest.Item]) -> None:
    attack = {item.path.relative_to(ROOT).as_posix() for item in collected if item.get_closest_marker("attack")}
    others = {item.path.relative_to(ROOT).as_posix() for item in collected} - attack
    assert all(path in ELSEWHERE or path.startswith("tests/attack/") for path in attack)
    assert not others & set(ELSEWHERE)


@pytest.fixture
def collected(request: pytest.FixtureRequest) -> list[pytest.Item]:
    """The tests of this run."""
    return request.session.items
