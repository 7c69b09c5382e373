"""Encryption with the vault's keys: the newest encrypts, all of them decrypt."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_KEY_MISSING = "No key of the vault can decrypt this. Add the key that encrypted it back to VAULT_KEYS."


class KeyUnavailable(Exception):
    """No key of the vault can decrypt the value."""


def encrypt(text: str) -> bytes:
    """Encrypt with the newest key."""
    return _keys().encrypt(text.encode())


def decrypt(ciphertext: bytes) -> str:
    """Decrypt. Raises KeyUnavailable if the encrypting key is no longer in the vault."""
    try:
        return _keys().decrypt(bytes(ciphertext)).decode()
    except InvalidToken:
        raise KeyUnavailable(_KEY_MISSING) from None


def reencrypt(ciphertext: bytes) -> bytes:
    """Encrypt again with the newest key. Raises KeyUnavailable."""
    try:
        return _keys().rotate(bytes(ciphertext))
    except InvalidToken:
        raise KeyUnavailable(_KEY_MISSING) from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.VAULT_KEYS])
