"""Times as outlets write them: what is known, and nothing more."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from editorial.formats import times


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("Mon, 02 Mar 2026 12:15:00 CET", 11, 15),
        ("Mon, 02 Mar 2026 12:15:00 BST", 11, 15),
        ("Mon, 02 Mar 2026 12:15:00 CEST", 10, 15),
        ("Mon, 02 Mar 2026 12:15:00 AEDT", 1, 15),
        ("Mon, 02 Mar 2026 2:15 PM EST", 19, 15),
        ("Mon, 02 Mar 2026 12:15:00 +0530 (IST)", 6, 45),
        ("Mon Mar 02 2026 12:15:00 GMT+0100 (Central European Standard Time)", None, None),
        ("Mon Mar 02 2026 12:15:00 GMT+0100 (CET)", 11, 15),
        ("2026-03-02T12:15:00z", 12, 15),
        ("2026-03-02 12:15:00 CET", 11, 15),
        ("20260302T121500+0000", 12, 15),
        ("02-MAR-2026 12:15:00 GMT", 12, 15),
        ("02-Mar-2026 12:15 CET+1", 11, 15),
    ],
)
def test_a_time_in_a_known_zone_is_an_instant(text: str, hour: int | None, minute: int | None) -> None:
    expected = None if hour is None else datetime(2026, 3, 2, hour, minute or 0, tzinfo=UTC)
    assert times.instant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("Mon, 02 Mar 2026 12:15:00 IST", "Mon, 02 Mar 2026 12:15:00", "2026-03-02T12:15:00", "2026-03-02"),
        *("Mon, 02 Mar 2026 12:15:00 XYZT", "2 March 2026"),
        *("02-MAR-2026 12:15", "2 March 2026 12:15 IST+0530"),
    ],
)
def test_a_time_without_a_known_zone_is_only_a_day(text: str) -> None:
    assert (times.instant(text), times.day(text)) == (None, date(2026, 3, 2))


@pytest.mark.parametrize(
    "text",
    ["1795944600", "1795944600000", "04/05/2026 10:00 GMT", "March 2026", "2026", "2026-03", "12:15 CET", "soon", ""],
)
def test_what_may_mean_several_days_is_unknown(text: str) -> None:
    assert (times.instant(text), times.day(text), times.latest(text)) == (None, None, None)


@pytest.mark.parametrize(
    "text", ["9999-12-31", "9999-12-31T23:59:59Z", "31 Dec 9999 23:59 GMT", "0001-01-01T00:00:00Z", "0001-01-01"]
)
def test_an_end_out_of_range_is_unknown(text: str) -> None:
    assert times.latest(text) is None
