"""Encrypted columns, and the functions that read and write them.

The column declares what a value is bound to, so that nobody can forget a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models

from editorial.models.encryption import envelope
from editorial.models.encryption.errors import InvalidCiphertext, KeyUnavailable
from editorial.models.encryption.keys import Context, provider
from editorial.models.encryption.purposes import Purpose


class EncryptedField(models.BinaryField):
    """A column with one encrypted text.

    The text is bound to its table, row and column, and to the values of the columns in `binds`: it decrypts nowhere
    else, and not after one of those was changed. `padded_to` is the size in bytes that hides its length.
    """

    def __init__(self, *args: Any, purpose: Purpose, binds: tuple[str, ...], padded_to: int, **options: Any) -> None:
        super().__init__(*args, **{"editable": False} | options)
        self.purpose, self.binds, self.padded_to = purpose, binds, padded_to

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """For migrations it is a column of bytes: what it is bound to is not part of the schema."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", list(args), options

    def clone(self) -> Any:
        """The column as migrations know it."""
        _, _, args, options = self.deconstruct()
        return models.BinaryField(*args, **options)

    def context(self, row: models.Model) -> Context:
        """What the row's value is bound to."""
        return {
            "table": row._meta.db_table,
            "row": str(row.pk),
            "field": str(self.column),
            "purpose": self.purpose.value,
            **{name: str(getattr(row, name)) for name in self.binds},
        }


def encrypt(row: models.Model, name: str, text: str) -> None:
    """Encrypt a text into a field of the row, which already has its id and owner. Raises KeyUnavailable."""
    field = _field(row, name)
    value = envelope.encrypt(text, keys=provider(field.purpose), context=field.context(row), padded_to=field.padded_to)
    setattr(row, name, value)


def decrypt(row: models.Model, name: str) -> str:
    """Decrypt a field of the row. Raises KeyUnavailable or InvalidCiphertext."""
    field = _field(row, name)
    try:
        return envelope.decrypt(_value(row, name), keys=provider(field.purpose), context=field.context(row))
    except InvalidCiphertext as error:
        raise InvalidCiphertext(error.fault, row=f"{row._meta.model_name}:{row.pk}") from None


def rewrap(row: models.Model, name: str) -> None:
    """Wrap the data key of a field with the current key. Raises KeyUnavailable or InvalidCiphertext."""
    field = _field(row, name)
    value = envelope.rewrap(_value(row, name), keys=provider(field.purpose), context=field.context(row))
    setattr(row, name, value)


def convert_fernet(row: models.Model, name: str) -> bool:
    """Re-encrypt a value that an earlier version stored with Fernet under VAULT_KEYS; return whether it was one.

    Fernet binds nothing, so no other function reads it: otherwise an old value could be planted in any row.
    """
    value = _value(row, name)
    if not envelope.is_fernet(value):
        return False
    try:
        text = MultiFernet([Fernet(key) for key in settings.VAULT_KEYS]).decrypt(value).decode()
    except (InvalidToken, ValueError):
        raise KeyUnavailable("VAULT_KEYS does not hold the key that encrypted this value. Add it back.") from None
    encrypt(row, name, text)
    return True


def encrypted_fields() -> Iterator[EncryptedField]:
    """Every encrypted column."""
    for model in apps.get_app_config("editorial").get_models():
        yield from (field for field in model._meta.local_fields if isinstance(field, EncryptedField))


def _field(row: models.Model, name: str) -> EncryptedField:
    field = row._meta.get_field(name)
    if not isinstance(field, EncryptedField):
        raise TypeError(f"{field} is not encrypted.")
    return field


def _value(row: models.Model, name: str) -> bytes:
    return bytes(getattr(row, name) or b"")
