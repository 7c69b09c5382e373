"""Articles from web pages, without navigation and other page furniture."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from editorial.formats import links, pasted_text, plain_text, times
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem

_READABLE = ("", "text/html", "application/xhtml+xml", "text/plain")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_MEANT_AS_CP1252 = ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii")  # as browsers read them
_PUBLISHED = ("article:published_time", "datePublished", "date", "dc.date")
_REVISED = ("article:modified_time", "dateModified")


def read(body: bytes, *, url: str, content_type: str = "") -> NewsItem:
    """Extract the article of a page. Raises ParseError if there is none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _READABLE:
        raise ParseError("NO_PAGE", f"This is not a web page but content of type {kind[:60]}. Archive a copy instead.")
    markup = _decoded(body, content_type)
    if kind == "text/plain":
        return pasted_text.read(markup, url=url, is_markup=False)
    import trafilatura  # large, and needed only in the process that parses

    article: Any = trafilatura.bare_extraction(
        markup,
        url=url,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params={"original_date": True, "extensive_search": False},  # else it guesses from any text
    )
    text = plain_text.clean(article.text or "") if article else ""
    if not text:
        raise ParseError(
            "NO_ARTICLE", "No article was found on this page. Copy its text and import that with the address."
        )
    tree = _tree(markup)
    published = [*_stated(tree, url, _PUBLISHED), article.date or ""]
    published_at = next(filter(None, map(times.instant, published)), None)
    return NewsItem(
        uri=url,
        headline=plain_text.headline(article.title or "") or plain_text.headline(text),
        text=text,
        raw=markup.replace("\x00", ""),
        link=url,
        outlet=plain_text.headline(article.sitename or "") or links.host(url),
        published_at=published_at,
        published_on=None if published_at else next(filter(None, map(times.day, published)), None),
        revised_at=next(filter(None, map(times.instant, _stated(tree, url, _REVISED))), None),
    )


def _decoded(body: bytes, content_type: str) -> str:
    """The page's characters: UTF-8, else as its header or itself says, and guessed only if neither holds."""
    labels = [_CHARSET.search(content_type), _CHARSET.search(body[:2048].decode("latin-1"))]
    marked = "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    for label in (marked, *(label[1].lower() for label in labels if label)):
        try:
            decoded = body.decode("cp1252" if label in _MEANT_AS_CP1252 else label).removeprefix("\ufeff")
            decoded.encode()  # some codecs yield halves of characters
            return decoded
        except (LookupError, UnicodeError):
            continue
    from trafilatura.utils import decode_file

    return str(decode_file(body)).encode("utf-8", "replace").decode("utf-8")


def _tree(markup: str) -> Any:
    """The page's elements; None if there are none."""
    try:
        return html.fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _stated(tree: Any, url: str, names: tuple[str, ...]) -> list[str]:
    """What the page says of itself under these names: in the head, and in JSON-LD."""
    if tree is None:
        return []
    tags = [(tag.get("property") or tag.get("name") or tag.get("itemprop"), tag) for tag in tree.iter("meta")]
    metadata = {str(name): str(tag.get("content", "")) for name, tag in tags if name}
    articles = list(_articles(tree, url))
    return [str(source[name]) for name in names for source in (metadata, *articles) if source.get(name)]


def _articles(tree: Any, url: str) -> Iterator[dict[str, Any]]:
    """The article that the page describes in JSON-LD. Of several it is the one that has the page's address, if any."""
    nodes = []
    for script in tree.iter("script"):
        if str(script.get("type", "")).partition(";")[0].strip().lower() == "application/ld+json":
            try:
                nodes += list(_nodes(json.loads(script.text or "", strict=False)))
            except (ValueError, RecursionError):
                continue
    articles = [node for node in nodes if any("Article" in kind or "Posting" in kind for kind in _types(node))]
    if len(articles) > 1:
        addresses = {_address(url), *(_address(link.get("href")) for link in tree.xpath("//link[@rel='canonical']"))}
        articles = [node for node in articles if addresses & _addresses(node)]
    return iter(articles if len(articles) == 1 else [])


def _addresses(node: dict[str, Any]) -> set[str]:
    """The addresses that an article of JSON-LD gives as its own."""
    page = node.get("mainEntityOfPage")
    values = [node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page]
    return {_address(value) for value in values} - {""}


def _address(value: Any) -> str:
    """A web address, without what does not change the page that it names."""
    return links.web_url(value.partition("#")[0].rstrip("/")) if isinstance(value, str) else ""


def _nodes(document: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD document that are about the page. Others may be about other articles."""
    for node in document if isinstance(document, list) else [document]:
        if isinstance(node, dict):
            yield node
            yield from _nodes(node.get("@graph", []))
            yield from _nodes(node.get("mainEntity", []))


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type", [])
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
