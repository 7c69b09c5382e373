"""Tampering with encrypted data by plain SQL, as somebody does who owns the database and no key."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Model

from editorial.models import IdempotencyRecord, IdentityRecord, SecondFactor, Source, User, WebhookEndpoint
from editorial.models.encryption import EncryptedField, encrypted_fields
from editorial.workflow.core import idempotency
from editorial.workflow.core.idempotency import StoredResponse
from editorial.workflow.ops import webhooks
from editorial.workflow.people import second_factors
from editorial.workflow.review import replies
from tests.support import incoming_mail
from tests.support.cast import Room


def create_encrypted_rows(room: Room, city: UUID) -> None:
    """Rows with every kind of encrypted value: two desks, several users, a webhook with two secrets."""
    people = room.people
    for number, (name, desk, by) in enumerate(
        (("Jo Roe", room.desk.pk, "rosa"), ("Ann Ode", room.desk.pk, "rosa"), ("Zoë Fenn", city, "carl"))
    ):
        room.person(f"keeper {number}", unnamed=True, identity_name=name, identity_known_by="1970", desk_id=desk, by=by)
    room.person("a hermit", unnamed=True)  # an unnamed source without an identity
    for name in ("edith", "cuno", "ada"):
        second_factors.enroll(actor=people[name], now=room.now)
    for number in range(3):
        endpoint, _ = webhooks.add(
            desk_id=room.desk.pk, url=f"https://1.1.1.1/{number}", actor=people["ada"], now=room.now
        )
    webhooks.rotate(endpoint_id=endpoint.pk, actor=people["ada"], now=room.now)
    party = room.person("Lida Fenn")
    for number in range(3):
        put = {"to_id": party.pk, "covers": [room.claim(f"Gate {number} was open.").pk], "question": "Was it?"}
        incoming_mail.receive(room, replies.send(**put, actor=people["rosa"], now=room.now))
    for number in range(3):
        idempotency.run_once(
            key=f"k{number}",
            fingerprint="f",
            actor=people["rosa"],
            now=room.now,
            handler=lambda: StoredResponse(201, "{}"),
        )


@dataclass(frozen=True)
class Tampering:
    """What was done, and the id that a report of it has to name."""

    description: str
    row: UUID


def tamper(luck: random.Random) -> Tampering:
    """Do one thing to one row."""
    return luck.choice(_KINDS)(luck)


def _value(luck: random.Random, *excluded: UUID) -> tuple[EncryptedField, UUID, bytes]:
    """A random encrypted value."""
    values = [
        (field, row_id, bytes(value))
        for field in encrypted_fields()
        for row_id, value in field.model._default_manager.values_list("pk", field.name)
        if value is not None and row_id not in excluded
    ]
    return luck.choice(sorted(values, key=lambda item: (item[0].name, item[1])))


def write(field: EncryptedField, row: UUID, value: bytes | None) -> None:
    """Overwrite a value."""
    _execute(f'UPDATE "{field.model._meta.db_table}" SET "{field.column}" = %s WHERE id = %s', value, row)  # noqa: S608


def swap_values(luck: random.Random) -> Tampering:
    """Two values of one column."""
    field, row, value = _value(luck)
    others = field.model._default_manager.exclude(pk=row).exclude(**{field.name: None})
    other = luck.choice(list(others.order_by("pk"))) if others else None
    if other is None:
        return swap_values(luck)
    write(field, row, bytes(getattr(other, field.name)))
    write(field, other.pk, value)
    return Tampering(f"{field} swapped", row)


def copy_value(luck: random.Random) -> Tampering:
    """From any column to any other row or column."""
    field, row, _ = _value(luck)
    _, _, foreign = _value(luck, row)
    write(field, row, foreign)
    return Tampering(f"{field} copied", row)


def copy_field(luck: random.Random) -> Tampering:
    """A webhook's secret, presented as its previous one."""
    endpoint = luck.choice(list(WebhookEndpoint.objects.order_by("pk")))
    _execute("UPDATE editorial_webhookendpoint SET previous_secret = encrypted_secret WHERE id = %s", endpoint.pk)
    return Tampering("field copied", endpoint.pk)


def cut(luck: random.Random) -> Tampering:
    """Any length, down to nothing."""
    field, row, value = _value(luck)
    write(field, row, value[: luck.randrange(len(value))])
    return Tampering(f"{field} cut", row)


def flip_bit(luck: random.Random) -> Tampering:
    """Anywhere: version, key id, wrapped key, nonce, ciphertext."""
    field, row, value = _value(luck)
    position = luck.choice((luck.randrange(len(value)), luck.randrange(100)))
    changed = bytearray(value)
    changed[position] ^= 1 << luck.randrange(8)
    write(field, row, bytes(changed))
    return Tampering(f"{field} bit of byte {position}", row)


