"""JSON Feed, versions 1 and 1.1 (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from editorial.formats import feed_items, links, plain_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import Items, NewsItem

MEDIA_TYPE = "application/feed+json"
_VERSIONS = "https://jsonfeed.org/version/1"


def is_json(body: bytes) -> bool:
    """Whether this is a JSON object, which is neither XML nor HTML, however it is labelled."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(body: bytes, *, url: str, base: str = "") -> Items:
    """Parse the newest items of a feed, in its order. Raises ParseError if it is none. See `feeds.read`."""
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ParseError("UNREADABLE", "This JSON cannot be parsed. Tell its provider.") from None
    is_feed = isinstance(document, dict) and _string(document, "version").startswith(_VERSIONS)
    entries = document.get("items") if is_feed else None
    if not isinstance(entries, list):
        raise ParseError("NO_FEED", "This is not a feed: it is JSON, but not a JSON Feed.")
    outlet = plain_text.headline(_string(document, "title")) or links.host(url)
    items = [_item(entry, outlet, url, base or url) for entry in entries if isinstance(entry, dict)]
    newest = feed_items.newest(items)
    return Items(newest, left_out=len(items) - len(newest))


def _item(entry: dict[str, Any], outlet: str, url: str, base: str) -> NewsItem:
    return feed_items.item(
        entry_id=_id(entry),
        link=_link(entry, base),
        title=_string(entry, "title"),
        text=_text(entry),
        published=_string(entry, "date_published"),
        updated=_string(entry, "date_modified"),
        url=url,
        outlet=outlet,
        raw=json.dumps(entry, ensure_ascii=True, indent=1),
    )


def _id(entry: dict[str, Any]) -> str:
    """The id. A number counts as its digits, as the standard says."""
    number = entry.get("id")
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else _string(entry, "id")


def _link(entry: dict[str, Any], base: str) -> str:
    """The item's page, else the one that it is about, else its id if that is an address."""
    addresses = [links.absolute(_string(entry, name), base) for name in ("url", "external_url") if entry.get(name)]
    return next(filter(None, [*addresses, links.web_url(_id(entry))]), "")


def _text(entry: dict[str, Any]) -> str:
    """The text, letter for letter if it is plain, else of its HTML; a summary, which is plain, if there is no other."""
    return (
        plain_text.clean(_string(entry, "content_text"))
        or plain_text.from_markup(_string(entry, "content_html"))
        or plain_text.clean(_string(entry, "summary"))
    )


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
