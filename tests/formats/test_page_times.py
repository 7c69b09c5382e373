"""When a page was published: what it states, as exactly as it states it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from editorial.formats import web_page
from editorial.formats.news_item import NewsItem

_PARAGRAPH = "<p>The sluice was shut at nine in the evening, said a keeper who had been there since noon.</p>"


def page(*documents: Any, head: str = "", body: str = "") -> NewsItem:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(document)}</script>' for document in documents)
    markup = f"<html><head><title>Sluice shut</title>{head}{scripts}</head><body><article><h1>Sluice shut</h1>"
    return web_page.read(
        f"{markup}{_PARAGRAPH * 3}{body}</article></body></html>".encode(), url="https://gazette.example/sluice"
    )


def article(**stated: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": "Sluice shut", **stated}


def test_a_time_in_json_ld_counts_before_a_day_in_the_head() -> None:
    day = '<meta name="date" content="2026-03-02">'
    for document in (
        article(datePublished="2026-03-01T21:30:00-05:00", dateModified="2026-03-02T10:00:00Z"),
        {"@graph": [{"@type": "WebSite"}, article(datePublished="2026-03-02T03:30:00+01:00")]},
    ):
        item = page(document, head=day)
        assert item.published_at is not None
        assert (item.published_at.hour, item.published_at.minute, item.published_on) == (2, 30, None)
    assert page(article(dateModified="2026-03-02T10:00:00Z")).revised_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_day_is_a_day_and_not_its_midnight() -> None:
    item = page(article(datePublished="2026-03-02"))
    assert (item.published_at, item.published_on) == (None, date(2026, 3, 2))


def test_a_page_that_lists_several_articles_does_not_tell_its_own_time() -> None:
    item = page([article(datePublished=f"2026-03-0{day}T10:00:00Z") for day in (1, 2)])
    assert item.published_at is None


def test_of_several_articles_the_one_with_the_address_of_the_page_counts() -> None:
    def listed(day: int, **named: Any) -> dict[str, Any]:
        return article(datePublished=f"2026-03-0{day}T10:00:00Z", **named)

    own = "https://gazette.example/sluice"
    for named in ({"url": f"{own}#top"}, {"@id": f"{own}/"}, {"mainEntityOfPage": {"@id": own}}):
        item = page([listed(1, url="https://gazette.example/other"), listed(2, **named)])
        assert item.published_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert page([listed(1, url=own), listed(2, url=own)]).published_at is None
    canonical = '<link rel="canonical" href="https://gazette.example/2026/sluice">'
    assert page([listed(1), listed(2, url="https://gazette.example/2026/sluice")], head=canonical).published_at


def test_the_main_entity_of_the_page_is_its_article() -> None:
    item = page({"@type": "WebPage", "mainEntity": article(datePublished="2026-03-02T10:00:00Z")})
    assert item.published_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_page_in_utf_16_is_read_as_its_mark_says() -> None:
    markup = f"<html><head><title>Schleuse zu</title></head><body><article>{_PARAGRAPH * 3}</article></body></html>"
    assert web_page.read(markup.encode("utf-16"), url="https://gazette.example/").headline == "Schleuse zu"


def test_broken_json_ld_is_passed_over() -> None:
    item = page(head='<script type="application/ld+json">{"@type": </script>')
    assert item.published_at is None
