"""Encrypted data: which keys it needs, rotation to the current key, and verification of every value.

Nothing here returns or logs a plaintext. A process can only rotate and verify purposes whose keys it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Value

from editorial.models import Event, IdentityRecord, SecondFactor, Source, WebhookEndpoint, encryption
from editorial.models.encryption import EncryptedField, InvalidCiphertext, KeyUnavailable, Purpose
from editorial.policy.actions import Action
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.evidence.confidentiality import vault

_RESTORE = "Restore this row from a backup."
_RENEW = {
    Purpose.IDENTITY: f"{_RESTORE} If there is none, protect the source again.",
    Purpose.SECOND_FACTOR: "Find out who changed it. Remove the second factor, so that its owner sets it up again.",
    Purpose.WEBHOOK: "Find out who changed it. Disable the webhook or remove the chat channel, and add it again.",
    Purpose.RESPONSE: "Find out who changed it. The row is deleted when it expires.",
    Purpose.MAIL: f"Find out who changed it. {_RESTORE}",
}
_BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class EncryptionFinding:
    """A fault of encrypted data: the row, what is wrong with it, and what to do. Never its content."""

    row: str
    fault: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.row} {self.fault}. {self.remedy}"


def rows_to_rotate(field: EncryptedField) -> list[UUID]:
    """The ids of the rows whose value is not under the current key. Raises KeyUnavailable if there is none."""
    current = encryption.provider(field.purpose).current_key_id()
    return [row_id for row_id, key_id in _key_ids(field) if key_id != current]


@atomic_action
def rotate(*, field: EncryptedField, row_id: UUID, from_fernet: bool, now: datetime) -> bool:
    """Wrap a value's data key with the current key; return False if the row is gone. A system action without an event.

    The content stays encrypted, unless it has the format of an earlier version. Raises Conflict if no key opens it.
    """
    row = field.model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=row_id).first()
    if row is None or getattr(row, field.name) is None:
        return False
    if not (from_fernet and encryption.convert_fernet(row, field.name)):
        encryption.rewrap(row, field.name)
    row.save(update_fields=[field.name])
    return True


def keys_in_use() -> dict[str, Counter[str]]:
    """Setting → id of a key → number of values that need it. Needs no key itself."""
    usage: dict[str, Counter[str]] = {purpose.setting: Counter() for purpose in Purpose}
    for field in encryption.encrypted_fields():
        usage[field.purpose.setting].update(key_id for _, key_id in _key_ids(field) if key_id)
    return usage


def verify() -> Iterator[EncryptionFinding]:
    """Decrypt every value, and compare it with what the database says about it elsewhere."""
    for field in encryption.encrypted_fields():
        for row in _rows(field).iterator(chunk_size=_BATCH_SIZE):
            yield from _verify_value(row, field)
    yield from _unprotected_sources()
    yield from _deleted_rows()


def _verify_value(row: models.Model, field: EncryptedField) -> Iterator[EncryptionFinding]:
    name = f"{row._meta.verbose_name} {row.pk}"
    try:
        text = encryption.decrypt(row, field.name)
    except KeyUnavailable as error:
        yield EncryptionFinding(name, f"cannot be verified ({field.name})", str(error))
    except InvalidCiphertext as error:
        yield EncryptionFinding(name, f"is not what was stored: {field.name} {error.fault}", _RENEW[field.purpose])
    else:
        if isinstance(row, IdentityRecord):
            yield from _verify_token(row, text, name)


def _verify_token(record: IdentityRecord, text: str, name: str) -> Iterator[EncryptionFinding]:
    try:
        token = vault.parse(text).token()
    except KeyUnavailable as error:
        yield EncryptionFinding(name, "cannot be compared with its identity token", str(error))
        return
    if token != record.token:
        fault = "has an identity token that does not belong to its identity"
        yield EncryptionFinding(name, fault, f"Was IDENTITY_KEY changed? Put the old one back. Otherwise: {_RESTORE}")
    if record.replaced_at is None and not Source.objects.filter(pk=record.source_id, key=token).exists():
        yield EncryptionFinding(f"source {record.source_id}", "has a token that does not match its identity", _RESTORE)


def _unprotected_sources() -> Iterator[EncryptionFinding]:
    """Unnamed sources that have or had an identity token, but no identity: nothing ever deletes one."""
    history = apps.get_model("editorial", "SourceEvent").objects.filter(pgh_obj_id=OuterRef("pk")).exclude(key="")
    lost = Source.objects.filter(Exists(history) | ~models.Q(key=""), unnamed=True, identities=None)
    for source in lost.order_by("pk").values_list("pk", flat=True):
        yield EncryptionFinding(f"source {source}", "has lost its identity in the vault", _RENEW[Purpose.IDENTITY])


def _deleted_rows() -> Iterator[EncryptionFinding]:
    """Missing second factors and webhooks that the audit log knows and whose removal it does not record."""
    for model, removal, purpose in (
        (SecondFactor, Action.SECOND_FACTOR_REMOVE, Purpose.SECOND_FACTOR),
        (WebhookEndpoint, None, Purpose.WEBHOOK),
    ):
        prefix = f"{model._meta.model_name}:"
        streams = Event.objects.filter(stream__startswith=prefix)
        known = set(streams.values_list("stream", flat=True))
        known -= set(streams.filter(action=removal).values_list("stream", flat=True)) if removal else set()
        known -= {f"{prefix}{key}" for key in model._default_manager.values_list("pk", flat=True)}
        for stream in sorted(known):
            name = f"{model._meta.verbose_name} {stream.removeprefix(prefix)}"
            yield EncryptionFinding(name, "is missing, but its removal is not in the audit log", _RENEW[purpose])


def _rows(field: EncryptedField) -> models.QuerySet[Any]:
    return field.model._default_manager.exclude(**{f"{field.name}__isnull": True}).order_by("pk")


def _key_ids(field: EncryptedField) -> Iterator[tuple[UUID, str]]:
    """The id of each row, and of the key that its value needs. Only headers are read, as responses can be long."""
    header = Func(
        F(field.name), Value(1), Value(encryption.HEADER_BYTES), function="substring", output_field=models.BinaryField()
    )
    rows = _rows(field).annotate(header=header).values_list("pk", "header")
    for row_id, beginning in rows.iterator(chunk_size=_BATCH_SIZE):
        yield row_id, encryption.key_id(bytes(beginning))
