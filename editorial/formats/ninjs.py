"""ninjs, the IPTC's news in JSON: version 3, and the fields of versions 2 and 1 that mean the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from editorial.formats import links, plain_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem, parse_iso_time

MAX_ITEMS = 200

_TEXT_TYPES = ("text", "composite", "")  # types with text to work on; an item without a type may have text


def read(document: Any) -> list[NewsItem]:
    """Parse a ninjs document or a list of them. Raises ParseError if it is neither."""
    documents = document if isinstance(document, list) else [document]
    if not documents or not all(isinstance(entry, dict) for entry in documents):
        raise ParseError("NO_NINJS", "Send a ninjs document (a JSON object) or a list of them.")
    if len(documents) > MAX_ITEMS:
        raise ParseError(
            "TOO_MANY", f"One request may hold at most {MAX_ITEMS} items. Send the rest in further requests."
        )
    return [_item({str(name).lower(): value for name, value in entry.items()}, entry) for entry in documents]


def _item(fields: dict[str, Any], document: Any) -> NewsItem:
    """Map one item. Names are compared in lower case: `versionCreated` of version 3 was `versioncreated` before."""
    text, brief = _first(_texts(fields, "bodies", "body")), _first(_texts(fields, "descriptions", "description"))
    headline = plain_text.headline(_first(_texts(fields, "headlines", "headline")) or _string(fields, "title"))
    headline = headline or plain_text.headline(text or brief)
    uri = plain_text.clean(_string(fields, "uri"))[:1000]
    return NewsItem(
        uri=uri,
        headline=headline,
        text=text or brief,
        raw=json.dumps(document, ensure_ascii=True, indent=1),
        link=_first(_links(fields)) or links.web_url(uri),
        outlet=plain_text.headline(_outlet(fields)),
        published_at=_parse_time(fields, "firstcreated") or _parse_time(fields, "versioncreated"),
        revised_at=_parse_time(fields, "versioncreated"),
        embargo_until=_parse_time(fields, "embargoeduntil") or _parse_time(fields, "embargoed"),  # 3.0, and earlier
        problem=_problem(fields, uri, headline),
    )


def _problem(fields: dict[str, Any], uri: str, headline: str) -> tuple[str, str] | None:
    if not uri:
        return "NO_URI", "This item has no `uri`, so later versions of it could not be recognised."
    if (status := _string(fields, "pubstatus")) and status not in ("usable", "stat:usable"):
        return "NOT_USABLE", f"Its provider has marked it “{plain_text.headline(status, 40)}”: do not use it."
    if _string(fields, "type") not in _TEXT_TYPES:
        return (
            "NO_TEXT",
            f"Its type is {plain_text.headline(_string(fields, 'type'), 40)}; only text items become stories.",
        )
    return None if headline else ("EMPTY", "This item has neither a headline nor text.")


def _texts(fields: dict[str, Any], plural: str, singular: str) -> Iterator[str]:
    """Candidate texts: from the lists of versions 2 and 3, main role first, then the fields of version 1."""
    entries = [entry for entry in _list(fields, plural) if isinstance(entry, dict)]
    for entry in sorted(entries, key=lambda entry: entry.get("role") not in ("main", "text", "html")):
        yield plain_text.from_markup(_string(entry, "value"))
    for name in (f"{singular}_text", singular, f"{singular}_xhtml", f"{singular}_html"):
        yield plain_text.from_markup(_string(fields, name))


def _outlet(fields: dict[str, Any]) -> str:
    """The publisher: the provider, or else the copyright holder."""
    sources = [source for source in _list(fields, "infosources") if isinstance(source, dict)]
    names = [_string(source, "name") or _string(source, "literal") for source in sources]
    return next(filter(None, [*names, _string(fields, "source"), _string(fields, "copyrightholder")]), "")


def _links(fields: dict[str, Any]) -> Iterator[str]:
    """The web pages of the item: its HTML renditions."""
    for entry in _list(fields, "renditions"):
        rendition = {str(name).lower(): value for name, value in entry.items()} if isinstance(entry, dict) else {}
        if _string(rendition, "contenttype") == "text/html":
            yield links.web_url(_string(rendition, "href"))


def _parse_time(fields: dict[str, Any], name: str) -> datetime | None:
    return parse_iso_time(_string(fields, name))


def _first(texts: Iterator[str]) -> str:
    return next(filter(None, texts), "")


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else []
