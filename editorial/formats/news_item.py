"""A news item, independent of the format it came in."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

_TIMES = ("published_at", "revised_at", "embargo_until")


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item. `uri` identifies it across all versions; `raw` is the original, for the archive.

    `outlet`: the publisher's name. `problem`: why it cannot become a story, as a code and a sentence.
    """

    uri: str
    headline: str
    text: str
    raw: str
    link: str = ""
    outlet: str = ""
    published_at: datetime | None = None
    revised_at: datetime | None = None
    embargo_until: datetime | None = None
    problem: tuple[str, str] | None = field(default=None)

    @property
    def digest(self) -> str:
        """Identifies a version by what readers read, so that changes of metadata do not count."""
        return hashlib.sha256(f"{self.headline}\n\n{self.text}".encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """The item as JSON-compatible values."""
        values = asdict(self)
        return values | {name: moment.isoformat() if (moment := values[name]) else None for name in _TIMES}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> NewsItem:
        """The item from `to_dict` output."""
        times = {name: datetime.fromisoformat(plain[name]) if plain[name] else None for name in _TIMES}
        return cls(**{**plain, **times, "problem": tuple(plain["problem"]) if plain["problem"] else None})


def parse_iso_time(text: str) -> datetime | None:
    """The time in UTC, which is assumed if no offset is given. None if the text is not an ISO 8601 time."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
