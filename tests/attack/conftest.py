"""The fixtures of the API and the admin."""

from __future__ import annotations

import pytest

from editorial.models import User
from editorial.policy.roles import Role
from tests.admin.conftest import visit  # noqa: F401
from tests.api.conftest import room  # noqa: F401
from tests.support.confidential import Planted, reader_at


@pytest.fixture
def stranger(planted: Planted, city) -> User:
    """A reader at another desk, with every role there."""
    return reader_at(city, "nina", set(Role))
