"""Parses fetched feeds and pages, and email, in a process of its own, with limits on time and memory and no secrets.

Some markup keeps a parser busy for minutes, and neither a thread nor a signal can interrupt it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from editorial.formats import mail_body, plain_text
from editorial.formats.errors import FeedElsewhere, ParseError
from editorial.formats.mail_body import MailBody
from editorial.formats.news_item import Items, NewsItem

# Reader → media types to ask for. Here, because readers are slow to import.
ACCEPT = {
    "feeds": (
        "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
        "application/json;q=0.8, */*;q=0.1"
    ),
    "web_page": "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5",
}
_ROOT = Path(__file__).resolve().parents[2]
_MAX_MEMORY_BYTES = 1024**3


def read(
    reader: str, body: bytes, *, url: str, content_type: str, seconds: float, base: str = "", max_bytes: int = 5_000_000
) -> Items:
    """The items of a feed (`feeds`) or of a page (`web_page`).

    `url`: the address asked for; `base`: the one that answered. Raises ParseError, including on a timeout.
    """
    plain_text.check_complexity(body.decode("latin-1"))
    options = {"url": url, "base": base, "kind": content_type, "max_bytes": max_bytes}
    answer = _run(reader, body, seconds, **options)
    if "feed" in answer:
        raise FeedElsewhere(answer["feed"])
    return Items((NewsItem.from_dict(item) for item in answer["items"]), answer["left_out"])


def read_mail(message: bytes, *, seconds: float) -> MailBody:
    """The text and the attachments of an email. Raises ParseError, also on a timeout."""
    return MailBody.from_dict(_run("mail", message, seconds)["mail"])


def _run(reader: str, body: bytes, seconds: float, **options: object) -> dict[str, Any]:
    header = json.dumps({"reader": reader, "seconds": seconds, **options})
    try:
        run = subprocess.run(  # noqa: S603
            [sys.executable, "-m", __name__],
            input=header.encode() + b"\n" + body,
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
    answer: dict[str, Any] = json.loads(run.stdout)
    if "code" in answer:
        raise ParseError(answer["code"], answer["text"])
    return answer


def main() -> None:
    """Parse standard input to standard output."""
    header = json.loads(sys.stdin.buffer.readline())
    _limit(resource.RLIMIT_CPU, int(header["seconds"]) + 1)
    _limit(resource.RLIMIT_DATA, _MAX_MEMORY_BYTES)
    body = sys.stdin.buffer.read()
    answer: dict[str, object]
    try:
        if header["reader"] == "mail":
            answer = {"mail": mail_body.read(body).to_dict()}
        else:
            items = _readers()[header["reader"]](body, header)
            answer = {"items": [item.to_dict() for item in items], "left_out": items.left_out}
    except FeedElsewhere as page:
        answer = {"feed": page.url}
    except ParseError as problem:
        answer = {"code": problem.code, "text": problem.message}
    sys.stdout.write(json.dumps(answer))


def _readers() -> dict[str, Callable[[bytes, dict[str, Any]], Items]]:
    from editorial.formats import decompression, feeds, web_page  # slow to import, and needed in this process only

    def page(body: bytes, header: dict[str, Any]) -> NewsItem:
        body = decompression.decompress(body, header["max_bytes"])
        return web_page.read(body, url=header["base"] or header["url"], content_type=header["kind"])

    return {
        "feeds": lambda body, header: feeds.read(
            body, url=header["url"], base=header["base"], content_type=header["kind"], max_bytes=header["max_bytes"]
        ),
        "web_page": lambda body, header: Items([page(body, header)]),
    }


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (lowest, lowest))


if __name__ == "__main__":
    main()
