"""Causes: whose action the running code follows from. Outbox messages carry it on, as they do the request id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_causer: ContextVar[UUID | None] = ContextVar("causer", default=None)


@contextmanager
def caused_by(user_id: UUID | None) -> Iterator[None]:
    """Attribute the jobs that are enqueued in this block, and those that follow from them, to this user's action."""
    token = _causer.set(user_id)
    try:
        yield
    finally:
        _causer.reset(token)


def causer() -> UUID | None:
    """The user whose action the running code follows from; None if there is not exactly one."""
    return _causer.get()
