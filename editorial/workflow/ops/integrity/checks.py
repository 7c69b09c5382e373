"""Integrity checks: their definition and their input."""

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
"""Violations of one check that one run handles. The next runs find the rest."""


@dataclass(frozen=True)
class TableScan:
    """A table scanned in batches, one batch a run, besides the rows that recently changed."""

    name: str
    rows: Callable[[], models.QuerySet[Any]]
    batch_size: int
    recent: Callable[[], Iterable[UUID]]


@dataclass(frozen=True)
class CheckContext:
    """The input of a check in one run: the rows of its table scan, or none for a check that queries all rows."""

    keys: Sequence[UUID]
    now: datetime
    _cache: dict[Any, Any] = field(default_factory=dict)

    def cached(self, compute: Callable[[Sequence[UUID], datetime], Cached]) -> Cached:
        """Return the result for these rows, computed once for all checks that need it."""
        if compute not in self._cache:
            self._cache[compute] = compute(self.keys, self.now)
        result: Cached = self._cache[compute]
        return result


@dataclass(frozen=True)
class IntegrityCheck:
    """An invariant that holds once all pending jobs are done.

    `find_violations` returns the keys that break it. `requeue`: the kind of job that restores it; a pending job of
    that kind excuses the violation, and enqueuing one is the repair. `repair` fixes a row immediately. Without either,
    administrators are alerted.
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
        """Whether it can be repaired without a person."""
        return self.requeue is not None or self.repair is not None


def integrity_check(
    name: str,
    model: type[models.Model],
    *,
    scan: TableScan | None = None,
    requeue: MessageKind | None = None,
    repair: Callable[[UUID, datetime], object] | None = None,
) -> Callable[[Callable[[CheckContext], Iterable[UUID]]], IntegrityCheck]:
    """Make a check of a query for violations. The query's docstring is the check's message: the invariant."""

    def declare(find_violations: Callable[[CheckContext], Iterable[UUID]]) -> IntegrityCheck:
        return IntegrityCheck(name, model, find_violations.__doc__ or name, find_violations, scan, requeue, repair)

    return declare
