"""The vault: sealing and opening the identities of confidential sources. Only sources.py calls it.

A sealed identity is encrypted with the newest of the vault's keys; older keys still open what they sealed. The token
is an HMAC: it tells that two sources are one human being, to anybody, and who that is, to nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from dataclasses import dataclass

from django.conf import settings

from editorial.models import encryption
from editorial.workflow.core.actions import Conflict, Reason, ValidationFailed


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Who somebody is: the name, and what tells them from a namesake (a birth date, a number, an address).

    It has no readable form of its own, so that it cannot slip into a log or an error page.
    """

    name: str
    known_by: str

    @classmethod
    def of(cls, name: str, known_by: str) -> Identity:
        """An identity from what a person typed; both halves are needed, or namesakes would become one."""
        name, known_by = name.strip(), known_by.strip()
        if not _normalize(name):
            raise ValidationFailed(Reason("NAME_REQUIRED", "Give the name.", "identity_name"))
        if not _normalize(known_by):
            raise ValidationFailed(
                Reason("KNOWN_BY_REQUIRED", "Give what tells this person from a namesake.", "identity_known_by")
            )
        return cls(name, known_by)

    def token(self) -> str:
        """The same for the same human being, however the name was typed."""
        canonical = json.dumps([_normalize(self.name), _normalize(self.known_by)]).encode()
        return hmac.new(settings.IDENTITY_KEY.encode(), canonical, hashlib.sha256).hexdigest()

    def appears_in(self, text: str) -> bool:
        """Whether a text tells the name, however it is typed."""
        return f" {_normalize(self.name)} " in f" {_normalize(text)} "


def encrypt(identity: Identity) -> bytes:
    """Encrypt an identity."""
    return encryption.encrypt(json.dumps([identity.name, identity.known_by]))


def decrypt(sealed: bytes) -> Identity:
    """Decrypt an identity. Raises Conflict when no key of the vault opens it."""
    try:
        name, known_by = json.loads(encryption.decrypt(sealed))
    except encryption.KeyUnavailable:
        raise Conflict(
            "No key of the vault opens this record. The key that sealed it has to be put back into VAULT_KEYS.",
            code="KEY_UNAVAILABLE",
        ) from None
    return Identity(name, known_by)


def reencrypt(sealed: bytes) -> bytes:
    """Encrypt anew with the newest key."""
    return encryption.reencrypt(sealed)


def _normalize(text: str) -> str:
    """Case, accents, punctuation and spacing make no difference: what is left are words of letters and numbers."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (" " if _separates(sign) else sign for sign in plain if not _is_accent(sign))
    return " ".join("".join(kept).split())


def _is_accent(sign: str) -> bool:
    """An accent of Latin, Greek or Cyrillic, or a sign without width; the vowels of other scripts stay."""
    return "\u0300" <= sign <= "\u036f" or unicodedata.category(sign) == "Cf"


def _separates(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "LMN"
