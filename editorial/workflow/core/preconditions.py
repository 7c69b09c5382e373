"""Versions: which version of a row somebody saw who now acts on it.

A door that is told says so by `seen`, around its one call of a verb. It is compared wherever the verb finds and locks
that row, by `acts.find`: under the lock, in the verb's own order of locks, and without any verb having to pass it on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db.models import Model

_expected: ContextVar[tuple[UUID, frozenset[int]] | None] = ContextVar("seen", default=None)


@contextmanager
def expect_version(key: UUID, versions: frozenset[int]) -> Iterator[None]:
    """Whatever is done inside is done by somebody who saw one of these versions of the row with that key."""
    token = _expected.set((key, versions))
    try:
        yield
    finally:
        _expected.reset(token)


def matches_expected(row: Model) -> bool:
    """Whether the row still is as it was seen. A row that has no version never is; one that nobody spoke of always."""
    spoken_of = _expected.get()
    if spoken_of is None or spoken_of[0] != row.pk:
        return True
    return getattr(row, "version", None) in spoken_of[1]
