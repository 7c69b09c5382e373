"""The feeds that a web page names (https://html.spec.whatwg.org/multipage/links.html#rel-alternate)."""

from __future__ import annotations

from lxml import etree, html

from editorial.formats import json_feed, links

# Not application/json: blogs name the address of their API with it.
_TYPES = ("application/rss+xml", "application/atom+xml", json_feed.MEDIA_TYPE)


def find(body: bytes, base: str) -> list[str]:
    """The addresses of its feeds, in the order of the page."""
    try:
        page = html.fromstring(body, parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    base = next(filter(None, (links.absolute(str(each.get("href", "")), base) for each in page.iter("base"))), base)
    addresses = [
        links.absolute(str(link.get("href", "")), base)
        for link in page.iter("link")
        if "alternate" in str(link.get("rel", "")).lower().split()
        and str(link.get("type", "")).partition(";")[0].strip().lower() in _TYPES
    ]
    return list(dict.fromkeys(filter(None, addresses)))
