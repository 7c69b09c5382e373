"""The headers of an email: what it states about itself, and to which addresses it was delivered.

Everything here is what somebody wrote, and is shown as such. Only a few headers are read, each up to a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from editorial.formats import plain_text

MAX_HEADER_BYTES = 128 * 1024
_MAX_VALUE = 1000
_MAX_VALUES = 10  # of one header
_MAX_RECIPIENTS = 20_000  # characters
_DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To")
_ADDRESSED_TO = ("To", "Cc")
_AUTOMATIC_SENDERS = ("mailer-daemon", "no-reply", "noreply", "do-not-reply", "donotreply")
_AUTOMATIC_PRECEDENCE = ("bulk", "junk", "auto_reply")
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond")


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """What an email states. `automatic`: a program sent it, according to RFC 3834 or by custom."""

    sender: str
    date: str
    message_id: str
    subject: str
    authentication_results: tuple[str, ...]
    automatic: bool
    delivered_to: tuple[str, ...]
    """The addresses, in lower case, to which a mail server delivered it."""
    addressed_to: tuple[str, ...]
    """Those to which its sender addressed it."""


def read(raw: bytes) -> MailHeaders:
    """The headers at the beginning of a message. Never raises."""
    message = BytesHeaderParser().parsebytes(_head(raw))
    sender = _first(message, "From")
    return MailHeaders(
        sender=sender,
        date=_first(message, "Date"),
        message_id=_first(message, "Message-ID"),
        subject=_first(message, "Subject"),
        authentication_results=tuple(_values(message, "Authentication-Results")),
        automatic=_is_automatic(message, sender),
        delivered_to=_addresses(message, _DELIVERED_TO),
        addressed_to=_addresses(message, _ADDRESSED_TO),
    )


def one_line(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join(plain_text.clean(text).split())


def _head(raw: bytes) -> bytes:
    """The bytes up to the first empty line, or the limit."""
    raw = raw[:MAX_HEADER_BYTES]
    end = re.search(rb"\r?\n\r?\n", raw)
    return raw[: end.start()] if end else raw


def _first(message: Message, name: str) -> str:
    return next(_values(message, name), "")


def _values(message: Message, name: str) -> Iterator[str]:
    for value in message.get_all(name, [])[:_MAX_VALUES]:
        yield _decoded(str(value)[:_MAX_VALUE])


def _decoded(value: str) -> str:
    """The value with its encoded words (RFC 2047) decoded, as far as they can be."""
    try:
        value = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        value = value.encode("utf-8", "replace").decode()
    return one_line(value)[:_MAX_VALUE]


def _is_automatic(message: Message, sender: str) -> bool:
    stated = _first(message, "Auto-Submitted").partition(";")[0].strip().lower()
    local_part = parseaddr(sender)[1].partition("@")[0].lower()
    return (
        stated not in ("", "no")
        or "<>" in _values(message, "Return-Path")
        or _first(message, "Precedence").lower() in _AUTOMATIC_PRECEDENCE
        or any(name in message for name in _AUTOMATIC_HEADERS)
        or message.get_content_type() == "multipart/report"
        or local_part in _AUTOMATIC_SENDERS
    )


def _addresses(message: Message, names: Iterable[str]) -> tuple[str, ...]:
    """Everything that looks like an address, once each, in order."""
    values = [str(value)[:_MAX_RECIPIENTS] for name in names for value in message.get_all(name, [])[:_MAX_VALUES]]
    return tuple(dict.fromkeys(re.findall(r"[\w.+=-]{1,64}@[\w.-]{1,255}", " ".join(values).lower(), re.ASCII)))
