"""The docs name tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`", (ROOT / "docs/reference/asvs.md").read_text())))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_named_in_the_list_of_security_requirements_exists(path: str, name: str) -> None:
    text = (ROOT / path).read_text()
    for part in filter(None, name.split("::")):
        assert re.search(rf"^\s*(def|class) {part}\b", text, re.MULTILINE), f"{path} has no {part}"
