"""The docs name tests that exist, and their links lead somewhere."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = (ROOT / "docs/reference/asvs.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`", LIST)))
# Requirements of levels 1 and 2 in each chapter of ASVS 5.0.0; a chapter that does not apply as a whole has no rows.
STARTS = ("Without a test:", "*Not applicable:*", "**Not met:**")
REQUIREMENTS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16,
}  # fmt: skip


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_named_in_the_list_of_security_requirements_exists(path: str, name: str) -> None:
    inside: ast.AST = ast.parse((ROOT / path).read_text())
    for part in filter(None, name.split("::")):
        named = [each for each in ast.iter_child_nodes(inside) if getattr(each, "name", "") == part]
        assert named, f"{path} has no {part} there"
        (inside,) = named


def test_the_list_of_security_requirements_is_complete_and_counts_right() -> None:
    rows = re.findall(r"^\| (V(\d+)\.[\d.]+) \| ([123]) \| (.*) \| (.*) \|$", LIST, re.MULTILINE)
    assert len({requirement for requirement, *_ in rows}) == len(rows)
    basic = [row for row in rows if row[2] in "12"]
    assert Counter(int(chapter) for _, chapter, *_ in basic) == REQUIREMENTS
    assert re.findall(r"^Does not apply: ", LIST, re.MULTILINE) == ["Does not apply: "]
    starts = Counter(next((start for start in STARTS if text.startswith(start)), "") for *_, text, _ in basic)
    numbers = [len(basic), starts[""], starts["Without a test:"], starts["*Not applicable:*"], starts["**Not met:**"]]
    words = r"Of the (\d+) of .*?, (\d+) are met with a test, (\d+) are met without one, (\d+) do not apply and (\d+)"
    stated = re.search(words, LIST, re.DOTALL)
    assert stated
    assert numbers == [int(number) for number in stated.groups()]
    assert all(tests == "–" or "`tests/" in tests for *_, tests in rows)
    assert all("`tests/" in tests for *_, text, tests in rows if not text.startswith(STARTS))


def _listed(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return [ROOT / name for name in names.splitlines()]


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and GitLab derive them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", _listed("*.md"), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or target.suffix != ".md" or anchor in _anchors(target), link
