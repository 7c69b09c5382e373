"""RSS and Atom feeds, including common malformed variants."""

from __future__ import annotations

import codecs
import html.entities
import json
import re
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from editorial.formats import links, plain_text, times
from editorial.formats.errors import ParseError
from editorial.formats.news_item import Items, NewsItem
from editorial.policy.publication.originals import PubStatus

ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
MAX_ITEMS = 200

_FIELDS = ("id", "title", "link", "published", "updated", "author", "summary")
_TOMBSTONE = "deleted-entry"  # of at: http://purl.org/atompub/tombstones/1.0, RFC 6721
_BARE_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|&(?:#(\d{1,7});|#x([0-9a-f]{1,6});|([a-z]\w*);)?", re.DOTALL | re.IGNORECASE
)
# How UTF-32 and UTF-16 begin, with and without a byte order mark.
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16", b"<\x00\x00\x00": "utf-32-le", b"\x00\x00\x00<": "utf-32-be",
    b"<\x00": "utf-16-le", b"\x00<": "utf-16-be",
}  # fmt: skip
_DECLARATION = re.compile(r"(<\?xml[^>]*?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_GZIP = b"\x1f\x8b"

# An id is compared letter by letter (RFC 4287, 4.2.6.1); resolved against the feed's address, "17" of two feeds in one
# folder would be the same.
feedparser.mixin._FeedParserMixin.can_be_relative_uri = feedparser.mixin._FeedParserMixin.can_be_relative_uri - {"id"}


def read(body: bytes, *, url: str, base: str = "", content_type: str = "", max_bytes: int = 5_000_000) -> Items:
    """Parse the newest items of a feed, in its order, and its notices of deletion. Raises ParseError if it is none.

    `url`: the address by which the feed is known; `base`: where it was found in the end.
    """
    body, content_type = _in_utf8(_unpacked(body, max_bytes), content_type)
    # Only before the first element; elsewhere the words are an article's.
    if b"<!ENTITY" in body[: first.start() if (first := re.search(rb"<\w", body)) else None].upper():
        raise ParseError(
            "ENTITIES",
            "This feed defines XML entities, which are not allowed. Ask its provider for a feed without them.",
        )
    body = _without_bare_ampersands(body)
    # Pass a stream: feedparser would take a string for a URL and fetch it.
    headers = {"content-location": base or url} | ({"content-type": content_type} if content_type else {})
    feed = feedparser.parse(
        BytesIO(body),
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,  # it deletes words in angle brackets; we keep text only
    )
    if not feed.get("version") and not feed.entries:
        raise ParseError(
            "NO_FEED", "This is not an RSS or Atom feed. Give the address of the feed itself, not of the page about it."
        )
    is_atom = str(feed.get("version", "")).startswith("atom")
    outlet = plain_text.headline(_text(feed.feed, "title", is_atom)) or links.host(url)
    items = [_item(entry, outlet, url, is_atom) for entry in feed.entries]
    tombstones = list(_tombstones(body, outlet, url)) if _TOMBSTONE.encode() in body else []
    newest = [*_newest(items), *_newest(tombstones)]
    return Items(newest, left_out=len(items) + len(tombstones) - len(newest))


def _newest(items: list[NewsItem]) -> list[NewsItem]:
    """The newest items by date, in the order of the feed."""
    newest = sorted(range(len(items)), key=lambda number: _recency(items[number]), reverse=True)[:MAX_ITEMS]
    return [items[number] for number in sorted(newest)]


def _unpacked(body: bytes, max_bytes: int) -> bytes:
    """The content of a feed that is published as a compressed file."""
    if not body.startswith(_GZIP):
        return body
    inflater = zlib.decompressobj(wbits=31)
    try:
        content = inflater.decompress(body, max_bytes)
    except zlib.error:
        raise ParseError("UNREADABLE", "This compressed file is damaged.") from None
    if inflater.unconsumed_tail:
        raise ParseError("TOO_LARGE", f"This feed is larger than {max_bytes // 1024:,} KiB, which is the limit.")
    plain_text.check_complexity(content.decode("latin-1"))
    return content


def _in_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The feed in UTF-8 if it is in UTF-16 or UTF-32, which the parser does not always recognise, and its type."""
    encoding = next((name for start, name in _WIDE.items() if body.startswith(start)), "")
    if not encoding:
        return body, content_type
    text = _DECLARATION.sub(r"\1", body.decode(encoding, "replace"), count=1)
    return text.encode("utf-8", "replace"), "application/xml; charset=utf-8"


def _without_bare_ampersands(body: bytes) -> bytes:
    """The feed with ampersands escaped that begin no entity, for which the parser would invent semicolons or fail."""

    def escaped(match: re.Match[bytes]) -> bytes:
        decimal, hexadecimal, name = match.groups()
        if name:
            is_entity = f"{name.decode('ascii', 'replace')};" in html.entities.html5
        elif decimal or hexadecimal:
            is_entity = _is_character(int(decimal) if decimal else int(hexadecimal, 16))
        else:
            is_entity = match[0] != b"&"
        return match[0] if is_entity else b"&amp;" + match[0][1:]

    return _BARE_AMPERSAND.sub(escaped, body)


def _is_character(number: int) -> bool:
    return number <= sys.maxunicode and not 0xD800 <= number <= 0xDFFF  # those are halves of characters


def _item(entry: Any, outlet: str, url: str, is_atom: bool) -> NewsItem:
    link = _link(entry)
    text = max(_bodies(entry, is_atom), key=len, default="")
    headline = plain_text.headline(_text(entry, "title", is_atom)) or plain_text.headline(text)
    uri = _uri(_string(entry, "id"), url) or link or f"{url}#{headline}"
    published, updated = (_string(entry, name) for name in ("published", "updated"))
    published_at = times.instant(published) or times.instant(updated)
    return NewsItem(
        uri=uri,
        headline=headline,
        text=text,
        raw=_raw(entry),
        link=link,
        outlet=outlet,
        published_at=published_at,
        published_on=None if published_at else times.day(published) or times.day(updated),
        revised_at=times.instant(updated),
        states_status=is_atom,  # by its tombstones
        problem=None if headline else ("EMPTY", "This item has neither a title nor text."),
    )


def _uri(entry_id: str, url: str) -> str:
    """The id of an item in the feed; prefixed by the feed's URL unless it is global, as it may occur in other feeds."""
    entry_id = links.identifier(entry_id)
    return entry_id if links.is_global(entry_id) or not entry_id else f"{url}#{entry_id}"


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


def _recency(item: NewsItem) -> tuple[bool, datetime]:
    """Sorts items by date. Those without a date come last, in the order of the feed."""
    day = item.published_on or date.min
    stated = item.stated_at or datetime(day.year, day.month, day.day, tzinfo=UTC)
    return day != date.min or item.stated_at is not None, stated


def _tombstones(body: bytes, outlet: str, url: str) -> Iterator[NewsItem]:
    """The entries that a feed says it has deleted. They may return, so they count as withheld."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, LookupError):
        return
    for tombstone in tree.iter(etree.Element) if tree is not None else ():
        name = str(tombstone.tag).rpartition("}")[2].rpartition(":")[2]  # also with a prefix that is not declared
        if name != _TOMBSTONE or not (uri := _uri(tombstone.get("ref", ""), url)):
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