def append_bytes(luck: random.Random) -> Tampering:
    """More than was stored."""
    field, row, value = _value(luck)
    write(field, row, value + luck.randbytes(luck.randint(1, 40)))
    return Tampering(f"{field} extended", row)


def replace_value(luck: random.Random) -> Tampering:
    """By noise, by a name in clear, or by the format of an earlier version."""
    field, row, value = _value(luck)
    write(field, row, luck.choice((os.urandom(len(value)), b'["Jo Roe", "1970"]', b"gAAAAABlZm9y" + value)))
    return Tampering(f"{field} replaced", row)


def exchange_header(luck: random.Random) -> Tampering:
    """The wrapped key of another value."""
    field, row, value = _value(luck)
    _, _, foreign = _value(luck, row)
    end = 2 + 8 + 2 + int.from_bytes(value[10:12], "big")
    write(field, row, foreign[:end] + value[end:])
    return Tampering(f"{field} header exchanged", row)


def change_owner(luck: random.Random) -> Tampering:
    """The value stays where it is, and its row is somebody else's."""
    model, column, values = luck.choice(
        (
            (IdentityRecord, "source_id", Source.objects.filter(identities=None)),
            (SecondFactor, "user_id", User.objects.filter(second_factor=None)),
            (IdempotencyRecord, "user_id", User.objects.exclude(username="rosa")),
        )
    )
    row = _row(luck, model)
    other = luck.choice(list(values.order_by("pk")))
    _execute(f'UPDATE "{model._meta.db_table}" SET {column} = %s WHERE id = %s', other.pk, row)  # noqa: S608
    return Tampering(f"{model.__name__}.{column} changed", row)


def move_identity(record: IdentityRecord, *, to: Source) -> None:
    """An identity is put under another source."""
    _execute("UPDATE editorial_identityrecord SET source_id = %s WHERE id = %s", to.pk, record.pk)


def change_bound_column(luck: random.Random) -> Tampering:
    """What else a value is bound to."""
    model, change = luck.choice(
        (
            (WebhookEndpoint, "url = url || '/other'"),
            (IdempotencyRecord, "fingerprint = 'g'"),
            (IdempotencyRecord, "status = 200"),
            (IdempotencyRecord, "key = key || 'x'"),
        )
    )
    row = _row(luck, model)
    _execute(f'UPDATE "{model._meta.db_table}" SET {change} WHERE id = %s', row)  # noqa: S608
    return Tampering(f"{model.__name__} {change}", row)


def change_token(luck: random.Random) -> Tampering:
    """The identity record's token, the source's, or both: two people become one."""
    record, other = luck.sample(list(IdentityRecord.objects.order_by("pk")), 2)
    kind = luck.choice(("record", "source", "both"))
    if kind != "source":
        _execute("UPDATE editorial_identityrecord SET token = %s WHERE id = %s", other.token, record.pk)
    if kind != "record":
        _execute("UPDATE editorial_source SET key = %s WHERE id = %s", other.token, record.source_id)
    return Tampering(f"token of {kind}", record.source_id if kind == "source" else record.pk)


def delete_row(luck: random.Random) -> Tampering:
    """An identity, with or without its token; a second factor; a webhook."""
    model = luck.choice((IdentityRecord, SecondFactor, WebhookEndpoint))
    row = _row(luck, model)
    named = row
    if model is IdentityRecord:
        named = IdentityRecord.objects.get(pk=row).source_id
        if luck.random() < 0.5:
            _execute("UPDATE editorial_source SET key = '' WHERE id = %s", named)
    _execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', row)  # noqa: S608
    return Tampering(f"{model.__name__} deleted", named)


_KINDS: tuple[Callable[[random.Random], Tampering], ...] = (
    swap_values,
    copy_value,
    copy_field,
    cut,
    flip_bit,
    append_bytes,
    replace_value,
    exchange_header,
    change_owner,
    change_bound_column,
    change_token,
    delete_row,
)


def _row(luck: random.Random, model: type[Model]) -> UUID:
    row: UUID = luck.choice(list(model._default_manager.order_by("pk").values_list("pk", flat=True)))
    return row


def _execute(statement: str, *values: object) -> None:
    """As somebody does who may switch off the trigger that protects the vault."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE editorial_identityrecord DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        tampered = cursor.rowcount
        cursor.execute("ALTER TABLE editorial_identityrecord ENABLE TRIGGER USER")
        assert tampered == 1, "nothing was tampered with: the test proves nothing"


def encrypted_values() -> Iterator[tuple[str, UUID, bytes]]:
    """Every encrypted value: its column, its row, itself."""
    for field in encrypted_fields():
        for row_id, value in field.model._default_manager.values_list("pk", field.name):
            if value is not None:
                yield str(field), row_id, bytes(value)
