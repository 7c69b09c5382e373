"""Items with one id in one document: versions of one item, or in a feed several items."""

from __future__ import annotations

from typing import Any

from editorial.formats import feeds, ninjs
from editorial.formats.news_item import NewsItem
from editorial.workflow.imports import versions


def rows(items: list[NewsItem], **options: bool) -> list[tuple[str, list[str]]]:
    """State and codes of each row."""
    found = versions.rows_of(items, **options)
    return [(row.state.value, [problem.code for problem in row.problems]) for row in found]


def notice(hour: int, **changed: Any) -> dict[str, Any]:
    """A version of one item of ninjs, with a page of its own."""
    page = {"contentType": "text/html", "href": f"https://wire.example/{hour}"}
    made = {"versionCreated": f"2026-03-03T{hour}:00:00Z", "renditions": [page]}
    return {"uri": "urn:newsml:wire.example:sluice", "headline": f"Gate open at {hour}", **made, **changed}


def test_items_of_a_feed_with_one_id_and_several_links_are_known_by_their_links() -> None:
    entries = "".join(
        f"<item><guid>0</guid><title>Entry {n}</title><link>https://x.example/{n}</link></item>" for n in "12"
    )
    items = feeds.read(f'<rss version="2.0"><channel>{entries}</channel></rss>'.encode(), url="https://x.example/feed")
    found = versions.rows_of(items, ids_may_repeat=True)
    assert [row.fields["uri"] for row in found] == ["https://x.example/1", "https://x.example/2"]


def test_items_of_ninjs_with_one_uri_are_versions_whatever_their_links() -> None:
    assert rows(ninjs.read([notice(10), notice(11)])) == [("known", ["OLDER_VERSION"]), ("waiting", [])]


def test_a_final_withdrawal_counts_before_every_version_of_the_document() -> None:
    killed = notice(11, pubstatus="canceled")
    assert rows(ninjs.read([notice(10), killed, notice(12)])) == [
        ("known", ["OLDER_VERSION"]),
        ("waiting", []),
        ("known", ["OLDER_VERSION"]),
    ]
    assert rows(ninjs.read([notice(10), notice(11, pubstatus="withheld"), notice(12)]))[2] == ("waiting", [])
