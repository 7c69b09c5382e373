"""The email addresses of requests for comment: one each, which nobody can guess."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from editorial.formats.mail_headers import MailHeaders
from editorial.models import ReplyAddress, ReplyRequest

_MAX_ADDRESSES = 5  # of one message
_TOKEN_BYTES = 16


def open_for(request: ReplyRequest, now: datetime) -> None:
    """Give a new request an address of its own, if the newsroom receives email."""
    if settings.INBOUND_MAIL_DOMAIN:
        token = base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().rstrip("=").lower()
        ReplyAddress.objects.create(request=request, token=token, expires_at=now + settings.INBOUND_ADDRESS_TTL)


def address_of(request: ReplyRequest) -> str:
    """The address of a request; empty if it has none."""
    address: ReplyAddress | None = getattr(request, "reply_address", None)
    return str(address) if address is not None and settings.INBOUND_MAIL_DOMAIN else ""


def find(headers: MailHeaders) -> list[ReplyAddress]:
    """The addresses of requests to which a message was delivered; if that names none, those to which it was addressed.

    A message to two requests is delivered once for each. A mailbox that takes all mail of a domain has its own address.
    """
    return _known(headers.delivered_to) or _known(headers.addressed_to)


def _known(recipients: Iterable[str]) -> list[ReplyAddress]:
    pattern = re.compile(rf"reply\+([a-z2-7]{{26}})@{re.escape(settings.INBOUND_MAIL_DOMAIN)}")
    tokens = [found[1] for recipient in recipients if (found := pattern.fullmatch(recipient))]
    return list(ReplyAddress.objects.filter(token__in=tokens[:_MAX_ADDRESSES]).order_by("pk")) if tokens else []
