"""Encrypted data: tampering is detected, and keys rotate."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from editorial.models import IdentityRecord, SecondFactor, Source, WebhookEndpoint, encryption
from editorial.workflow.core.errors import Conflict
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.ops import encrypted_data
from tests.support import tampering
from tests.support.cast import assert_refused, rolled_back
from tests.support.keys import new_key
from tests.support.live import deployment_environment, wait_until
from tests.support.servers import ROOT

pytestmark = pytest.mark.exhaustive

SETTINGS = [purpose.setting for purpose in encryption.Purpose]


@pytest.fixture
def stored(room, city):
    """A newsroom with encrypted values of every kind."""
    tampering.create_encrypted_rows(room, city.pk)
    return room


def faults():
    return [str(finding) for finding in encrypted_data.verify()]


def run(command, *arguments):
    """What a command prints, on both streams."""
    output = io.StringIO()
    call_command(command, *arguments, stdout=output, stderr=output)
    return output.getvalue()


def run_and_fail(command, *arguments):
    output = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command(command, *arguments, stdout=output, stderr=output)
    return f"{output.getvalue()}{failed.value}"


def assert_not_revealed(room, source_id, code):
    source = Source.objects.get(pk=source_id)
    room.approve_unmask(source)
    with assert_refused(Conflict, code):
        unmasking.unmask(source_id=source.pk, actor=room.people["cuno"], now=room.now)


def identity_records():
    """Jo's, Ann's, and Zoë's, who belongs to another desk."""
    return list(IdentityRecord.objects.order_by("pk"))


def identity_field():
    return IdentityRecord._meta.get_field("encrypted_identity")


def test_untouched_data_is_intact(stored):
    assert faults() == []
    assert run("verify_encryption") == "Encrypted data is intact: 16 values.\n"


def test_random_tampering_is_found(stored):
    find_tamperings(40, seed=20310304)


def test_every_one_of_two_hundred_tamperings_is_found(stored):
    find_tamperings(200, seed=time.time_ns())


def find_tamperings(count, *, seed):
    unnoticed = []
    for number in range(count):
        with rolled_back():
            done = tampering.tamper(random.Random(f"{seed} {number}"))  # noqa: S311
            if not any(str(done.row) in fault for fault in faults()):
                unnoticed.append(done)
    assert unnoticed == [], f"seed {seed}"
    assert faults() == []


