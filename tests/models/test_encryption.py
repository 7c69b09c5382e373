"""Envelope encryption: bound to its place, of fixed size, under keys that live elsewhere, and silent in its errors."""

from __future__ import annotations

import copy
import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db.models import BinaryField
from uuid_utils.compat import uuid7

from editorial.models import ChatChannel, IdempotencyRecord, IdentityRecord, SecondFactor, WebhookEndpoint, encryption
from editorial.models.encryption import (
    EncryptedField,
    InvalidCiphertext,
    KeyUnavailable,
    Purpose,
    WrappedKey,
    encrypted_fields,
    envelope,
    keys,
)
from tests.support.keys import new_key

CANARY = "Zephyrine Quillfeather"


@pytest.fixture(autouse=True)
def own_keys(settings):
    """Keys of this test, so that it may change them."""
    for purpose in Purpose:
        setattr(settings, purpose.setting, [new_key()])
    settings.KEY_PROVIDERS = dict.fromkeys(Purpose, "")


@pytest.fixture
def record():
    """An identity record that was never saved: its id is known all the same."""
    record = IdentityRecord(source_id=uuid7(), token="t")
    encryption.encrypt(record, "encrypted_identity", CANARY)
    return record


def value_of(record):
    return bytes(record.encrypted_identity)


def test_a_value_is_decrypted_in_its_place(record):
    assert encryption.decrypt(record, "encrypted_identity") == CANARY
    assert CANARY.encode() not in value_of(record)


def test_every_column_of_bytes_is_encrypted():
    """A new one is either encrypted or named here with a reason."""
    columns = {str(field) for field in encrypted_fields()}
    assert columns == {
        "editorial.ChatChannel.encrypted_url",
        "editorial.EmailedComment.text_encrypted",
        "editorial.IdentityRecord.encrypted_identity",
        "editorial.IdempotencyRecord.response_encrypted",
        "editorial.ReceivedAnswer.message_encrypted",
        "editorial.SecondFactor.encrypted_secret",
        "editorial.WebhookEndpoint.encrypted_secret",
        "editorial.WebhookEndpoint.previous_secret",
    }
    binary = {
        str(field)
        for model in apps.get_app_config("editorial").get_models()
        for field in model._meta.local_fields
        if isinstance(field, BinaryField)
    }
    assert binary == columns


