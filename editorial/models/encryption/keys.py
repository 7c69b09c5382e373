"""Key-encryption keys: from the settings, or from a class that the operator provides."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.module_loading import import_string

from editorial.models.encryption.errors import InvalidCiphertext, KeyUnavailable
from editorial.models.encryption.purposes import Purpose

Result = TypeVar("Result")

KEY_BYTES = 32
NONCE_BYTES = 12

FOREIGN = "was altered, or was encrypted for another row, field or owner"

Context = Mapping[str, str]
"""What a value is bound to: table, row, field, purpose, and the columns that give it its meaning. Not secret."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """An encrypted data key, and the id of the key that encrypted it (ASCII letters, digits, `.:/@_-`)."""

    key_id: str
    ciphertext: bytes = field(repr=False)


class KeyProvider(Protocol):
    """The key-encryption keys of one purpose. An operator's class is called with the purpose, once per process.

    Its methods must be safe to call from several threads. Errors that they raise are reported by their type only.
    """

    def current_key_id(self) -> str:
        """The id of the key that wraps now."""
        ...

    def wrap(self, data_key: bytes, context: Context) -> WrappedKey:
        """Encrypt a data key and bind it to the context."""
        ...

    def unwrap(self, wrapped: WrappedKey, context: Context) -> bytes:
        """Decrypt a data key. Raise KeyUnavailable without its key, InvalidCiphertext if it is altered or foreign."""
        ...


def provider(purpose: Purpose) -> KeyProvider:
    """The provider of a purpose's keys. Raises KeyUnavailable if this process has none."""
    path = settings.KEY_PROVIDERS.get(purpose)
    if not path:
        return SettingsKeys(purpose)
    if (path, purpose) not in _external:
        _external[path, purpose] = _ExternalKeys(purpose, path)
    return _external[path, purpose]


def fingerprint(setting: str, key: str) -> str:
    """Eight digits that identify a key and reveal nothing about it."""
    return hashlib.sha256(f"newsroom {setting} {key}".encode()).hexdigest()[:8]


def is_key_id(text: str) -> bool:
    """Whether a text read from the database looks like a key id and may be shown: an attacker may have written it."""
    return re.fullmatch(r"[\w.:/@-]{1,255}", text, re.ASCII) is not None


def encode(context: Context) -> bytes:
    """The context as associated data: the same bytes for the same content."""
    return json.dumps(dict(context), sort_keys=True, separators=(",", ":")).encode()


class SettingsKeys:
    """Keys in a setting, newest first: the first wraps, all unwrap."""

    def __init__(self, purpose: Purpose) -> None:
        self._setting = purpose.setting
        keys: list[str] = getattr(settings, self._setting)
        if not keys:
            raise KeyUnavailable(f"This process has no {self._setting}. Set it for this process, and restart it.")
        self._current = fingerprint(self._setting, keys[0])
        self._keys = {fingerprint(self._setting, key): self._parse(key) for key in keys}

    def current_key_id(self) -> str:
        """The fingerprint of the first key."""
        return self._current

    def wrap(self, data_key: bytes, context: Context) -> WrappedKey:
        """Encrypt with AES-256-GCM under the first key. Random nonces suffice for 2³² values per key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return WrappedKey(self._current, nonce + self._keys[self._current].encrypt(nonce, data_key, encode(context)))

    def unwrap(self, wrapped: WrappedKey, context: Context) -> bytes:
        """Decrypt with the key of that id."""
        key = self._keys.get(wrapped.key_id)
        if key is None:
            name = f"the key {wrapped.key_id}" if is_key_id(wrapped.key_id) else "the key"
            raise KeyUnavailable(f"{self._setting} does not hold {name} that encrypted this value. Add that key back.")
        nonce, ciphertext = wrapped.ciphertext[:NONCE_BYTES], wrapped.ciphertext[NONCE_BYTES:]
        try:
            return key.decrypt(nonce, ciphertext, encode(context))
        except (InvalidTag, ValueError):
            raise InvalidCiphertext(FOREIGN) from None

    def _parse(self, key: str) -> AESGCM:
        try:
            raw = base64.urlsafe_b64decode(key)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != KEY_BYTES:
            raise KeyUnavailable(
                f"{self._setting} holds a key that is not {KEY_BYTES} bytes in URL-safe base64. Correct it."
            )
        return AESGCM(raw)


class _ExternalKeys:
    """An operator's provider, whose errors are replaced: they might quote a key or a ciphertext."""

    def __init__(self, purpose: Purpose, path: str) -> None:
        self._purpose, self._path = purpose, path

    def current_key_id(self) -> str:
        return self._call(lambda: self._inner.current_key_id())

    def wrap(self, data_key: bytes, context: Context) -> WrappedKey:
        return self._call(lambda: self._inner.wrap(data_key, context))

    def unwrap(self, wrapped: WrappedKey, context: Context) -> bytes:
        return self._call(lambda: self._inner.unwrap(wrapped, context))

    @cached_property
    def _inner(self) -> KeyProvider:
        created: KeyProvider = import_string(self._path)(self._purpose)
        return created

    def _call(self, method: Callable[[], Result]) -> Result:
        try:
            return method()
        except InvalidCiphertext:
            error: Exception = InvalidCiphertext(FOREIGN)
        except Exception as cause:
            error = KeyUnavailable(
                f"The class in {self._purpose.provider_setting} failed with {type(cause).__name__}. See its own log."
            )
        raise error  # outside the handler, so that no traceback shows the cause


_external: dict[tuple[str, Purpose], _ExternalKeys] = {}
