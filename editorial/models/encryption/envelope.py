"""The format of an encrypted value, version 1.

    version (1) | length of key id (1) | key id | length of wrapped key (2) | wrapped key | nonce (12) | ciphertext

The ciphertext is AES-256-GCM of the text's length (4), the text, and zeros up to a fixed size, under a data key that
encrypts nothing else. Version and context are associated data of the ciphertext, and the context also of the wrapped
key. The header is not: rotation wraps the same data key again and leaves the ciphertext as it is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from editorial.models.encryption.errors import InvalidCiphertext
from editorial.models.encryption.keys import (
    FOREIGN,
    KEY_BYTES,
    NONCE_BYTES,
    Context,
    KeyProvider,
    WrappedKey,
    encode,
    is_key_id,
)

VERSION = 1
HEADER_BYTES = 2 + 255
"""The first bytes of a value, which name its key."""

_LENGTH_BYTES = 4
_TAG_BYTES = 16
_FERNET = b"gAAAA"
"""The first bytes of every value that a version without envelope encryption stored."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of an encrypted value."""

    wrapped_key: WrappedKey = field(repr=False)
    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """Join the parts."""
        key_id, wrapped = self.wrapped_key.key_id.encode(), self.wrapped_key.ciphertext
        return b"".join(
            (
                bytes([VERSION, len(key_id)]),
                key_id,
                len(wrapped).to_bytes(2, "big"),
                wrapped,
                self.nonce,
                self.ciphertext,
            )
        )

    @classmethod
    def from_bytes(cls, value: bytes) -> Envelope:
        """Split a value into its parts. Raises InvalidCiphertext."""
        if is_fernet(value):
            raise InvalidCiphertext("has the format of an earlier version. Run manage.py rotate_keys --from-fernet")
        if value[:1] != bytes([VERSION]):
            raise InvalidCiphertext("is empty or is not a ciphertext")
        key_id, rest = _take(value[1:], 1)
        wrapped, rest = _take(rest, 2)
        nonce, ciphertext = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        if len(ciphertext) < _LENGTH_BYTES + _TAG_BYTES:
            raise InvalidCiphertext("is cut off")
        try:
            return cls(WrappedKey(key_id.decode(), wrapped), nonce, ciphertext)
        except UnicodeDecodeError:
            raise InvalidCiphertext("is not a ciphertext") from None


def encrypt(text: str, *, keys: KeyProvider, context: Context, padded_to: int) -> bytes:
    """Encrypt a text under a new data key, padded to `padded_to` bytes, or twice that until it fits."""
    data_key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    ciphertext = AESGCM(data_key).encrypt(nonce, _pad(text.encode(), padded_to), _associated_data(context))
    return Envelope(keys.wrap(data_key, context), nonce, ciphertext).to_bytes()


def decrypt(value: bytes, *, keys: KeyProvider, context: Context) -> str:
    """Decrypt a value. Raises KeyUnavailable or InvalidCiphertext."""
    envelope = Envelope.from_bytes(value)
    data_key = keys.unwrap(envelope.wrapped_key, context)
    try:
        padded = AESGCM(data_key).decrypt(envelope.nonce, envelope.ciphertext, _associated_data(context))
    except (InvalidTag, ValueError):
        raise InvalidCiphertext(FOREIGN) from None
    return _unpad(padded).decode()


def rewrap(value: bytes, *, keys: KeyProvider, context: Context) -> bytes:
    """Wrap the data key with the current key. The content is not decrypted."""
    envelope = Envelope.from_bytes(value)
    wrapped = keys.wrap(keys.unwrap(envelope.wrapped_key, context), context)
    return Envelope(wrapped, envelope.nonce, envelope.ciphertext).to_bytes()


def key_id(header: bytes) -> str:
    """The id of the key that a value needs, from its first bytes; empty if it does not begin like a value."""
    if len(header) < 2 or header[0] != VERSION:
        return ""
    name = header[2 : 2 + header[1]].decode(errors="replace")
    return name if is_key_id(name) else ""


def is_fernet(value: bytes) -> bool:
    """Whether a version without envelope encryption stored the value."""
    return value.startswith(_FERNET)


def _associated_data(context: Context) -> bytes:
    return bytes([VERSION]) + encode(context)


def _pad(content: bytes, size: int) -> bytes:
    while size < _LENGTH_BYTES + len(content):
        size *= 2
    return (len(content).to_bytes(_LENGTH_BYTES, "big") + content).ljust(size, b"\0")


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def _take(value: bytes, length_bytes: int) -> tuple[bytes, bytes]:
    """Split off a part that its length precedes. Raises InvalidCiphertext if the value is too short for it."""
    end = length_bytes + int.from_bytes(value[:length_bytes], "big")
    if len(value) < max(end, length_bytes):
        raise InvalidCiphertext("is cut off")
    return value[length_bytes:end], value[end:]
