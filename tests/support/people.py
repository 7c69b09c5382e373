"""A second administrator, and authenticator apps of test users."""

from __future__ import annotations

import pyotp
import pytest

from editorial.models import User, encryption
from editorial.workflow.people import second_factors
from tests.support.cast import Room

PASSWORD = "proof before print, always"  # noqa: S105


@pytest.fixture
def rosa_with_password(people: dict[str, User]) -> User:
    """A reporter who can sign in with `PASSWORD`."""
    rosa = people["rosa"]
    rosa.set_password(PASSWORD)
    rosa.save()
    return rosa


@pytest.fixture
def bella(people: dict[str, User]) -> User:
    """A second administrator of the organisation."""
    people["bella"] = administrator("bella")
    return people["bella"]


def administrator(name: str) -> User:
    """A new administrator of the organisation."""
    person = User.objects.create(username=name, email=f"{name}@newsroom.example", password="!")
    person.memberships.create(desk=None, role="admin")
    return person


def app_of(user: User, room: Room) -> pyotp.TOTP:
    """The user's authenticator app, set up with its current code. Next: `app.at(room.now, counter_offset=1)`."""
    factor = second_factors.enroll(actor=user, now=room.now)
    app = pyotp.TOTP(encryption.decrypt(factor, "encrypted_secret"))
    second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=user, now=room.now)
    return app
