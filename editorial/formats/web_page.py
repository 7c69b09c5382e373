"""Articles from web pages and pasted text, without navigation and other page furniture."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import trafilatura
from lxml import etree, html

from editorial.formats import links, plain_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem, parse_iso_time

ACCEPT = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5"
_READABLE = ("", "text/html", "application/xhtml+xml", "text/plain")
_PUBLISHED = ("article:published_time", "datePublished", "date", "dc.date")
_REVISED = ("article:modified_time", "dateModified")


def read(body: bytes, *, url: str, content_type: str = "") -> NewsItem:
    """Extract the article of a page. Raises ParseError if there is none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _READABLE:
        raise ParseError("NO_PAGE", f"This is not a web page but content of type {kind[:60]}. Archive a copy instead.")
    markup = _decoded(body)
    if kind == "text/plain":
        return from_pasted_text(markup, url=url)
    article: Any = trafilatura.bare_extraction(
        markup, url=url, with_metadata=True, include_comments=False, include_tables=True
    )
    text = plain_text.clean(article.text or "") if article else ""
    if not text:
        raise ParseError(
            "NO_ARTICLE", "No article was found on this page. Copy its text and import that with the address."
        )
    metadata = _metadata(markup)
    return NewsItem(
        uri=url,
        headline=plain_text.headline(article.title or "") or plain_text.headline(text),
        text=text,
        raw=markup.replace("\x00", ""),
        link=url,
        outlet=plain_text.headline(article.sitename or "") or links.host(url),
        published_at=_parse_time(metadata, _PUBLISHED) or parse_iso_time(article.date or ""),
        revised_at=_parse_time(metadata, _REVISED),
    )


def from_pasted_text(text: str, *, url: str, headline: str = "") -> NewsItem:
    """An article from pasted text. Its first line is the headline unless one is given."""
    body_text = plain_text.from_markup(text)
    if not body_text:
        raise ParseError("EMPTY", "The text contains only blanks or markup. Paste the article's text.")
    first, _, rest = body_text.partition("\n")
    if not headline and rest.strip() and len(first) <= 200:
        headline, body_text = first, rest.strip()
    return NewsItem(
        uri=url,
        headline=plain_text.headline(headline) or plain_text.headline(body_text),
        text=body_text,
        raw=plain_text.clean(text),
        link=url,
        outlet=links.host(url),
    )


def _decoded(body: bytes) -> str:
    decoded = trafilatura.utils.decode_file(body)
    return str(decoded).encode("utf-8", "replace").decode("utf-8")


def _metadata(markup: str) -> dict[str, str]:
    """The metadata in the page's head."""
    try:
        tree = html.fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return {}
    tags = [(tag.get("property") or tag.get("name") or tag.get("itemprop"), tag) for tag in tree.iter("meta")]
    return {str(name): str(tag.get("content", "")) for name, tag in tags if name}


def _parse_time(metadata: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    times = (parse_iso_time(metadata.get(name, "")) for name in names)
    return next(filter(None, times), None)
