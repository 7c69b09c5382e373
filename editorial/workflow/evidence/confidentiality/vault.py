"""Vault: encrypts and decrypts the identities of confidential sources. Only its neighbours call it.

The token is an HMAC: it shows that two sources are one person without revealing who that is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from dataclasses import dataclass

from django.conf import settings

from editorial.models import IdentityRecord, encryption
from editorial.workflow.core.errors import Reason, ValidationFailed


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A person's name, and a detail that distinguishes them from a namesake (birth date, number, address).

    No repr, so that it cannot slip into a log or an error page.
    """

    name: str
    known_by: str

    @classmethod
    def of(cls, name: str, known_by: str) -> Identity:
        """Build an identity from user input. Both parts are required, or namesakes would share a token."""
        name, known_by = name.strip(), known_by.strip()
        if not _normalize(name):
            raise ValidationFailed(Reason("NAME_REQUIRED", "Give the name.", "identity_name"))
        if not _normalize(known_by):
            raise ValidationFailed(
                Reason(
                    "KNOWN_BY_REQUIRED",
                    "Give a detail that distinguishes this person from a namesake.",
                    "identity_known_by",
                )
            )
        return cls(name, known_by)

    def token(self) -> str:
        """The same token for the same person, however the name is spelled. Raises KeyUnavailable without a key."""
        if not settings.IDENTITY_KEY:
            raise encryption.KeyUnavailable(
                "This process has no IDENTITY_KEY. Set it for this process, and restart it."
            )
        canonical = json.dumps([_normalize(self.name), _normalize(self.known_by)]).encode()
        return hmac.new(settings.IDENTITY_KEY.encode(), canonical, hashlib.sha256).hexdigest()


def encrypt(record: IdentityRecord, identity: Identity) -> None:
    """Encrypt an identity into a record that already names its source. Raises KeyUnavailable."""
    text = json.dumps([identity.name, identity.known_by])
    encryption.encrypt(record, "encrypted_identity", text)


def decrypt(record: IdentityRecord) -> Identity:
    """Decrypt an identity. Raises KeyUnavailable or InvalidCiphertext."""
    return parse(encryption.decrypt(record, "encrypted_identity"))


def parse(text: str) -> Identity:
    """The identity in a decrypted text."""
    name, known_by = json.loads(text)
    return Identity(name, known_by)


def _normalize(text: str) -> str:
    """Drop case, accents, punctuation and spacing; keep words of letters and numbers."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    characters = (" " if _separates(character) else character for character in plain if not _is_accent(character))
    return " ".join("".join(characters).split())


def _is_accent(character: str) -> bool:
    """A Latin, Greek or Cyrillic accent or a zero-width character. The vowel signs of other scripts stay."""
    return "\u0300" <= character <= "\u036f" or unicodedata.category(character) == "Cf"


def _separates(character: str) -> bool:
    return unicodedata.category(character)[0] not in "LMN"
