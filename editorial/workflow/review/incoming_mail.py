"""Incoming email: a message as it arrived, and what can become of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from django.db import models

from editorial.formats.mail_body import MailBody
from editorial.formats.mail_headers import MailHeaders
from editorial.models import encryption
from editorial.workflow.core.errors import Conflict


class Receipt(StrEnum):
    """What became of a message to one address. The value names its counter."""

    RECEIVED = "received"
    DUPLICATE = "duplicates"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    AUTOMATIC = "automatic"
    EXCESS = "excess"


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A message as it arrived. `truncated`: only its beginning was read."""

    headers: MailHeaders
    body: MailBody
    digest: str
    truncated: bool

    @classmethod
    def of(cls, raw: bytes, headers: MailHeaders, body: MailBody, *, truncated: bool) -> IncomingMail:
        """The same message delivered twice has the same digest. A Message-ID alone could be forged to suppress one."""
        stated = [headers.message_id, headers.sender, body.text]
        content = json.dumps(stated).encode() if headers.message_id else raw
        return cls(headers, body, hashlib.sha256(content).hexdigest(), truncated)

    def to_text(self) -> str:
        """What is encrypted: everything that may name somebody."""
        return json.dumps(
            {
                "sender": self.headers.sender,
                "date": self.headers.date,
                "message_id": self.headers.message_id,
                "subject": self.headers.subject,
                "authentication_results": self.headers.authentication_results,
                "text": self.body.text,
                "problem": self.body.problem,
                "attachments": self.body.attachments,
            }
        )


def decrypt(row: models.Model, field: str) -> str:
    """What was encrypted of a message. Raises an ActionError."""
    try:
        return encryption.decrypt(row, field)
    except encryption.KeyUnavailable as error:
        raise Conflict(str(error), code="KEY_UNAVAILABLE") from None
    except encryption.InvalidCiphertext as error:
        raise Conflict(str(error), code="CIPHERTEXT_INVALID") from None
