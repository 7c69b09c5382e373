"""What an invariant is, and what it is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from editorial.models import MessageKind

Cached = TypeVar("Cached")

MAX_ROWS = 200
"""Rows of one kind that one look acts on. Where more are wrong, the rest is found by the next looks."""


@dataclass(frozen=True)
class TableScan:
    """A table that is walked through, so many rows at each look, beside those that something just happened to."""

    name: str
    rows: Callable[[], models.QuerySet[Any]]
    batch_size: int
    recent: Callable[[], Iterable[UUID]]


@dataclass(frozen=True)
class CheckContext:
    """What one look is about: the rows of a turn, or everything where the invariant needs no turn."""

    keys: Sequence[UUID]
    now: datetime
    _cache: dict[Any, Any] = field(default_factory=dict)

    def cached(self, compute: Callable[[Sequence[UUID], datetime], Cached]) -> Cached:
        """The judgement on these rows, made once however many invariants ask for it."""
        if compute not in self._cache:
            self._cache[compute] = compute(self.keys, self.now)
        result: Cached = self._cache[compute]
        return result


@dataclass(frozen=True, kw_only=True)
class IntegrityCheck:
    """Something that always holds once all work is done.

    `broken` returns the keys for which it does not hold. `work`: the kind of work that brings it about; while such
    work is under way nothing is wrong, and asking for it is the repair. `mend` repairs a row at once. Where there is
    neither, administrators are told.
    """

    name: str
    model: type[models.Model]
    message: str
    find_violations: Callable[[CheckContext], Iterable[UUID]]
    scan: TableScan | None = None
    requeue: MessageKind | None = None
    repair: Callable[[UUID, datetime], object] | None = None

    @property
    def is_repairable(self) -> bool:
        """Whether the newsroom can put it right without a person."""
        return self.requeue is not None or self.repair is not None
