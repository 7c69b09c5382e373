"""The newsroom's own email addresses: one for each request for comment and each email. Nobody can guess them."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable

from django.conf import settings

_TOKEN_BYTES = 16
_MAX_ADDRESSES = 5  # of one message


def new_token() -> str:
    """The secret part of a new address."""
    return base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().rstrip("=").lower()


def address_of(token: str) -> str:
    """The address with this token."""
    return f"reply+{token}@{settings.INBOUND_MAIL_DOMAIN}"


def tokens_in(recipients: Iterable[str]) -> list[str]:
    """The tokens of the first of these addresses that can be ours."""
    pattern = re.compile(rf"reply\+([a-z2-7]{{26}})@{re.escape(settings.INBOUND_MAIL_DOMAIN)}")
    return [found[1] for recipient in recipients if (found := pattern.fullmatch(recipient))][:_MAX_ADDRESSES]
