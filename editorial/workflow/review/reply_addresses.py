"""The email addresses of requests for comment, and of our own emails: one each, which nobody can guess."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from editorial.formats.mail_headers import MailHeaders
from editorial.models import CommentAddress, ReplyAddress, ReplyRequest, mail_addresses

Address = ReplyAddress | CommentAddress
"""The address of a request for comment, or of an email of ours that can be answered."""


def open_for(request: ReplyRequest, now: datetime) -> None:
    """Give a new request an address of its own, if the newsroom receives email."""
    if settings.INBOUND_MAIL_DOMAIN:
        expires_at = now + settings.INBOUND_ADDRESS_TTL
        ReplyAddress.objects.create(request=request, token=mail_addresses.new_token(), expires_at=expires_at)


def address_of(request: ReplyRequest) -> str:
    """The address of a request; empty if it has none."""
    address: ReplyAddress | None = getattr(request, "reply_address", None)
    return str(address) if address is not None and settings.INBOUND_MAIL_DOMAIN else ""


def find(headers: MailHeaders) -> list[Address]:
    """The addresses to which a message was delivered; if that names none, those to which it was addressed.

    A message to two requests is delivered once for each. A mailbox that takes all mail of a domain has its own address.
    """
    return _known(headers.delivered_to) or _known(headers.addressed_to)


def _known(recipients: Iterable[str]) -> list[Address]:
    tokens = mail_addresses.tokens_in(recipients)
    if not tokens:
        return []
    requests = ReplyAddress.objects.filter(token__in=tokens).order_by("pk")
    emails = CommentAddress.objects.filter(token__in=tokens).order_by("pk")
    return [*requests, *emails]
