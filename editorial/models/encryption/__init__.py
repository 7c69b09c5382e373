"""Envelope encryption of single values: a data key for each, wrapped by a key that lives outside the database.

A value decrypts only in the row and field that it was encrypted for (decision 0033). Callers use `encrypt(row, field,
text)` and `decrypt(row, field)`; everything else serves rotation and verification.
"""

from editorial.models.encryption.envelope import HEADER_BYTES, key_id
from editorial.models.encryption.errors import EncryptionError, InvalidCiphertext, KeyUnavailable
from editorial.models.encryption.fields import (
    EncryptedField,
    convert_fernet,
    decrypt,
    encrypt,
    encrypted_fields,
    rewrap,
)
from editorial.models.encryption.keys import Context, KeyProvider, WrappedKey, fingerprint, provider
from editorial.models.encryption.purposes import Purpose

__all__ = [
    "HEADER_BYTES",
    "Context",
    "EncryptedField",
    "EncryptionError",
    "InvalidCiphertext",
    "KeyProvider",
    "KeyUnavailable",
    "Purpose",
    "WrappedKey",
    "convert_fernet",
    "decrypt",
    "encrypt",
    "encrypted_fields",
    "fingerprint",
    "key_id",
    "provider",
    "rewrap",
]