@pytest.mark.parametrize("kind", tampering._KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_tampering_is_found_and_shows_nothing(stored, kind):
    before = list(tampering.encrypted_values())
    done = kind(random.Random(7))  # noqa: S311
    reported = run_and_fail("verify_encryption")
    assert str(done.row) in reported
    for secret in ("Roe", "Ode", "Fenn", "1970", *keys_of(django_settings)):
        assert secret not in reported
    for _, _, value in before:
        assert value[-16:].hex() not in reported


def keys_of(configured):
    return [key for setting in SETTINGS for key in getattr(configured, setting)] + [configured.IDENTITY_KEY]


def test_swapped_names_are_shown_under_neither_source(stored, cuno):
    jo, ann, _ = identity_records()
    tampering.write(identity_field(), jo.pk, bytes(ann.encrypted_identity))
    tampering.write(identity_field(), ann.pk, bytes(jo.encrypted_identity))
    for record in (jo, ann):
        assert_not_revealed(stored, record.source_id, "CIPHERTEXT_INVALID")


def test_a_name_copied_to_another_desk_is_not_shown_there(stored, cuno):
    jo, _, zoe = identity_records()
    tampering.write(identity_field(), jo.pk, bytes(zoe.encrypted_identity))
    assert_not_revealed(stored, jo.source_id, "CIPHERTEXT_INVALID")


def test_an_identity_record_moved_to_another_source_is_not_shown(stored, cuno):
    jo = identity_records()[0]
    hermit = Source.objects.get(name="a hermit")
    tampering.move_identity(jo, to=hermit)
    assert_not_revealed(stored, hermit.pk, "CIPHERTEXT_INVALID")


def test_a_changed_identity_key_is_found(stored, settings):
    settings.IDENTITY_KEY = new_key()
    found = faults()
    assert len([fault for fault in found if "does not belong to its identity" in fault]) == 3
    assert all("IDENTITY_KEY" in fault for fault in found if "identity record" in fault)


@pytest.mark.parametrize("setting", SETTINGS)
def test_values_whose_key_is_missing_are_named_with_the_setting(stored, settings, setting):
    setattr(settings, setting, [])
    assert f"This process has no {setting}" in run_and_fail("verify_encryption")


def test_a_purpose_has_its_own_key(stored, settings):
    """With the keys of three purposes, nothing of the fourth can be decrypted."""
    kept = {setting: getattr(settings, setting) for setting in SETTINGS}
    for missing in SETTINGS:
        for setting in SETTINGS:
            others = [key for other in SETTINGS if other != missing for key in kept[other]]
            setattr(settings, setting, others if setting == missing else kept[setting])
        models = {fault.split(" 0")[0] for fault in faults()}
        assert models == {
            {
                "VAULT_KEYS": "identity record",
                "SECOND_FACTOR_KEYS": "second factor",
                "WEBHOOK_KEYS": "webhook endpoint",
                "RESPONSE_KEYS": "idempotency record",
                "MAIL_KEYS": "answer received by email",
            }[missing]
        }


def add_new_keys(settings):
    """Put a new key before the present one, for every purpose."""
    for setting in SETTINGS:
        setattr(settings, setting, [new_key(), *getattr(settings, setting)])


def test_rotation_moves_every_value_and_decrypts_no_content(stored, settings, cuno):
    add_new_keys(settings)
    before = {(field, row): value for field, row, value in tampering.encrypted_values()}
    printed = run("rotate_keys")
    for field, row, value in tampering.encrypted_values():
        assert value != before[field, row]
        assert value[-500:] == before[field, row][-500:] or len(value) < 500, "the content was encrypted again"
    for setting in SETTINGS:
        assert f"{encryption.fingerprint(setting, getattr(settings, setting)[1])} is no longer needed" in printed
        setattr(settings, setting, getattr(settings, setting)[:1])
    assert faults() == []
    jo = identity_records()[0]
    assert stored.reveal(Source.objects.get(pk=jo.source_id)).name == "Jo Roe"


def test_rotation_that_was_interrupted_is_continued(stored, settings):
    add_new_keys(settings)
    rows = encrypted_data.rows_to_rotate(identity_field())
    assert len(rows) == 3
    encrypted_data.rotate(field=identity_field(), row_id=rows[0], from_fernet=False, now=stored.now)
    assert faults() == [], "half of it is rotated, and all of it is readable"
    moved = bytes(IdentityRecord.objects.get(pk=rows[0]).encrypted_identity)
    assert "identity record, encrypted_identity: 2 of 2 moved" in run("rotate_keys")
    assert bytes(IdentityRecord.objects.get(pk=rows[0]).encrypted_identity) == moved
    assert "identity record, encrypted_identity: 0 of 0 moved" in run("rotate_keys")


def test_a_key_is_not_said_to_be_free_while_a_value_needs_it(stored, settings):
    add_new_keys(settings)
    older = encryption.fingerprint("VAULT_KEYS", settings.VAULT_KEYS[1])
    assert f"VAULT_KEYS: the older key {older} is still needed by 3 values" in run("rotate_keys", "--check")


def test_a_key_removed_too_early_is_reported_and_nothing_is_lost(stored, settings):
    removed, settings.VAULT_KEYS = settings.VAULT_KEYS, [new_key()]
    older = encryption.fingerprint("VAULT_KEYS", removed[0])
    printed = run_and_fail("rotate_keys")
    assert f"VAULT_KEYS lacks the key {older}, which 3 values need. Add it back." in printed
    assert "does not hold the key" in printed
    settings.VAULT_KEYS = [*settings.VAULT_KEYS, *removed]
    assert "3 of 3 moved" in run("rotate_keys")
    assert faults() == []


def test_a_process_rotates_the_purposes_whose_keys_it_has(stored, settings):
    add_new_keys(settings)
    settings.VAULT_KEYS = []
    printed = run("rotate_keys")
    assert "identity record, encrypted_identity: skipped. This process has no VAULT_KEYS" in printed
    assert "second factor, encrypted_secret: 3 of 3 moved" in printed


def test_a_damaged_value_stays_as_it_is_in_rotation(stored, settings):
    jo, ann, _ = identity_records()
    tampering.write(identity_field(), jo.pk, bytes(ann.encrypted_identity))
    add_new_keys(settings)
    printed = run_and_fail("rotate_keys")
    assert f"identity record {jo.pk}: The encrypted value was altered" in printed
    assert "2 of 3 moved" in printed
    assert bytes(IdentityRecord.objects.get(pk=jo.pk).encrypted_identity) == bytes(ann.encrypted_identity)


def store_as_earlier_version(settings, row, name):
    """Encrypt a value as versions did that knew no envelope: with Fernet, bound to nothing."""
    text = encryption.decrypt(row, name)
    value = Fernet(settings.VAULT_KEYS[0]).encrypt(text.encode())
    tampering.write(row._meta.get_field(name), row.pk, value)
    return value


def test_values_of_an_earlier_version_are_converted_once(stored, settings, cuno):
    jo = identity_records()[0]
    store_as_earlier_version(settings, jo, "encrypted_identity")
    store_as_earlier_version(settings, SecondFactor.objects.earliest("pk"), "encrypted_secret")
    store_as_earlier_version(settings, WebhookEndpoint.objects.earliest("pk"), "encrypted_secret")
    with pytest.raises(Conflict, match="rotate_keys --from-fernet"):
        stored.reveal(Source.objects.get(pk=jo.source_id))
    assert "rotate_keys --from-fernet" in run_and_fail("rotate_keys")
    assert "identity record, encrypted_identity: 1 of 1 moved" in run("rotate_keys", "--from-fernet")
    assert faults() == []
    assert stored.reveal(Source.objects.get(pk=jo.source_id)).name == "Jo Roe"


def test_an_earlier_value_planted_in_another_row_is_never_decrypted_in_service(stored, settings, cuno):
    jo, ann, _ = identity_records()
    planted = store_as_earlier_version(settings, jo, "encrypted_identity")
    tampering.write(identity_field(), ann.pk, planted)
    assert_not_revealed(stored, ann.source_id, "CIPHERTEXT_INVALID")


@pytest.mark.slow
@pytest.mark.servers
def test_a_rotation_that_is_killed_leaves_every_value_readable(parallel, city, settings, data_folder):
    settings.VAULT_KEYS, settings.MATCHING_PER_PERSON, settings.MATCHING_PER_DESK = [new_key()], 1000, 1000
    settings.MATCHING_ALERT = 1000
    for number in range(150):
        parallel.person(f"keeper {number}", unnamed=True, identity_name="Jo Roe", identity_known_by=str(number))
    settings.VAULT_KEYS = [new_key(), *settings.VAULT_KEYS]
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
    )
    command = [sys.executable, "manage.py", "rotate_keys"]
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    wait_until(lambda: len(encrypted_data.rows_to_rotate(identity_field())) < 145)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    left = len(encrypted_data.rows_to_rotate(identity_field()))
    assert 0 < left < 150, "it was not killed in the middle: the test proves nothing"
    assert faults() == []
    assert f"{left} of {left} moved" in run("rotate_keys")
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    assert faults() == []
