"""Causation: the user whose action the running code follows from. Outbox messages pass it on, like the request id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_causing_user: ContextVar[UUID | None] = ContextVar("causing_user", default=None)


@contextmanager
def caused_by(user_id: UUID | None) -> Iterator[None]:
    """Attribute the jobs that are enqueued in this block, and those that follow from them, to this user's action."""
    token = _causing_user.set(user_id)
    try:
        yield
    finally:
        _causing_user.reset(token)


def causing_user() -> UUID | None:
    """The user whose action the running code follows from; None if there is not exactly one."""
    return _causing_user.get()
