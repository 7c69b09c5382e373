"""The role that the product has in the database, for tests that must not have more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from newsroom.local import sockets


@pytest.fixture
def as_application(transactional_db: None) -> Iterator[None]:
    """Connect as the application. Ends before the test's tables are emptied, which takes their owner."""
    owner = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = sockets.APPLICATION
    yield
    connection.close()
    connection.settings_dict["USER"] = owner
