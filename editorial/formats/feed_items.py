"""What feeds of all formats share: how items are identified, and which are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime

from editorial.formats import links
from editorial.formats.news_item import NewsItem

MAX_ITEMS = 200


def identity(entry_id: str, url: str) -> str:
    """The id of an item in the feed; prefixed by the feed's URL unless it is global, as it may occur in other feeds."""
    entry_id = links.identifier(entry_id)
    return entry_id if links.is_global(entry_id) or not entry_id else f"{url}#{entry_id}"


def newest(items: list[NewsItem]) -> list[NewsItem]:
    """The newest items by date, in the order of the feed."""
    kept = sorted(range(len(items)), key=lambda number: _recency(items[number]), reverse=True)[:MAX_ITEMS]
    return [items[number] for number in sorted(kept)]


def _recency(item: NewsItem) -> tuple[bool, datetime]:
    """Sorts items by date. Those without a date come last, in the order of the feed."""
    day = item.published_on or date.min
    stated = item.stated_at or datetime(day.year, day.month, day.day, tzinfo=UTC)
    return day != date.min or item.stated_at is not None, stated
