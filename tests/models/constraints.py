"""Going round the verbs: what is written by hand is refused by the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction


@contextmanager
def assert_rejected_by_database(message: str) -> Iterator[None]:
    """What is written inside is refused by a constraint or trigger that says so; nothing of it stays."""
    with pytest.raises(DatabaseError, match=message), transaction.atomic():  # noqa: PT012 - the block is the caller's
        yield
        connection.check_constraints()  # what is checked at the end of a transaction is checked now
