"""Parsers: arbitrary input is read or refused with a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from editorial.formats import csv_sheet, feeds, ninjs, web_page
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem

pytestmark = pytest.mark.exhaustive

PIECES = (
    *("text", "risk", "kind", "adverse_to", ",", ";", "\t", "\n", "\r\n", '"', '""', "=1+1", "#REF!", "ä", "\x00", " "),
    *("sep=;\n", "\ufeff", "x" * 300, "\r", "’"),
)
MARKUP = (
    *(b"<rss>", b"<channel>", b"<item>", b"</item>", b"<title>a</title>", b"<guid>1</guid>", b"<link>http://[</link>"),
    *(b"<feed>", b"<entry>", b"<pubDate>x</pubDate>", b"<updated>9999-99-99</updated>", b"\xff", b"\x00", b"<![CDATA["),
    *(b"&x;", b"<p>text</p>", b"<article>", b"<meta name=date content=x>", b"<!DOCTYPE html>"),
    *(
        b"&#0;",
        b"&#xD800;",
        b"&#x110000;",
        b"<at:deleted-entry ref='1' when='9999-12-31'/>",
        b"{",
        b"\x1f\x8b",
        b"<\x00",
    ),
    b"<link rel=alternate type=application/rss+xml href='http://[/'>",
)
NAMES = (
    *("uri", "headlines", "bodies", "value", "infosources", "versionCreated", "embargoed", "renditions", "href"),
    *("contentType", "type", "role", "headline", "pubStatus", "embargoedReason", "version", "id", "title", "url"),
    *("content_html", "content_text", "date_published"),
)
TEXTS = (
    "2026-99-99",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "http://[",
    "http://a/\x00",
    "a:b",
    "\ud800",
    "24:00 EST+5",
)
JSON = st.recursive(
    st.none() | st.floats(allow_nan=False) | st.text(max_size=20) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=20,
)


def parse_or_reject(read: Callable[[], Any]) -> Any:
    """The result of the parser; None if it refused the input with a sentence."""
    try:
        return read()
    except ParseError as problem:
        sentence = problem.message.endswith(".") and problem.code.isupper()
    assert sentence
    return None


def is_storable(item: NewsItem) -> bool:
    """Whether the database takes it: it holds neither NUL nor halves of characters."""
    texts = [value for value in item.to_dict().values() if isinstance(value, str)]
    return not re.search("[\x00\ud800-\udfff]", "".join(texts))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@examples(max_examples=200, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_sheet_is_read_or_raises_a_parse_error(encoding: str, text: str) -> None:
    sheet = parse_or_reject(lambda: csv_sheet.read(text.encode(encoding, "replace"), max_lines=50))
    if sheet is not None:
        assert sheet.lines
        assert len({line.number for line in sheet.lines}) == len(sheet.lines)


@examples(max_examples=300, deadline=None)
@given(JSON)
def test_any_ninjs_is_read_or_raises_a_parse_error(document: Any) -> None:
    for item in parse_or_reject(lambda: ninjs.read(document)) or []:
        assert item.problem or (item.uri and item.headline)
        assert ninjs.NewsItem.from_dict(item.to_dict()) == item
        assert is_storable(item)


@examples(max_examples=300, deadline=None)
@given(st.lists(JSON, max_size=5))
def test_any_json_feed_is_read_or_raises_a_parse_error(entries: list[Any]) -> None:
    document = {"version": "https://jsonfeed.org/version/1.1", "items": entries}
    body = json.dumps(document).encode()
    for item in parse_or_reject(lambda: feeds.read(body, url="https://gazette.example/feed")) or []:
        assert item.problem or (item.uri and item.headline)
        assert is_storable(item)


@examples(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(MARKUP), max_size=25).map(b"".join))
def test_any_feed_or_page_is_read_or_raises_a_parse_error(content: bytes) -> None:
    address = "https://gazette.example/feed"
    for item in parse_or_reject(lambda: feeds.read(content, url=address)) or []:
        assert item.uri
        assert is_storable(item)
    page = parse_or_reject(lambda: web_page.read(content, url=address))
    assert page is None or (page.uri == address and page.headline)
