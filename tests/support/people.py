"""Authenticator apps of test users."""

from __future__ import annotations

import pyotp

from editorial.models import User, encryption
from editorial.workflow.people import second_factors
from tests.support.cast import Room


def app_of(user: User, room: Room) -> pyotp.TOTP:
    """The user's authenticator app, set up now."""
    factor = second_factors.enroll(actor=user, now=room.now)
    app = pyotp.TOTP(encryption.decrypt(factor, "encrypted_secret"))
    second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=user, now=room.now)
    return app
