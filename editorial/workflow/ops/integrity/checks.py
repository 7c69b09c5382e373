"""What an invariant is, and what it is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from editorial.models import MessageKind

Judged = TypeVar("Judged")

MOST = 200
"""Rows of one kind that one look acts on. Where more are wrong, the rest is found by the next looks."""


@dataclass(frozen=True)
class Turn:
    """A table that is walked through, so many rows at each look, beside those that something just happened to."""

    name: str
    rows: Callable[[], models.QuerySet[Any]]
    at_once: int
    recent: Callable[[], Iterable[UUID]]


@dataclass(frozen=True)
class Seen:
    """What one look is about: the rows of a turn, or everything where the invariant needs no turn."""

    keys: Sequence[UUID]
    now: datetime
    _judged: dict[Any, Any] = field(default_factory=dict)

    def once(self, judge: Callable[[Sequence[UUID], datetime], Judged]) -> Judged:
        """The judgement on these rows, made once however many invariants ask for it."""
        if judge not in self._judged:
            self._judged[judge] = judge(self.keys, self.now)
        result: Judged = self._judged[judge]
        return result


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """Something that always holds once all work is done.

    `broken` returns the keys for which it does not hold. `work`: the kind of work that brings it about; while such
    work is under way nothing is wrong, and asking for it is the repair. `mend` repairs a row at once. Where there is
    neither, administrators are told.
    """

    name: str
    noun: type[models.Model]
    says: str
    broken: Callable[[Seen], Iterable[UUID]]
    turn: Turn | None = None
    work: MessageKind | None = None
    mend: Callable[[UUID, datetime], object] | None = None

    @property
    def repairs_itself(self) -> bool:
        """Whether the newsroom can put it right without a person."""
        return self.work is not None or self.mend is not None
