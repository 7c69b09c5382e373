"""The email that a development newsroom wrote to files instead of sending it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

_MAX_SHOWN = 100
_NAME = re.compile(r"[\w-]{1,80}\.log", re.ASCII)
_SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # what Django's backend writes after each email


@dataclass(frozen=True, slots=True)
class SentEmail:
    """One email, by the name of its file."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def recipients(self) -> str:
        return str(self.message["To"])

    @property
    def sent_at(self) -> datetime | None:
        header = self.message["Date"]
        return header.datetime if header else None

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        body = self.message.get_body((subtype,))
        return str(body.get_content()) if body else ""


def newest() -> list[SentEmail]:
    """The newest emails, newest first."""
    names = sorted((path.name for path in _folder().glob("*.log")), reverse=True)
    return list(_read_all(names[:_MAX_SHOWN]))


def read(name: str) -> SentEmail | None:
    """The email in this file; None if there is none. The name comes from a URL, so it is compared with a pattern."""
    return next(_read_all([name]), None) if _NAME.fullmatch(name) else None


def _read_all(names: list[str]) -> Iterator[SentEmail]:
    for name in names:
        try:
            content = (_folder() / name).read_bytes()
        except OSError:
            continue
        message = message_from_bytes(content.partition(_SEPARATOR)[0], policy=policy.default)
        if isinstance(message, EmailMessage):
            yield SentEmail(name, message)


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)
