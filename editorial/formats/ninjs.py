"""ninjs, the IPTC's news in JSON: version 3, and the fields of versions 2 and 1 that mean the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from editorial.formats import links, plain_text, times
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem
from editorial.policy.publication.wire_items import PubStatus

MAX_ITEMS = 200

_TEXT_TYPES = ("text", "composite", "")  # types with text to work on; an item without a type may have text

_CANCELED = ("canceled", "cancelled", "killed", "deleted")
_EMBARGOES = ("embargoeduntil", "embargoed")  # 3.0, and earlier
_EMBARGO_WORDS = ("embargoed_text", "embargoedreason")
_MAX_EDITION_LENGTH = 100  # characters


def read(document: Any) -> list[NewsItem]:
    """Parse a ninjs document or a list of them. Raises ParseError if it is neither."""
    documents = document if isinstance(document, list) else [document]
    if not documents or not all(isinstance(entry, dict) for entry in documents):
        raise ParseError("NO_NINJS", "Send a ninjs document (a JSON object) or a list of them.")
    if len(documents) > MAX_ITEMS:
        raise ParseError(
            "TOO_MANY", f"A request may contain at most {MAX_ITEMS} items. Send the rest in another request."
        )
    plain_text.check_complexity(json.dumps(documents))
    return [_item({str(name).lower(): value for name, value in entry.items()}, entry) for entry in documents]


def _item(fields: dict[str, Any], document: Any) -> NewsItem:
    """Map one item. Names are compared in lower case: `versionCreated` of version 3 was `versioncreated` before."""
    text, brief = _first(_texts(fields, "bodies", "body")), _first(_texts(fields, "descriptions", "description"))
    headline = plain_text.headline(_first(_headlines(fields))) or plain_text.headline(text or brief)
    uri = _uri(fields)
    published = [_string(fields, name) for name in ("firstcreated", "versioncreated")]
    published_at = next(filter(None, map(times.instant, published)), None)
    embargo_until, embargo_as_stated = _embargo(fields)
    return NewsItem(
        uri=uri,
        headline=headline,
        text=text or brief,
        raw=json.dumps(document, ensure_ascii=True, indent=1),
        link=_first(_links(fields)) or links.web_url(uri),
        outlet=plain_text.headline(_outlet(fields)),
        edition=_edition(fields),
        published_at=published_at,
        published_on=None if published_at else next(filter(None, map(times.day, published)), None),
        revised_at=times.instant(_string(fields, "versioncreated")),
        embargo_until=embargo_until,
        embargo_as_stated=embargo_as_stated,
        pub_status=_pub_status(fields),
        states_embargo=True,
        states_status=True,
        problem=_problem(fields, uri, headline),
    )


def _uri(fields: dict[str, Any]) -> str:
    """The item's `uri`. Superdesk sends it as `guid`."""
    if uri := links.identifier(_string(fields, "uri")):
        return uri
    guid = links.identifier(_string(fields, "guid"))
    return guid if links.is_global(guid) else ""


def _edition(fields: dict[str, Any]) -> str:
    version = str(fields.get("version", "")).strip()
    return version if len(version) <= _MAX_EDITION_LENGTH and version.isdecimal() else ""


def _pub_status(fields: dict[str, Any]) -> PubStatus:
    """Whether the item may be used. Its absence means that it may; a status that is not understood, that it may not."""
    stated = fields.get("pubstatus")
    if stated is None or stated == "":
        return PubStatus.USABLE
    status = str(stated).strip().lower().rpartition(":")[2].strip() if isinstance(stated, str) else ""
    if status in _CANCELED:
        return PubStatus.CANCELED
    return PubStatus.USABLE if status == PubStatus.USABLE else PubStatus.WITHHELD


def _embargo(fields: dict[str, Any]) -> tuple[datetime | None, str]:
    """The end of the embargo, and what cannot be read of it in the outlet's words."""
    stated = [value for name in _EMBARGOES if (value := fields.get(name)) not in (None, "", False)]
    ends = [times.latest(value) if isinstance(value, str) else None for value in stated]
    if not stated:  # what there is besides restricts as well
        stated = [words for name in _EMBARGO_WORDS if (words := fields.get(name))]
        ends = [None] * len(stated)
    unread = [plain_text.headline(str(value)) or "?" for value, end in zip(stated, ends, strict=True) if end is None]
    return max(filter(None, ends), default=None), plain_text.headline("; ".join(unread))


def _problem(fields: dict[str, Any], uri: str, headline: str) -> tuple[str, str] | None:
    if not uri:
        return (
            "NO_URI",
            "This item has no `uri`, so its later versions could not be matched. Ask the provider to add one.",
        )
    if _string(fields, "type") not in _TEXT_TYPES:
        return (
            "NO_TEXT",
            f"Its type is {plain_text.headline(_string(fields, 'type'), 40)}; only text items become stories.",
        )
    return None if headline else ("EMPTY", "This item has neither a headline nor text.")


def _headlines(fields: dict[str, Any]) -> Iterator[str]:
    """Candidate headlines, main role first. They are plain text unless they say that they are HTML."""
    for entry in _by_role(fields, "headlines"):
        value = _string(entry, "value")
        yield plain_text.from_markup(value) if "html" in _content_type(entry) else plain_text.clean(value)
    yield from (plain_text.clean(_string(fields, name)) for name in ("headline", "title"))


def _texts(fields: dict[str, Any], plural: str, singular: str) -> Iterator[str]:
    """Candidate texts: from the lists of versions 2 and 3, main role first, then the fields of version 1."""
    for entry in _by_role(fields, plural):
        value = _string(entry, "value")
        yield plain_text.clean(value) if _content_type(entry) == "text/plain" else plain_text.from_markup(value)
    yield plain_text.clean(_string(fields, f"{singular}_text"))
    for name in (singular, f"{singular}_xhtml", f"{singular}_html"):
        yield plain_text.from_markup(_string(fields, name))


def _by_role(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = [
        {str(key).lower(): value for key, value in entry.items()}
        for entry in _list(fields, name)
        if isinstance(entry, dict)
    ]
    return sorted(entries, key=lambda entry: entry.get("role") not in ("main", "text", "html"))


def _content_type(entry: dict[str, Any]) -> str:
    return _string(entry, "contenttype").partition(";")[0].strip().lower()


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


def _first(texts: Iterator[str]) -> str:
    return next(filter(None, texts), "")


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else []
