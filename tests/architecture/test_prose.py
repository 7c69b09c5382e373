"""Prose uses the words of the field (docs/glossary.md), and none of the words listed here."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = ("*.py", "*.md", "*.html", "*.txt", "*.toml", "*.yml", "*.yaml", "*.sh", "*.sql", "Makefile", "Dockerfile")
UNREAD = (
    *("editorial/migrations/", "LICENSE", "docs/glossary.md", "tests/architecture/test_prose.py"),
    *("tests/scenarios/", "tests/proofs/reference/", "editorial/management/demo/journal.yaml"),  # invented stories
)

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
    "for good": "permanently",
    "for ever": "forever, permanently",
    "at once": "immediately, together",
    "(is|are) there no more": "no longer exists",
    "log(ged|ging)? (in|out)|log-(in|out)s?|logged-in": "sign in, sign out",
    "user names?": "username",
    "fact checkers?": "fact-checker",
    "(?<!false )alarm(s|ed|ing)?": "alert",
    "br(eak(s|ing)?|oke) the glass|glass (is |was )?broken": "break glass, without approval",
    "e-mails?": "email",
    "side bar": "sidebar",
    "enrolments?": "setting up",
    "reevaluat(es|ed|ing|ion)": "re-evaluated, re-evaluation",
    "(what|which|that) (is|are) no (id|key|list|number|error|url)": "is not a",
    "(?<!so )be it": "even, whether or not",
    "the newsroom goes by": "acts on",
    "hears? of": "is notified of",
    "without custody": "who is not a custodian",
    "slips? of the pen": "spelling mistake",
    "noted as": "stored as",
    "can(not)? be told": "can be distinguished, is not shown",
    "(first|second) hand": "first-hand, second-hand",
}


@cache
def _texts() -> dict[str, str]:
    """Each file that is read, in lower case, by its name."""
    command = ["git", "ls-files", *READ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    names = [name for name in listed.stdout.splitlines() if not name.startswith(UNREAD)]
    return {name: (ROOT / name).read_text("utf-8").lower() for name in names}


@pytest.mark.parametrize("word", BANNED)
def test_prose_uses_the_words_of_the_field(word: str) -> None:
    pattern = re.compile(rf"(?:{word})\b")  # without a leading \b, which takes ten times as long; checked below
    lines = [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {text[found.start() - 50 : found.end() + 50]}"
        for name, text in _texts().items()
        for found in pattern.finditer(text)
        if not re.match(r"\w", text[found.start() - 1])
    ]
    assert not lines, f"Write “{BANNED[word]}” instead:\n" + "\n".join(lines)
