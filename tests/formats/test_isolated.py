"""Content that exceeds the limits on time or memory is refused with a reason, by a process without our secrets."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from editorial.formats import isolated, ninjs, pasted_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem

pytestmark = pytest.mark.exhaustive

_URL = "https://gazette.example/feed"
_FEED = b"<rss version='2.0'><channel><title>Gazette</title>%s</channel></rss>"


def read(reader: str, body: bytes, seconds: float = 120) -> list[NewsItem]:
    return isolated.read(reader, body, url=_URL, content_type="", seconds=seconds)


def test_a_feed_is_read_as_without_a_process_of_its_own() -> None:
    from editorial.formats import feeds

    body = _FEED % b"<item><title>Gate open</title><pubDate>Tue, 03 Mar 2026 12:00:00 GMT</pubDate></item>"
    assert read("feeds", body) == feeds.read(body, url=_URL)


@pytest.mark.parametrize("sent", [bytes, gzip.compress])
def test_a_page_is_read(sent: Callable[[bytes], bytes]) -> None:
    page = b"<html><title>Gate</title><article><p>The gate stood open all night long.</p></article>"
    (item,) = read("web_page", sent(page))
    assert "stood open" in item.text


def test_a_refusal_keeps_its_code_and_words() -> None:
    with pytest.raises(ParseError, match="not a feed") as refusal:
        read("feeds", b"<html></html>")
    assert refusal.value.code == "NO_FEED"


def test_too_many_tags_are_refused_without_parsing() -> None:
    began = time.monotonic()
    for tag in (b"<a>", b"&lt;a&gt;"):
        with pytest.raises(ParseError) as refusal:
            read("feeds", _FEED % (tag * 100_001))
        assert refusal.value.code == "TOO_COMPLEX"
    assert time.monotonic() - began < 5


def test_parsing_ends_after_its_time() -> None:
    began = time.monotonic()
    with pytest.raises(ParseError, match="within 1 s") as refusal:
        read("web_page", b"<html><body>" + b"<p>Some words in a sentence here.</p>" * 49_000, seconds=1)
    assert refusal.value.code == "TOO_SLOW"
    assert time.monotonic() - began < 5


def test_a_process_that_fails_is_a_refusal() -> None:
    with pytest.raises(ParseError) as refusal:
        read("nonsense", b"")
    assert refusal.value.code == "UNREADABLE"


def test_the_process_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    run = isolated.subprocess.run

    def spy(*arguments: Any, **options: Any) -> Any:
        seen.update(options["env"])
        return run(*arguments, **options)

    monkeypatch.setenv("VAULT_KEYS", "mole")
    monkeypatch.setattr(isolated.subprocess, "run", spy)
    read("feeds", _FEED % b"<item><title>x</title></item>")
    assert "mole" not in str(seen)
    assert "VAULT_KEYS" in os.environ


@pytest.mark.parametrize("run", [" ", " \n", "\t\x0b", "<", "&a", "< ", "<p ", "&lt;"])
def test_a_million_characters_are_text_soon_or_refused(run: str) -> None:
    began = time.thread_time()
    for number in (1_000_000 // len(run), 99_000):
        with suppress(ParseError):
            pasted_text.read("<p>x" + run * number, url=_URL)
    assert time.thread_time() - began < 4


def test_ninjs_with_too_many_tags_are_refused() -> None:
    document = {"uri": "urn:a", "headlines": [{"value": "x"}], "bodies": [{"value": "<p>" * 100_001}]}
    with pytest.raises(ParseError) as refusal:
        ninjs.read([document])
    assert refusal.value.code == "TOO_COMPLEX"
