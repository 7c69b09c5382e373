"""RSS and Atom feeds, including common malformed variants."""

from __future__ import annotations

import calendar
import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from editorial.formats import links, plain_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem

ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
MAX_ITEMS = 200

_FIELDS = ("id", "title", "link", "published", "updated", "author", "summary")


def read(body: bytes, *, url: str, content_type: str = "") -> list[NewsItem]:
    """Parse the newest items of a feed, in its order. Raises ParseError if this is not a feed."""
    if b"<!ENTITY" in body.upper():
        raise ParseError(
            "ENTITIES",
            "This feed defines XML entities, which are not allowed. Ask its provider for a feed without them.",
        )
    # Pass a stream: feedparser would take a string for a URL and fetch it.
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    feed = feedparser.parse(BytesIO(body), response_headers=headers)
    if not feed.get("version") and not feed.entries:
        raise ParseError(
            "NO_FEED", "This is not an RSS or Atom feed. Give the address of the feed itself, not of the page about it."
        )
    outlet = plain_text.headline(feed.feed.get("title", "")) or links.host(url)
    return [_item(entry, outlet, url) for entry in feed.entries[:MAX_ITEMS]]


def _item(entry: Any, outlet: str, url: str) -> NewsItem:
    link = links.web_url(str(entry.get("link", "")))
    text = max((plain_text.from_markup(body) for body in _bodies(entry)), key=len, default="")
    headline = plain_text.headline(entry.get("title", "")) or plain_text.headline(text)
    published = _parse_time(entry, "published") or _parse_time(entry, "updated")
    return NewsItem(
        uri=_uri(entry, link, headline, url),
        headline=headline,
        text=text,
        raw=_raw(entry),
        link=link,
        outlet=outlet,
        published_at=published,
        revised_at=_parse_time(entry, "updated"),
        problem=None if headline else ("EMPTY", "This item has neither a title nor text."),
    )


def _uri(entry: Any, link: str, headline: str, url: str) -> str:
    """The item's id in the feed. An id that is not a URI may occur in other feeds, so the feed's URL is prefixed."""
    entry_id = plain_text.clean(str(entry.get("id", "")))[:1000]
    if links.is_uri(entry_id):
        return entry_id
    return f"{url}#{entry_id}" if entry_id else link or f"{url}#{headline}"


def _bodies(entry: Any) -> list[str]:
    return [*(str(content.get("value", "")) for content in entry.get("content", [])), str(entry.get("summary", ""))]


def _parse_time(entry: Any, name: str) -> datetime | None:
    parsed = dict.get(entry, f"{name}_parsed")  # not `entry.get`, which warns and falls back to another date
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _raw(entry: Any) -> str:
    """The feed's own fields of the item, for the archive."""
    fields = {name: entry[name] for name in _FIELDS if name in entry}
    bodies = [content.get("value", "") for content in entry.get("content", [])]
    return json.dumps(fields | ({"content": bodies} if bodies else {}), ensure_ascii=True, indent=1)
