"""A web page in place of a feed names the feeds that it has."""

from __future__ import annotations

import pytest

from editorial.formats import feed_links, feeds
from editorial.formats.errors import FeedElsewhere, ParseError

BASE = "https://gazette.example/news/"


def page(*links: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}{''.join(links)}</head><body><p>News.</p></body></html>".encode()


def link(href: str, media_type: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{media_type}" href="{href}">'


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        (page(link("/rss?a=1&amp;b=2")), ["https://gazette.example/rss?a=1&b=2"]),
        (page(link("atom", "application/atom+xml; charset=utf-8", "Feed ALTERNATE")), [f"{BASE}atom"]),
        (
            page(link("f", "application/feed+json"), head='<base href="https://cdn.example/">'),
            ["https://cdn.example/f"],
        ),
        (page(link("/rss"), link("/rss")), ["https://gazette.example/rss"]),
        (page(link("/api", "application/json"), link("/x", rel="stylesheet"), link("javascript:x()"), link("")), []),
        (b"", []),
    ],
)
def test_links_to_feeds_are_found(markup: bytes, found: list[str]) -> None:
    assert feed_links.find(markup, BASE) == found


def test_a_page_with_one_feed_leads_to_it_and_one_with_several_names_them() -> None:
    with pytest.raises(FeedElsewhere) as elsewhere:
        feeds.read(page(link("/rss?a=1&b=2")), url=BASE)
    assert elsewhere.value.url == "https://gazette.example/rss?a=1&b=2"
    with pytest.raises(
        ParseError, match=r"Choose one: https://gazette.example/rss, https://gazette.example/comments\."
    ):
        feeds.read(page(link("/rss"), link("/comments")), url=BASE)
