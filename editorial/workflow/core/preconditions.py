"""Preconditions: the version of a row that the caller read before acting on it (`If-Match`).

The API and the admin wrap an action in `expect_version`. `actions.get_visible` compares it when the action locks that
row: under the lock, in the action's own lock order, and without every action having to pass it on.
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
    """Inside this context, the row with that key must have one of these versions."""
    token = _expected.set((key, versions))
    try:
        yield
    finally:
        _expected.reset(token)


def matches_expected(row: Model) -> bool:
    """Whether the row has an expected version: never if it has no version, always if no version is expected."""
    spoken_of = _expected.get()
    if spoken_of is None or spoken_of[0] != row.pk:
        return True
    return getattr(row, "version", None) in spoken_of[1]
