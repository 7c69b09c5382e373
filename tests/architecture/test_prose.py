"""Prose uses the words of the field (docs/glossary.md), and none of the words listed here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = ("*.py", "*.md", "*.html", "*.txt", "*.toml", "*.yml", "*.yaml", "*.sh", "*.sql", "Makefile", "Dockerfile")
UNREAD = ("tests/", "editorial/migrations/", "editorial/management/demo/", "LICENSE", "docs/glossary.md")

BANNED = {
    "whoever": "name the subject: the caller, the editor, the token",
    "anew": "again",
    "none of ours": "unknown, not valid",
    "(is|are|was|were) told": "is notified",
    "of before": "existing, earlier",
    "takes? leave": "deregister",
    "put right": "repair, correct, edit",
    "go(es)? deaf": "lose the connection",
    "rung|rings? for": "published, dispatched",
    "sights?": "visibility",
    "presences?": "heartbeat",
    "paces?": "rate limit",
    "bearers": "authentication",
    "mirrors?": "sync, copy",
    "tethers?": "parent death signal",
    "the (whole )?house": "the newsroom, every desk",
    "at the door": "when signing in, in the API",
    "in vain": "without effect",
    "mends?|mended": "repair",
    "no (number|text|cursor)": "not a number",
    "by way of": "via, by",
}


def _files() -> list[Path]:
    command = ["git", "ls-files", *READ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return [ROOT / name for name in listed.stdout.splitlines() if not name.startswith(UNREAD)]


@pytest.mark.parametrize("word", BANNED)
def test_prose_uses_the_words_of_the_field(word: str) -> None:
    pattern = re.compile(rf"\b({word})\b", re.IGNORECASE)
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in _files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not lines, f"Write “{BANNED[word]}” instead:\n" + "\n".join(lines)
