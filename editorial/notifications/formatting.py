"""Times and one-line texts, formatted for the readers of notifications."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from editorial.models import User

# Control characters, and those that override text direction.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def time_zone_of(person: User) -> ZoneInfo:
    """The user's time zone; UTC if the stored value is invalid."""
    try:
        return ZoneInfo(person.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def format_time(at: datetime, zone: ZoneInfo) -> str:
    """A time for readers, such as: 3 March 2026, 14:00 (Europe/London)."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} ({zone.key})"


def one_line(text: str, max_length: int = 200) -> str:
    """The text on one line, shortened at a word boundary."""
    text = " ".join(_UNPRINTABLE.sub(" ", text).split())
    if len(text) <= max_length:
        return text
    cut = text[: max_length - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:–- ") + "…"
