"""JSON Feed: its items, as the standard and real feeds have them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from editorial.formats import feeds
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem

URL = "https://wire.example/feed.json"


def read(*items: Any, **fields: Any) -> list[NewsItem]:
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour Wire", "items": list(items)} | fields
    return feeds.read(json.dumps(document).encode(), url=URL, content_type="application/feed+json")


def test_an_item_has_its_id_link_times_and_outlet() -> None:
    (item,) = read(
        {
            "id": "17", "url": "/gate", "title": "Gate <open>", "content_html": "<p>All night.</p><script>x()</script>",
            "date_published": "2026-03-02T10:00:00+01:00", "date_modified": "2026-03-02T12:00:00Z",
        }
    )  # fmt: skip
    assert (item.uri, item.link) == (f"{URL}#17", "https://wire.example/gate")
    assert (item.headline, item.text, item.outlet) == ("Gate <open>", "All night.", "Harbour Wire")
    assert (item.published_at, item.revised_at) == (
        datetime(2026, 3, 2, 9, tzinfo=UTC),
        datetime(2026, 3, 2, 12, tzinfo=UTC),
    )
    assert '"date_published"' in item.raw


@pytest.mark.parametrize(
    ("entry", "uri", "text"),
    [
        ({"id": 17, "content_text": "a<b and R&D;"}, f"{URL}#17", "a<b and R&D;"),
        ({"id": "https://wire.example/17", "summary": "Short."}, "https://wire.example/17", "Short."),
        ({"url": "https://wire.example/18", "content_html": "R&amp;D"}, "https://wire.example/18", "R&D"),
        ({"id": True, "content_text": "It rained."}, f"{URL}#It rained.", "It rained."),
    ],
)
def test_texts_are_read_as_labelled_and_ids_as_written(entry: dict[str, Any], uri: str, text: str) -> None:
    (item,) = read(entry)
    assert (item.uri, item.text) == (uri, text)


def test_what_is_missing_or_of_another_kind_is_passed_over() -> None:
    items = read({"id": "1"}, None, {"id": "2", "title": 5, "content_text": ["x"], "date_published": "2026-03-02"})
    assert [item.problem and item.problem[0] for item in items] == ["EMPTY", "EMPTY"]
    assert (items[1].published_at, items[1].published_on) == (None, date(2026, 3, 2))


def test_the_newest_items_are_kept_and_the_others_counted() -> None:
    dated = [{"id": str(n), "title": f"N{n}", "date_published": f"{1700 + n}-01-01T00:00:00Z"} for n in range(230)]
    items = feeds.read(
        gzip.compress(json.dumps({"version": "https://jsonfeed.org/version/1", "items": dated}).encode()), url=URL
    )
    assert (len(items), items.left_out, items[-1].headline) == (feeds.MAX_ITEMS, 30, "N229")


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"version": "1", "items": []}', b'{"version": "https://jsonfeed.org/version/1"}', b"{", b"{" * 9999],
)
def test_other_json_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        feeds.read(body, url=URL)
