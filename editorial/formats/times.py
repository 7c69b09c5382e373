"""Times as outlets write them. Without a known zone, a time is not an instant; a bare date is not midnight."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import product

from dateutil import parser

from editorial.policy.time_range import SUPPORTED_YEARS

# Abbreviations that mean one offset. IST, CST and AST outside America are absent: they mean several.
_ZONES = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "JST": 9, "KST": 9, "HKT": 8, "AWST": 8, "ACST": 9.5, "ACDT": 10.5,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5, "ADT": -3, "EST": -5, "EDT": -4,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?|\d{8}(?:T\d{4}.*)?", re.IGNORECASE)
# What is missing is filled from different dates, and what is ambiguous read in each order: only what agrees counts.
_WAYS = list(product((datetime(2000, 1, 1), datetime(2001, 2, 2)), (False, True), (False, True)))  # noqa: DTZ001
# The parser reads "GMT+2" as POSIX does: two hours behind. Outlets mean ahead; of other zones the name counts.
_UTC_OFFSET = re.compile(r"\b(?:GMT|UTC)\s?(?=[+-]\d)")
_POSIX_OFFSET = re.compile(r"\b([A-Z]{3,5})[+-]\d{1,2}(?::?\d\d)?\b")
_MONTHS = parser.parserinfo()
_LONGEST = 100  # characters
_LAST_ZONE = timezone(timedelta(hours=-12))  # where each day ends last


def instant(text: str) -> datetime | None:
    """The time in UTC; None if it cannot be read, or if its zone is missing or ambiguous."""
    moment = _read(text)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return _in_utc(moment)


def day(text: str) -> date | None:
    """The day, as the outlet counts days; None if it cannot be read."""
    moment = _read(text)
    return moment.date() if isinstance(moment, datetime) else moment


def latest(text: str) -> datetime | None:
    """The latest instant that the text can mean, in UTC; None if it cannot be read, or lies out of range."""
    moment = _read(text)
    if moment is None or moment.year not in SUPPORTED_YEARS:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment + timedelta(days=1), time(), _LAST_ZONE)
    return _in_utc(moment if moment.tzinfo else moment.replace(tzinfo=_LAST_ZONE))


def _read(text: str) -> datetime | date | None:
    """A time, with a zone if the text names a known one, or a day; None if it is neither, or may mean several."""
    text = text.strip()
    if len(text) > _LONGEST or not re.search(r"\d", text):
        return None
    iso = _ISO.fullmatch(text)
    if not iso and re.fullmatch(r"[\d.,\s]+", text):  # a bare number may count anything
        return None
    if iso:
        moment = _parse_iso(text)
    else:
        moments = {_parse(text, *way) for way in _WAYS} - {None}
        moment = moments.pop() if len(moments) == 1 else None
    if moment is None:
        return None
    return moment if re.search(r"\d:\d\d|\dT\d{4}", text, re.IGNORECASE) else moment.date()


def _parse_iso(text: str) -> datetime | None:
    try:
        return parser.isoparse(text)
    except (ValueError, OverflowError):  # such as a zone by its name
        return _parse(text, datetime(2000, 1, 1), day_first=False, year_first=True)  # noqa: DTZ001


def _parse(text: str, default: datetime, day_first: bool, year_first: bool) -> datetime | None:
    text = _UTC_OFFSET.sub("", text)
    # A name that we do not know stays without its offset, so that the zone is unknown. "MAR-2026" is no zone.
    text = _POSIX_OFFSET.sub(lambda zone: zone[1] if _MONTHS.month(zone[1]) is None else zone[0], text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", parser.UnknownTimezoneWarning)
            return parser.parse(text, default=default, dayfirst=day_first, yearfirst=year_first, tzinfos=_zone)
    except (ValueError, OverflowError):
        return None


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """The zone of an abbreviation or an offset; None if it is unknown. Never the zone of this machine."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    hours = _ZONES.get((name or "").upper())
    return None if hours is None else timezone(timedelta(hours=hours))


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
