"""Writes that bypass the actions are refused by the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction


@contextmanager
def assert_rejected_by_database(message: str) -> Iterator[None]:
    """The write in this block violates a constraint or trigger with this message; it is rolled back."""
    with pytest.raises(DatabaseError, match=message), transaction.atomic():  # noqa: PT012 - the block is the caller's
        yield
        connection.check_constraints()  # deferred constraints are checked now
