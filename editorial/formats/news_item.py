"""A news item, independent of the format it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from editorial.policy.publication.wire_items import PubStatus
from editorial.policy.time_range import SUPPORTED_YEARS

_TIMES = ("published_at", "revised_at", "embargo_until")


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item. `uri` identifies it across all versions; `raw` is the original, for the archive.

    `outlet`: the publisher's name. `edition`: its number of this version. `published_on`: the day, if only that is
    known. `embargo_as_stated`: an embargo that cannot be read. `states_embargo`, `states_status`: whether its format
    can state one, so that silence means that there is none. `problem`: why it cannot become a story, as a code and a
    sentence.
    """

    uri: str
    headline: str
    text: str
    raw: str
    link: str = ""
    outlet: str = ""
    edition: str = ""
    published_at: datetime | None = None
    published_on: date | None = None
    revised_at: datetime | None = None
    embargo_until: datetime | None = None
    embargo_as_stated: str = ""
    pub_status: PubStatus = PubStatus.USABLE
    states_embargo: bool = False
    states_status: bool = False
    problem: tuple[str, str] | None = field(default=None)

    @property
    def digest(self) -> str:
        """Identifies a version by what readers read, so that changes of metadata do not count."""
        return hashlib.sha256(f"{self.headline}\n\n{self.text}".encode()).hexdigest()

    @property
    def key(self) -> str:
        """Identifies the item: its URI may be longer than a database index allows."""
        return hashlib.sha256(self.uri.encode()).hexdigest()

    @property
    def stated_at(self) -> datetime | None:
        """When the outlet made this version, as far as it says so."""
        return self.revised_at or self.published_at

    @property
    def is_withdrawal(self) -> bool:
        """Whether the outlet takes the item back."""
        return self.pub_status is not PubStatus.USABLE

    @property
    def is_embargoed(self) -> bool:
        """Whether the outlet states an embargo, even one that is over."""
        return bool(self.embargo_until or self.embargo_as_stated)

    def lifts(self, withdrawn: PubStatus, order: int) -> bool:
        """Whether this version makes a withdrawn item usable again: only if it is known to be newer than the notice.

        A version in a format that cannot withdraw an item lifts nothing, and `canceled` is final.
        """
        is_usable = self.states_status and not self.is_withdrawal
        return withdrawn is PubStatus.WITHHELD and order > 0 and is_usable

    def to_dict(self) -> dict[str, Any]:
        """The item as JSON-compatible values, with its key."""
        values = asdict(self) | {"key": self.key}
        for name in (*_TIMES, "published_on"):
            values[name] = values[name].isoformat() if values[name] else None
        return values

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> NewsItem:
        """The item from `to_dict` output, even of an earlier or a later release."""
        values = {name: value for name, value in plain.items() if name in cls.__dataclass_fields__}
        for name in _TIMES:
            values[name] = datetime.fromisoformat(plain[name]) if plain[name] else None
        if (end := values["embargo_until"]) and end.year not in SUPPORTED_YEARS:  # read by an earlier release
            values |= {"embargo_until": None, "embargo_as_stated": end.isoformat()}
        values["published_on"] = date.fromisoformat(day) if (day := plain.get("published_on")) else None
        values["pub_status"] = PubStatus(plain.get("pub_status", PubStatus.USABLE))
        values["problem"] = tuple(plain["problem"]) if plain["problem"] else None
        return cls(**values)


class Items(list[NewsItem]):
    """The items of a document. `left_out`: how many more it has."""

    def __init__(self, items: Iterable[NewsItem] = (), left_out: int = 0) -> None:
        super().__init__(items)
        self.left_out = left_out


def order(edition: str, stated_at: datetime | None, other_edition: str, other_stated_at: datetime | None) -> int:
    """Whether one version of an item is newer (1) or older (-1) than another; 0 if the outlet does not tell.

    Versions count before times, because that is what they are for. The order of arrival says nothing.
    """
    if edition.isdecimal() and other_edition.isdecimal() and int(edition) != int(other_edition):
        return 1 if int(edition) > int(other_edition) else -1
    if stated_at and other_stated_at and stated_at != other_stated_at:
        return 1 if stated_at > other_stated_at else -1
    return 0
