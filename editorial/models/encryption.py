"""Seals: what is stored encrypted with the vault's keys, the newest of which encrypts and all of which open."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyUnavailable(Exception):
    """No key of the vault opens it."""


def encrypt(text: str) -> bytes:
    """Encrypt."""
    return _keys().encrypt(text.encode())


def decrypt(ciphertext: bytes) -> str:
    """Decrypt. Raises KeyUnavailable when the key that sealed it is no longer among the vault's."""
    try:
        return _keys().decrypt(bytes(ciphertext)).decode()
    except InvalidToken:
        raise KeyUnavailable(
            "No key of the vault opens this; put the key that sealed it back into VAULT_KEYS."
        ) from None


def reencrypt(ciphertext: bytes) -> bytes:
    """Encrypt anew with the newest key. Raises KeyUnavailable as above."""
    try:
        return _keys().rotate(bytes(ciphertext))
    except InvalidToken:
        raise KeyUnavailable(
            "No key of the vault opens this; put the key that sealed it back into VAULT_KEYS."
        ) from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.VAULT_KEYS])
