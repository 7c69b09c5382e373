"""Known devices: a signed cookie marks a browser in which a user has signed in, for login throttling only.

It grants nothing. A browser with the cookie of another username is unknown.
"""

from __future__ import annotations

import secrets

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from editorial.policy.people.sign_ins import KNOWN_DEVICE_TTL

_SALT = "newsroom.devices"


def remember(username: str, *, cookie: str = "") -> str:
    """The cookie for a browser in which this user has signed in. A known browser keeps its id."""
    device = recognize(username, cookie=cookie) or secrets.token_hex(16)
    return signing.dumps([device, _digest(username)], salt=_SALT)


def recognize(username: str, *, cookie: str) -> str:
    """The id of the browser, if this user has signed in there lately; else an empty string."""
    try:
        device, owner = signing.loads(cookie, salt=_SALT, max_age=KNOWN_DEVICE_TTL)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if constant_time_compare(owner, _digest(username)) else ""


def _digest(username: str) -> str:
    return salted_hmac(_SALT, username.casefold(), algorithm="sha256").hexdigest()
