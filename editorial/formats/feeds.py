"""Feeds: RSS and Atom, including common malformed variants, and JSON Feed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from editorial.formats import decompression, feed_items, feed_links, feed_xml, json_feed, links, plain_text, times
from editorial.formats.errors import FeedElsewhere, ParseError
from editorial.formats.feed_items import MAX_ITEMS as MAX_ITEMS
from editorial.formats.news_item import Items, NewsItem
from editorial.policy.publication.wire_items import PubStatus

_MAX_NAMED = 5  # feeds in a message
_FIELDS = ("id", "title", "link", "published", "updated", "author", "summary")
_TOMBSTONE = "deleted-entry"  # of at: http://purl.org/atompub/tombstones/1.0, RFC 6721

# An id is compared letter by letter (RFC 4287, 4.2.6.1); resolved against the feed's address, "17" of two feeds in one
# folder would be the same.
feedparser.mixin._FeedParserMixin.can_be_relative_uri = feedparser.mixin._FeedParserMixin.can_be_relative_uri - {"id"}


def read(body: bytes, *, url: str, base: str = "", content_type: str = "", max_bytes: int = 5_000_000) -> Items:
    """Parse the newest items of a feed, in its order, and its notices of deletion. Raises ParseError if it is none.

    `url`: the address by which the feed is known; `base`: where it was found in the end.
    """
    body = decompression.decompress(body, max_bytes)
    if json_feed.is_json(body):
        return json_feed.read(body, url=url, base=base)
    body, content_type = feed_xml.in_utf8(body, content_type)
    # Only before the first element; elsewhere the words are an article's.
    if b"<!ENTITY" in body[: first.start() if (first := re.search(rb"<\w", body)) else None].upper():
        raise ParseError(
            "ENTITIES",
            "This feed defines XML entities, which are not allowed. Ask its provider for a feed without them.",
        )
    body = feed_xml.without_bare_ampersands(body)
    # Pass a stream: feedparser would take a string for a URL and fetch it.
    headers = {"content-location": base or url} | ({"content-type": content_type} if content_type else {})
    feed = feedparser.parse(
        BytesIO(body),
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,  # it deletes words in angle brackets; we keep text only
    )
    if not feed.get("version") and not feed.entries:
        raise _no_feed(body, base or url)
    is_atom = str(feed.get("version", "")).startswith("atom")
    outlet = plain_text.headline(_text(feed.feed, "title", is_atom)) or links.host(url)
    items = [_item(entry, outlet, url, is_atom) for entry in feed.entries]
    tombstones = list(_tombstones(body, outlet, url)) if _TOMBSTONE.encode() in body else []
    newest = [*feed_items.newest(items), *feed_items.newest(tombstones)]
    return Items(newest, left_out=len(items) + len(tombstones) - len(newest))


def _no_feed(body: bytes, base: str) -> ParseError:
    """The error for other content, with the feeds that it names if it is a web page."""
    addresses = feed_links.find(body, base)
    if len(addresses) == 1:
        return FeedElsewhere(addresses[0])
    if not addresses:
        return ParseError(
            "NO_FEED", "This is not a feed. Give the address of an RSS feed, an Atom feed or a JSON Feed."
        )
    names = ", ".join(addresses[:_MAX_NAMED])
    return ParseError("SEVERAL_FEEDS", f"This is a web page that names several feeds. Choose one: {names}.")


def _item(entry: Any, outlet: str, url: str, is_atom: bool) -> NewsItem:
    return feed_items.item(
        entry_id=_string(entry, "id"),
        link=_link(entry),
        title=_text(entry, "title", is_atom),
        text=max(_bodies(entry, is_atom), key=len, default=""),
        published=_string(entry, "published"),
        updated=_string(entry, "updated"),
        url=url,
        outlet=outlet,
        raw=_raw(entry),
        states_status=is_atom,  # by its tombstones
    )


def _link(entry: Any) -> str:
    """The item's page. feedparser takes the id for it if there is no other, so that one must be an address."""
    return links.web_url(_string(entry, "link"))


def _bodies(entry: Any, is_atom: bool) -> Iterator[str]:
    for content in entry.get("content", []):
        yield _plain(str(content.get("value", "")), content, is_atom)
    yield _text(entry, "summary", is_atom)


def _text(element: Any, name: str, is_atom: bool) -> str:
    return _plain(_string(element, name), element.get(f"{name}_detail", {}), is_atom)


def _plain(value: str, detail: Any, is_atom: bool) -> str:
    """The text of an element: letter for letter if it says that it is plain text, which RSS cannot say."""
    is_plain = is_atom and detail.get("type") == "text/plain"
    return plain_text.clean(value) if is_plain else plain_text.from_markup(value)


def _string(entry: Any, name: str) -> str:
    return str(dict.get(entry, name) or "")  # not `entry.get`, which warns and falls back to another date


def _tombstones(body: bytes, outlet: str, url: str) -> Iterator[NewsItem]:
    """The entries that a feed says it has deleted. They may return, so they count as withheld."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, LookupError):
        return
    for tombstone in tree.iter(etree.Element) if tree is not None else ():
        name = str(tombstone.tag).rpartition("}")[2].rpartition(":")[2]  # even with a prefix that is not declared
        if name != _TOMBSTONE or not (uri := feed_items.identity(tombstone.get("ref", ""), url)):
            continue
        yield NewsItem(
            uri=uri,
            headline="",
            text="",
            raw=etree.tostring(tombstone, encoding="unicode"),
            outlet=outlet,
            revised_at=times.instant(tombstone.get("when", "")),
            pub_status=PubStatus.WITHHELD,
            states_status=True,
        )


def _raw(entry: Any) -> str:
    """The feed's own fields of the item, for the archive."""
    fields = {name: entry[name] for name in _FIELDS if name in entry}
    bodies = [content.get("value", "") for content in entry.get("content", [])]
    return json.dumps(fields | ({"content": bodies} if bodies else {}), ensure_ascii=True, indent=1)
