"""What feeds of all formats share: how items are identified, and which are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime

from editorial.formats import links, plain_text, times
from editorial.formats.news_item import NewsItem

MAX_ITEMS = 200


def identity(entry_id: str, url: str) -> str:
    """The id of an item in the feed; prefixed by the feed's URL unless it is global, as it may occur in other feeds."""
    entry_id = links.identifier(entry_id)
    return entry_id if links.is_global(entry_id) or not entry_id else f"{url}#{entry_id}"


def item(
    *,
    entry_id: str,
    link: str,
    title: str,
    text: str,
    published: str,
    updated: str,
    url: str,
    outlet: str,
    raw: str,
    states_status: bool = False,
) -> NewsItem:
    """An item of the feed at this URL, from its plain text and from its id and dates as stated."""
    headline = plain_text.headline(title) or plain_text.headline(text)
    published_at = times.instant(published) or times.instant(updated)
    return NewsItem(
        uri=identity(entry_id, url) or link or f"{url}#{headline}",
        headline=headline,
        text=text,
        raw=raw,
        link=link,
        outlet=outlet,
        published_at=published_at,
        published_on=None if published_at else times.day(published) or times.day(updated),
        revised_at=times.instant(updated),
        states_status=states_status,
        problem=None if headline else ("EMPTY", "This item has neither a title nor text."),
    )


def newest(items: list[NewsItem]) -> list[NewsItem]:
    """The newest items by date, in the order of the feed."""
    newest_numbers = sorted(range(len(items)), key=lambda number: _recency(items[number]), reverse=True)[:MAX_ITEMS]
    return [items[number] for number in sorted(newest_numbers)]


def _recency(item: NewsItem) -> tuple[bool, datetime]:
    """Sorts items by date. Those without a date come last, in the order of the feed."""
    day = item.published_on or date.min
    instant = item.stated_at or datetime(day.year, day.month, day.day, tzinfo=UTC)
    return day != date.min or item.stated_at is not None, instant
