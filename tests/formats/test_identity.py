"""What identifies an item: its own id, as it was written, and nothing that was made of it on the way."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from editorial.formats import feeds, links, ninjs
from editorial.formats.errors import ParseError

BASE = 'xml:base="https://wire.example/base/"'


def feed(*items: str, attributes: str = "") -> bytes:
    return f'<rss version="2.0" {attributes}><channel><title>Wire</title>{"".join(items)}</channel></rss>'.encode()


@pytest.mark.parametrize("guid", ["2001", "post:17", "item/7", "../x"])
@pytest.mark.parametrize("attributes", ["", BASE])
def test_a_short_id_is_never_that_of_another_feed(guid: str, attributes: str) -> None:
    body = feed(f"<item><guid>{guid}</guid><title>Gate</title></item>", attributes=attributes)
    uris = {feeds.read(body, url=f"https://wire.example/rss/{name}.xml")[0].uri for name in ("one", "two")}
    assert uris == {f"https://wire.example/rss/{name}.xml#{guid}" for name in ("one", "two")}


def test_an_id_does_not_depend_on_the_server_that_answered() -> None:
    body = feed("<item><guid>2001</guid><title>Gate</title><link>/gate</link></item>")
    items = [
        feeds.read(body, url="https://wire.example/rss", base=f"https://{host}.wire.example/rss?token={host}")[0]
        for host in ("a", "b")
    ]
    assert [item.uri for item in items] == ["https://wire.example/rss#2001"] * 2
    assert [item.link for item in items] == ["https://a.wire.example/gate", "https://b.wire.example/gate"]


def test_long_ids_that_differ_at_their_end_are_different() -> None:
    items = ninjs.read([{"uri": f"urn:x:{'a' * 1500}{end}", "headline": "Gate"} for end in "12"])
    assert items[0].uri != items[1].uri


def test_the_guid_of_ninjs_is_its_uri_if_it_has_no_other() -> None:
    items = ninjs.read(
        [
            {"guid": "urn:newsml:example.com:2026:gate", "headline": "Gate"},
            {"guid": "tag:example.com,2026:gate", "uri": "urn:other", "headline": "Gate"},
            {"guid": "17", "headline": "Gate"},
        ]
    )
    assert [item.uri for item in items] == ["urn:newsml:example.com:2026:gate", "urn:other", ""]


def test_the_newest_items_are_kept_by_date_and_the_others_counted() -> None:
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    dated = [
        f"<item><guid>{day}</guid><title>Notice {day}</title>"
        f"<pubDate>{format_datetime(start + timedelta(days=day))}</pubDate></item>"
        for day in range(feeds.MAX_ITEMS + 30)
    ]
    items = feeds.read(feed("<item><guid>x</guid><title>Undated</title></item>", *dated), url="https://wire.example/")
    assert (items[0].headline, items[-1].headline) == ("Notice 30", f"Notice {feeds.MAX_ITEMS + 29}")
    assert (len(items), items.left_out) == (feeds.MAX_ITEMS, 31)


def test_a_compressed_feed_is_unpacked_up_to_the_limit() -> None:
    body = gzip.compress(feed("<item><guid>1</guid><title>Gate</title></item>"))
    assert [item.headline for item in feeds.read(body, url="https://wire.example/rss.xml.gz")] == ["Gate"]
    with pytest.raises(ParseError, match="larger than"):
        feeds.read(gzip.compress(b" " * 3_000_000), url="https://wire.example/", max_bytes=1_000_000)
    half = gzip.compress(feed("<item><title>Gate</title></item>"))
    with pytest.raises(ParseError, match="its end is missing"):
        feeds.read(half[:-9], url="https://wire.example/")
    parts = feed("<item><title>Gate</title></item>").partition(b"<item>")
    assert feeds.read(b"".join(map(gzip.compress, parts)), url="https://wire.example/")[0].headline == "Gate"
    with pytest.raises(ParseError, match="damaged"):
        feeds.read(b"\x1f\x8bnothing", url="https://wire.example/")


def atom(*elements: str, declared: str = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"') -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {declared}><title>Wire</title>{"".join(elements)}</feed>'


def test_a_deleted_entry_of_a_feed_is_a_withdrawal() -> None:
    tombstone = '<at:deleted-entry ref="tag:wire.example,2026:gate" when="2026-03-02T10:00:00Z"/><at:deleted-entry/>'
    (item,) = feeds.read(atom(tombstone).encode(), url="https://wire.example/")
    assert (item.uri, item.pub_status) == ("tag:wire.example,2026:gate", "withheld")
    assert item.revised_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("name", ["post:17", "17", "tag:wire.example,2026:17", "https://wire.example/?a=1&amp;b=2"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_deleted_entry_has_the_id_that_the_entry_had(name: str, encoding: str) -> None:
    entry, tombstone = f"<entry><title>Gate</title><id>{name}</id></entry>", f'<at:deleted-entry ref="{name}"/>'
    uris = {
        feeds.read(body.encode(encoding), url="https://wire.example/", content_type=f"text/xml; charset={encoding}")[
            0
        ].uri
        for body in (atom(entry), atom(tombstone), f'<?xml version="1.0" encoding="{encoding}"?>{atom(entry)}')
    }
    assert len(uris) == 1


def test_a_deleted_entry_whose_prefix_is_not_declared_is_one() -> None:
    (item,) = feeds.read(atom('<at:deleted-entry ref="17"/>', declared="").encode(), url="https://wire.example/atom")
    assert (item.uri, item.pub_status) == ("https://wire.example/atom#17", "withheld")


def test_deleted_entries_take_no_place_of_items() -> None:
    entries = [f"<entry><title>Notice {number}</title><id>{number}</id></entry>" for number in range(feeds.MAX_ITEMS)]
    deleted = [f'<at:deleted-entry ref="x{number}"/>' for number in range(feeds.MAX_ITEMS + 1)]
    items = feeds.read(atom(*entries, *deleted).encode(), url="https://wire.example/")
    assert (sum(item.is_withdrawal for item in items), len(items)) == (feeds.MAX_ITEMS, 2 * feeds.MAX_ITEMS)
    assert items.left_out == 1


@pytest.mark.parametrize("reference", ["&#0;", "&#1;", "&#127;"])
def test_a_link_with_a_control_character_is_none(reference: str) -> None:
    (item,) = feeds.read(feed(f"<item><title>Gate</title><link>https://x.example/{reference}a</link></item>"), url="u")
    assert "\x00" not in item.raw
    assert item.link in ("", "https://x.example/a")
    assert {links.web_url(f"https://x.example/{sign}a") for sign in "\x00\x01\x7f\x85\u202e\ud800"} == {""}


@pytest.mark.parametrize("reference", ["&#xD800;", "&#55296;", "&#x110000;", "&#99999999;"])
def test_a_reference_to_no_character_makes_no_feed_unreadable(reference: str) -> None:
    items = feeds.read(feed(f"<item><title>Gate {reference} shut</title></item>"), url="https://wire.example/")
    assert [item.headline for item in items] == ["Gate \ufffd shut"]