@pytest.mark.parametrize(
    ("model", "name", "changes"),
    [
        (IdentityRecord, "encrypted_identity", {"id": uuid7(), "source_id": uuid7()}),
        (SecondFactor, "encrypted_secret", {"id": uuid7(), "user_id": uuid7()}),
        (WebhookEndpoint, "encrypted_secret", {"id": uuid7(), "desk_id": uuid7(), "url": "https://elsewhere.example"}),
        (ChatChannel, "encrypted_url", {"id": uuid7(), "user_id": uuid7(), "desk_id": uuid7()}),
        (IdempotencyRecord, "response_encrypted", {
            "id": uuid7(), "user_id": uuid7(), "key": "other", "fingerprint": "other", "status": 299,
        }),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_a_value_is_bound_to_its_row_and_owner(model, name, changes):
    row = model()
    encryption.encrypt(row, name, CANARY)
    for column, value in changes.items():
        moved = copy.copy(row)
        setattr(moved, column, value)
        with pytest.raises(InvalidCiphertext, match="another row, field or owner"):
            encryption.decrypt(moved, name)
    assert set(changes) == {"id", *model._meta.get_field(name).binds}


def test_a_value_is_bound_to_its_field():
    endpoint = WebhookEndpoint(url="https://hooks.example")
    encryption.encrypt(endpoint, "encrypted_secret", "whsec_1")
    endpoint.previous_secret = endpoint.encrypted_secret
    with pytest.raises(InvalidCiphertext):
        encryption.decrypt(endpoint, "previous_secret")


def test_a_value_is_bound_to_its_purpose(settings, record):
    """Even if an operator gave two purposes the same key."""
    shared = [new_key()]
    settings.VAULT_KEYS = settings.WEBHOOK_KEYS = shared
    encryption.encrypt(record, "encrypted_identity", CANARY)
    field = IdentityRecord._meta.get_field("encrypted_identity")
    context = {**field.context(record), "purpose": "webhook"}
    with pytest.raises(InvalidCiphertext):
        envelope.decrypt(value_of(record), keys=keys.SettingsKeys(Purpose.IDENTITY), context=context)


def test_no_bit_of_a_value_can_be_changed(record):
    value = value_of(record)
    for position in [*range(120), *range(120, len(value), 97), len(value) - 1]:
        changed = bytearray(value)
        changed[position] ^= 1
        record.encrypted_identity = bytes(changed)
        with pytest.raises((InvalidCiphertext, KeyUnavailable)):
            encryption.decrypt(record, "encrypted_identity")


def test_no_part_of_a_value_can_be_cut_off(record):
    value = value_of(record)
    for length in [*range(130), len(value) - 1]:
        record.encrypted_identity = value[:length]
        with pytest.raises(InvalidCiphertext):
            encryption.decrypt(record, "encrypted_identity")


def test_equal_texts_are_encrypted_differently_under_different_data_keys(record):
    before = value_of(record)
    encryption.encrypt(record, "encrypted_identity", CANARY)
    first, second = (envelope.Envelope.from_bytes(value) for value in (before, value_of(record)))
    assert first.wrapped_key.key_id == second.wrapped_key.key_id
    assert first.wrapped_key.ciphertext != second.wrapped_key.ciphertext
    assert first.nonce != second.nonce
    assert first.ciphertext != second.ciphertext


@pytest.mark.parametrize("field", list(encrypted_fields()), ids=str)
def test_the_size_of_a_value_is_one_of_few(field: EncryptedField):
    row = field.model()
    sizes = set()
    for length in (0, 1, field.padded_to // 2, field.padded_to - 4, field.padded_to - 3, field.padded_to * 3):
        encryption.encrypt(row, field.name, "x" * length)
        assert encryption.decrypt(row, field.name) == "x" * length
        sizes.add(len(getattr(row, field.name)))
    assert len(sizes) == 3


def test_older_keys_decrypt_and_the_newest_encrypts(settings, record):
    old, new = settings.VAULT_KEYS[0], new_key()
    settings.VAULT_KEYS = [new, old]
    assert encryption.decrypt(record, "encrypted_identity") == CANARY
    encryption.rewrap(record, "encrypted_identity")
    settings.VAULT_KEYS = [new]
    assert encryption.decrypt(record, "encrypted_identity") == CANARY
    assert encryption.key_id(value_of(record)) == encryption.fingerprint("VAULT_KEYS", new)


def test_a_missing_key_is_named_by_its_id_and_setting(settings, record):
    needed = encryption.key_id(value_of(record))
    settings.VAULT_KEYS = [new_key()]
    with pytest.raises(KeyUnavailable, match=f"VAULT_KEYS does not hold the key {needed} that"):
        encryption.decrypt(record, "encrypted_identity")
    settings.VAULT_KEYS = []
    with pytest.raises(KeyUnavailable, match="This process has no VAULT_KEYS"):
        encryption.encrypt(record, "encrypted_identity", CANARY)


def test_a_key_id_written_by_an_attacker_is_not_shown(record):
    value = bytearray(value_of(record))
    value[2:10] = b"\x1b[2Jgone"
    record.encrypted_identity = bytes(value)
    assert encryption.key_id(bytes(value)) == ""
    with pytest.raises(KeyUnavailable, match="VAULT_KEYS does not hold the key that encrypted this value"):
        encryption.decrypt(record, "encrypted_identity")


class VaultServer:
    """A key provider of an operator's: keys with ids of its own, and a context that it checks."""

    KEYS = {"arn:vault/1": AESGCM(bytes(range(32))), "arn:vault/2": AESGCM(bytes(range(1, 33)))}
    current = "arn:vault/1"

    def __init__(self, purpose):
        assert purpose is Purpose.IDENTITY

    def current_key_id(self):
        return self.current

    def wrap(self, data_key, context):
        wrapped = self.KEYS[self.current].encrypt(b"n" * 12, data_key, repr(sorted(context.items())).encode())
        return WrappedKey(self.current, wrapped)

    def unwrap(self, wrapped, context):
        return self.KEYS[wrapped.key_id].decrypt(b"n" * 12, wrapped.ciphertext, repr(sorted(context.items())).encode())


class FailingServer(VaultServer):
    """One whose errors quote what it was asked for."""

    def wrap(self, data_key, context):
        raise ConnectionError(f"cannot wrap {data_key.hex()}")

    def unwrap(self, wrapped, context):
        raise ConnectionError(f"cannot unwrap {wrapped.ciphertext.hex()}")


@pytest.fixture
def vault_server(settings):
    """The provider in the settings; settings hold no key."""
    settings.VAULT_KEYS = []
    settings.KEY_PROVIDERS = {Purpose.IDENTITY: f"{__name__}.VaultServer"}
    VaultServer.current = "arn:vault/1"


def test_an_operators_class_wraps_and_rotates(vault_server, record):
    encryption.encrypt(record, "encrypted_identity", CANARY)
    assert encryption.key_id(value_of(record)) == "arn:vault/1"
    VaultServer.current = "arn:vault/2"
    encryption.rewrap(record, "encrypted_identity")
    assert encryption.key_id(value_of(record)) == "arn:vault/2"
    assert encryption.decrypt(record, "encrypted_identity") == CANARY
    record.source_id = uuid7()
    with pytest.raises(KeyUnavailable, match="VAULT_KEY_PROVIDER failed with InvalidTag"):
        encryption.decrypt(record, "encrypted_identity")


@pytest.mark.parametrize("path", ["FailingServer", "MissingServer"])
def test_errors_of_an_operators_class_are_not_quoted(settings, record, path):
    settings.KEY_PROVIDERS = {Purpose.IDENTITY: f"{__name__}.{path}"}
    for operation in (
        lambda: encryption.encrypt(record, "encrypted_identity", CANARY),
        lambda: encryption.decrypt(record, "encrypted_identity"),
    ):
        with pytest.raises(
            KeyUnavailable, match=r"VAULT_KEY_PROVIDER failed with (ConnectionError|ImportError)"
        ) as raised:
            operation()
        assert "cannot" not in everything_about(raised.value)


def test_errors_and_reprs_show_no_key_text_or_ciphertext(settings, record):
    key = settings.VAULT_KEYS[0]
    value = value_of(record)
    shown = [repr(keys.SettingsKeys(Purpose.IDENTITY)), repr(encryption.provider(Purpose.IDENTITY)), repr(record)]
    wrapped = keys.SettingsKeys(Purpose.IDENTITY).wrap(b"d" * 32, {})
    shown += [repr(wrapped), str(wrapped)]
    for broken in (value[:-1], value[:5], b"", b"gAAAAAB" + value, value[:60] + b"!" + value[61:], CANARY.encode()):
        record.encrypted_identity = broken
        with pytest.raises(InvalidCiphertext) as raised:
            encryption.decrypt(record, "encrypted_identity")
        shown.append(everything_about(raised.value))
    record.encrypted_identity = value
    for configured in ([new_key()], ["short"], [key[:-1]]):
        settings.VAULT_KEYS = configured
        with pytest.raises(KeyUnavailable) as missing:
            encryption.decrypt(record, "encrypted_identity")
        shown.append(everything_about(missing.value))
    for text in shown:
        for secret in (CANARY, key, key[:-1], "short", value[-16:].hex(), repr(value[-16:])[2:-1], "d" * 32):
            assert secret not in text


def everything_about(error):
    """All that a log or an error page could show of it and of its causes."""
    chain = []
    while error is not None:
        chain += [str(error), repr(error), repr(vars(error)), *traceback.format_exception_only(error)]
        error = error.__cause__ or error.__context__
    return " ".join(chain)
