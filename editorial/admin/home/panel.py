"""A panel of the home page: its first rows, how many there are up to 99, and who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from editorial.admin.framework.counts import CappedCount
from editorial.models import User
from editorial.policy.access import ActorFacts
from editorial.policy.actions import ACTIONS, Action

MAX_COUNT = 99
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Viewer:
    """The user whose page it is."""

    user: User
    facts: ActorFacts
    now: datetime

    def may(self, action: Action) -> bool:
        """Whether a role allows the action at some desk."""
        return any(role in ACTIONS[action].by for role, _ in self.facts.memberships)

    def desks_for(self, action: Action) -> dict[str, Any]:
        """The filter for rows of the desks at which a role allows the action; empty if at every desk."""
        desks = {desk for role, desk in self.facts.memberships if role in ACTIONS[action].by}
        return {} if None in desks else {"desk__in": desks}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: where it leads, what it says, and until when. `lease_until`: counted down to the second."""

    row: Any
    title: str
    about: str = ""
    detail: str = ""
    badges: Sequence[Any] = ()
    due_at: datetime | None = None
    prefix: str = ""
    lease_until: datetime | None = None
    note: str = ""
    reasons: Sequence[str] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Rows under a heading. `urgent`: they are late, or readers wait for them."""

    key: str
    title: str
    lines: list[Line]
    count: CappedCount
    url: str = ""
    urgent: bool = False

    @property
    def due_at(self) -> datetime | None:
        """The earliest time of the shown rows."""
        return min((moment for line in self.lines if (moment := line.due_at or line.lease_until)), default=None)

    @property
    def has_more(self) -> bool:
        """Whether it shows fewer rows than there are."""
        return self.count > len(self.lines)


def first_rows(rows: QuerySet[Any], shown: int = _SHOWN) -> tuple[list[Any], CappedCount]:
    """The first rows, and how many there are up to 99, by one query."""
    first = list(rows[: MAX_COUNT + 1])
    count = CappedCount(min(len(first), MAX_COUNT))
    count.has_more = len(first) > MAX_COUNT
    return first[:shown], count


def panel_of(rows: QuerySet[Any], make_line: Callable[[Any], Line], *, key: str, title: str, **options: Any) -> Panel:
    """A panel of the first of these rows."""
    first, count = first_rows(rows)
    return Panel(key=key, title=title, lines=lines_of(first, make_line), count=count, **options)


def lines_of(rows: Iterable[Any], make_line: Callable[[Any], Line]) -> list[Line]:
    """One line for each row."""
    return [make_line(row) for row in rows]
