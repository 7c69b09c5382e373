"""A feed that is sent again, as after a restore, changes nothing and notifies nobody."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from editorial.formats import feeds
from editorial.models import Event, Exhibit, MessageKind, Notification, OutboxMessage, Story
from tests.support.cast import Room
from tests.support.outlet_server import OutletServer, PreparedResponse
from tests.workflow.imports.test_fetch import outlet as outlet
from tests.workflow.imports.test_fetch import start_import

ITEMS = 10_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def feed(*, later: timedelta = timedelta()) -> list[str]:
    """The lines of a feed whose items are a minute apart."""
    dates = [format_datetime(FIRST + timedelta(minutes=number) + later) for number in range(ITEMS)]
    return [
        f"<item><guid>{number}</guid><title>Notice {number}: café</title><pubDate>{date}</pubDate></item>"
        for number, date in enumerate(dates)
    ]


def document(items: list[str]) -> bytes:
    return "\n".join(["<rss version='2.0'><channel><title>Wire</title>", *items, "</channel></rss>"]).encode()


def outcome() -> dict[str, int]:
    """What there is besides imports."""
    return {
        "drafts": Story.objects.count(),
        "copies": Exhibit.objects.count(),
        "events": Event.objects.exclude(stream__startswith="import:").count(),
        "notifications": Notification.objects.count(),
        "notices under way": OutboxMessage.objects.filter(kind=MessageKind.NOTIFY.value).count(),
    }


@pytest.mark.slow
@pytest.mark.exhaustive  # files hundreds of rows
def test_of_ten_thousand_items_changes_nothing_and_notifies_nobody(
    room: Room, outlet: OutletServer, settings: Any
) -> None:
    settings.IMPORT_PARSE_SECONDS = 120  # beside other tests
    outlet.gives["/feed"] = PreparedResponse(document(feed()), "application/rss+xml")
    first = start_import(room, outlet.at("/feed"))
    assert (first.state, first.filed, first.left_out) == ("done", feeds.MAX_ITEMS, ITEMS - feeds.MAX_ITEMS)
    before = outcome()
    restored = document(list(reversed(feed(later=timedelta(days=1))))).decode()
    for body in (document(feed()), unicodedata.normalize("NFD", restored).replace("\n", "\r\n").encode()):
        room.later(hours=1)
        outlet.gives["/feed"].body = body
        again = start_import(room, outlet.at("/feed"))
        assert (again.state, again.known, again.left_out) == ("done", feeds.MAX_ITEMS, first.left_out)
        assert outcome() == before
