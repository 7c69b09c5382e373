"""Parses fetched feeds and pages in a separate process, with limits on time and memory, and without our secrets.

Some markup keeps a parser busy for minutes, and neither a thread nor a signal can interrupt it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from editorial.formats import plain_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem

_ROOT = Path(__file__).resolve().parents[2]
_MAX_MEMORY_BYTES = 1024**3


def read(reader: str, body: bytes, *, url: str, content_type: str, seconds: float) -> list[NewsItem]:
    """The items of a feed (`feeds`) or of a page (`web_page`). Raises ParseError, also on a timeout."""
    plain_text.check_complexity(body.decode("latin-1"))
    told = json.dumps({"reader": reader, "url": url, "content_type": content_type, "seconds": seconds})
    try:
        run = subprocess.run(  # noqa: S603
            [sys.executable, "-m", __name__],
            input=told.encode() + b"\n" + body,
            capture_output=True,
            timeout=seconds,
            cwd=_ROOT,
            env={"PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired:
        raise ParseError(
            "TOO_SLOW", f"This content could not be parsed within {seconds:.0f} s. Paste its text instead."
        ) from None
    if run.returncode:
        raise ParseError("UNREADABLE", "This content cannot be parsed. Paste its text instead.")
    answer = json.loads(run.stdout)
    if "code" in answer:
        raise ParseError(answer["code"], answer["text"])
    return [NewsItem.from_dict(item) for item in answer["items"]]


def main() -> None:
    """Parse standard input to standard output."""
    told = json.loads(sys.stdin.buffer.readline())
    _limit(resource.RLIMIT_CPU, int(told["seconds"]) + 1)
    _limit(resource.RLIMIT_DATA, _MAX_MEMORY_BYTES)
    body = sys.stdin.buffer.read()
    answer: dict[str, object]
    try:
        items = _readers()[told["reader"]](body, told["url"], told["content_type"])
        answer = {"items": [item.to_dict() for item in items]}
    except ParseError as problem:
        answer = {"code": problem.code, "text": problem.message}
    sys.stdout.write(json.dumps(answer))


def _readers() -> dict[str, Callable[[bytes, str, str], list[NewsItem]]]:
    from editorial.formats import feeds, web_page  # slow to import, and needed in this process only

    return {
        "feeds": lambda body, url, kind: feeds.read(body, url=url, content_type=kind),
        "web_page": lambda body, url, kind: [web_page.read(body, url=url, content_type=kind)],
    }


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (lowest, lowest))


if __name__ == "__main__":
    main()
