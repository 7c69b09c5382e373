"""Backups: created and restored with the commands an operator uses, their contents, and the reasons for refusal."""

from __future__ import annotations

import io
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from editorial.models import Delivery, Event, MessageKind, OutboxMessage, Source, encryption
from editorial.notifications import email_batches, notices
from editorial.workflow.evidence import claims, exhibits, sources
from newsroom import VERSION
from newsroom.backups import backup, manifests, pg_tools, storage
from newsroom.local.postgres import binary
from newsroom.processes import SECRETS
from tests.support.cast import Room
from tests.support.keys import new_key
from tests.support.live import deployment_environment
from tests.support.servers import ROOT, WORKER, database_url

CANARY = "Wilhelmina Canary"

pytestmark = pytest.mark.servers


@dataclass
class Deployment:
    """A database and a data folder that a backup can be put into."""

    data: Path
    database: str
    environment: dict[str, str] = field(default_factory=dict)

    def run_manage(self, *command: str, **limits: Callable[[], None]) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py there."""
        return subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            **limits,  # type: ignore[call-overload]
        )

    def query(self, question: str) -> list[tuple]:
        """The rows of a query on its database."""
        url = self.environment["DATABASE_URL"]
        with psycopg.connect(url) as connected:
            return connected.execute(question).fetchall()  # type: ignore[arg-type]


@pytest.fixture
def deployment(transactional_db: None, data_folder: Path) -> Deployment:
    """The newsroom of the test itself."""
    name = connection.settings_dict["NAME"]
    return Deployment(data_folder, name, deployment_environment(data_folder, database=name, redis=settings.REDIS_URL))


@pytest.fixture
def target(data_folder: Path, tmp_path: Path) -> Iterator[Deployment]:
    """An empty database on the same server, and an empty folder."""
    name, data = f"restored{WORKER}", tmp_path / "restored"
    # The superuser, because the application's sessions may still be open when the database goes.
    with psycopg.connect(database_url(data_folder, "postgres", role="postgres"), autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {} OWNER newsroom").format(sql.Identifier(name)))
        environment = deployment_environment(data_folder, database=name, redis=settings.REDIS_URL)
        yield Deployment(data, name, environment | {"NEWSROOM_DATA": str(data)})
        server.execute(drop)


@pytest.fixture
def populated(deployment: Deployment, room: Room) -> Deployment:
    """A deployment with a confidential source, an exhibit and a queued email."""
    keeper = sources.register(
        desk_id=room.desk.pk, type="person", name="a keeper", unnamed=True, identity_name=CANARY,
        identity_known_by="1970", actor=room.people["rosa"], now=room.now,
    )  # fmt: skip
    room.says(Source.objects.get(pk=keeper.pk), room.claim("The gate was open."))
    exhibits.attach(
        desk_id=room.desk.pk, title="The log book", file=io.BytesIO(b"%PDF-1.7 the gate"),
        actor=room.people["rosa"], now=room.now,
    )  # fmt: skip
    room.cleared(room.corroborated("The lamp was lit."))
    with transaction.atomic():  # as a job
        for message in OutboxMessage.objects.filter(kind=MessageKind.NOTIFY.value):
            notices.notify(event_id=message.reference, now=room.now)
        for person in room.people.values():
            email_batches.compose_all(user_id=person.pk, now=room.now)
    assert Delivery.objects.filter(settled_at=None).exists(), "nothing waits: the test proves nothing of it"
    return deployment


_MOMENTS = itertools.count()


def _backup(shelf: Path) -> Path:
    """A backup of the test's own newsroom, each of a second of its own."""
    path = backup.create_backup(shelf, now=timezone.now() + timedelta(seconds=next(_MOMENTS)))
    assert path.faults == []
    return path.folder


def _restore_error(deployment: Deployment, backup: Path) -> str:
    outcome = deployment.run_manage("restore", str(backup))
    assert outcome.returncode == 1
    assert "Traceback" not in outcome.stderr
    return outcome.stderr


def test_a_restored_backup_equals_the_original(populated: Deployment, target: Deployment, tmp_path: Path) -> None:
    backup = _backup(tmp_path / "shelf")
    outcome = target.run_manage("restore", str(backup))
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "Restored and verified" in outcome.stdout
    events_query = "SELECT stream, number, hash FROM editorial_event ORDER BY 1, 2"
    assert target.query(events_query) == populated.query(events_query)
    # A second check independent of the verification: back up the restored newsroom and compare the two backups.
    assert target.run_manage("backup", str(tmp_path / "again")).returncode == 0
    again = manifests.read_manifest(storage.list_backups(tmp_path / "again")[0])
    manifest = manifests.read_manifest(backup)
    assert (again.rows, again.shape, again.heads["digest"]) == (manifest.rows, manifest.shape, manifest.heads["digest"])
    assert [file for file in again.files if file.path.startswith("exhibits/")] == [
        file for file in manifest.files if file.path.startswith("exhibits/")
    ]


def test_a_restored_record_starts_over_in_a_head_of_its_own(
    populated: Deployment, target: Deployment, tmp_path: Path
) -> None:
    target.environment["AUDIT_SIGNING_KEY"] = settings.AUDIT_SIGNING_KEY
    backup = _backup(tmp_path)
    assert "Signed head 1, which starts over" in target.run_manage("restore", str(backup)).stdout
    verified = target.run_manage("verify_audit_log")
    assert verified.returncode == 0, verified.stderr
    assert f"starts over: restored from {backup.name}." in verified.stdout


def test_queued_emails_are_held_for_review(populated: Deployment, target: Deployment, tmp_path: Path) -> None:
    waiting = Delivery.objects.filter(settled_at=None).count()
    output = target.run_manage("restore", str(_backup(tmp_path))).stdout
    assert f"{waiting} pending emails and webhook deliveries are on hold" in output
    assert target.query("SELECT DISTINCT state FROM editorial_delivery WHERE settled_at IS NULL") == [("uncertain",)]
    assert target.query("SELECT DISTINCT state FROM editorial_outboxmessage WHERE kind = 'deliver'") == [("dead",)]


def test_a_stolen_backup_reveals_no_encrypted_name_and_grants_no_access(populated: Deployment, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO editorial_session (id, session_key, session_data, expire_date, signed_in_at, last_used_at, "
            "auth_hash, device) VALUES (gen_random_uuid(), 'the-key-of-a-session', 'x', now(), now(), now(), '', '')"
        )
    backup = _backup(tmp_path)
    dump = subprocess.run(  # noqa: S603
        [binary("pg_restore"), "--file=-", str(backup / manifests.DUMP_NAME)], capture_output=True, check=True
    ).stdout
    contents = [dump, *(path.read_bytes() for path in backup.rglob("*") if path.is_file())]
    assert b"a keeper" in dump, "the dump was not read: the test proves nothing"
    keys = [settings.IDENTITY_KEY, *settings.VAULT_KEYS, *settings.WEBHOOK_KEYS]
    for secret in (CANARY, "Canary", "the-key-of-a-session", *keys):
        assert not any(secret.encode() in content for content in contents)


def test_a_backup_is_readable_by_its_owner_only(populated: Deployment, tmp_path: Path) -> None:
    backup = _backup(tmp_path / "shelf")
    for path in [backup, *backup.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_newsroom_in_use_is_not_overwritten(populated: Deployment, tmp_path: Path) -> None:
    before = Event.objects.count()
    output = _restore_error(populated, _backup(tmp_path))
    assert "into an empty newsroom. Nothing was changed." in output
    assert Event.objects.count() == before


@pytest.mark.parametrize("file", [manifests.DUMP_NAME, manifests.CHAIN_HEADS_NAME, manifests.EXHIBITS_DIR])
def test_a_damaged_backup_is_refused(populated: Deployment, target: Deployment, tmp_path: Path, file: str) -> None:
    backup = _backup(tmp_path)
    path = backup / file if file != manifests.EXHIBITS_DIR else next((backup / file).rglob("*.pdf"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "was altered" in _restore_error(target, backup)
    assert target.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_backup_of_a_newer_newsroom_is_refused(populated: Deployment, target: Deployment, tmp_path: Path) -> None:
    backup = _backup(tmp_path)
    manifest = json.loads((backup / manifests.MANIFEST_NAME).read_text())
    manifest["migrations"].append("editorial.9999_from_the_future")
    (backup / manifests.MANIFEST_NAME).write_text(json.dumps(manifest))
    assert "editorial.9999_from_the_future is unknown to this version" in _restore_error(target, backup)


def test_lost_keys_are_named_by_their_fingerprints(populated: Deployment, target: Deployment, tmp_path: Path) -> None:
    backup = _backup(tmp_path)
    target.environment["VAULT_KEYS"] = new_key()
    output = _restore_error(target, backup)
    needed = manifests.read_manifest(backup).keys["VAULT_KEYS"]
    assert needed == [encryption.fingerprint("VAULT_KEYS", settings.VAULT_KEYS[0])]
    assert f"VAULT_KEYS does not hold the key {needed[0]} that" in output
    assert CANARY not in output


def test_a_backup_needs_no_key_and_names_those_of_the_database(populated: Deployment, tmp_path: Path) -> None:
    populated.environment.update(dict.fromkeys(SECRETS, ""))
    result = populated.run_manage("backup", str(tmp_path))
    assert result.returncode == 0, result.stderr
    keys = manifests.read_manifest(storage.list_backups(tmp_path)[0]).keys
    assert keys["VAULT_KEYS"] == [encryption.fingerprint("VAULT_KEYS", settings.VAULT_KEYS[0])]
    assert "IDENTITY_KEY" not in keys


def test_a_changed_identity_key_is_found_in_a_restore(
    populated: Deployment, target: Deployment, tmp_path: Path
) -> None:
    target.environment["IDENTITY_KEY"] = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz"
    output = _restore_error(target, _backup(tmp_path))
    assert "IDENTITY_KEY differs from that of the backup" in output
    assert "has an identity token that does not belong to its identity" in output


def test_a_missing_exhibit_is_named_and_no_older_backup_removed(populated: Deployment, tmp_path: Path) -> None:
    intact = _backup(tmp_path)
    archived = next(file for file in manifests.read_manifest(intact).files if file.path.endswith(".pdf"))
    (populated.data / archived.path).unlink()
    shutil.rmtree(intact / manifests.EXHIBITS_DIR)  # or it would be taken over from there
    outcome = populated.run_manage("backup", str(tmp_path), "--keep=1")
    assert outcome.returncode == 1
    assert "is recorded but its file is missing" in outcome.stderr
    assert len(storage.list_backups(tmp_path)) == 2


def test_an_exhibit_is_stored_once_for_all_backups(populated: Deployment, tmp_path: Path) -> None:
    first, second = _backup(tmp_path), _backup(tmp_path)
    first_file, other = (next(backup.rglob("*.pdf")).stat() for backup in (first, second))
    assert first != second
    assert first_file.st_ino == other.st_ino


def test_a_full_disk_leaves_no_half_backup(populated: Deployment, tmp_path: Path) -> None:
    most = 20_000  # bytes that a file may have

    def on_a_small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    outcome = populated.run_manage("backup", str(tmp_path), preexec_fn=on_a_small_disk)
    assert outcome.returncode == 1
    assert "Traceback" not in outcome.stderr
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".lock")] == []


def test_the_newest_backups_are_kept(tmp_path: Path) -> None:
    days = [tmp_path / f"newsroom-2031-03-0{day}T04-00-00Z" for day in range(1, 6)]
    for day in days:
        day.mkdir()
        (day / manifests.MANIFEST_NAME).touch()
    (tmp_path / "something else").mkdir()
    assert storage.prune(tmp_path, keep=2) == days[:3]
    assert {path.name for path in tmp_path.iterdir()} == {days[3].name, days[4].name, "something else"}


@pytest.mark.django_db(transaction=True)
def test_events_deleted_from_the_end_of_a_chain_are_detected(populated: Deployment, room: Room, tmp_path: Path) -> None:
    claim = room.claim("A claim with two events.")
    claims.revise(
        claim_id=claim.pk, expected_version=claim.version, text="Revised.", actor=room.people["rosa"], now=room.now
    )
    backup = _backup(tmp_path)
    call_command("verify_audit_log", against=backup, stdout=io.StringIO())
    last = Event.objects.filter(stream=f"claim:{claim.pk}").order_by("-number")[0]
    with connection.cursor() as cursor:  # as the owner of the database could
        cursor.execute("ALTER TABLE editorial_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM editorial_outboxmessage WHERE reference = %s", [str(last.pk)])
        cursor.execute("DELETE FROM editorial_event WHERE id = %s", [last.pk])
        cursor.execute("ALTER TABLE editorial_event ENABLE TRIGGER USER")
    call_command("verify_audit_log", stdout=io.StringIO())  # the hashes alone show nothing
    with pytest.raises(CommandError, match=r"is broken\. Faults: 1"):
        call_command("verify_audit_log", against=backup, stderr=io.StringIO())


def test_an_old_pg_dump_is_skipped(tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert pg_tools._find_binary("pg_dump") != str(old)
    assert pg_tools._version(str(old)) == 9


def test_exhibits_are_the_only_files_in_the_models() -> None:
    """Another one would have to go into backups too."""
    rows = [model for model in apps.get_models() if not hasattr(model, "pgh_tracked_model")]  # history names the same
    named = [field for model in rows for field in model._meta.local_fields]
    assert [str(field) for field in named if isinstance(field, models.FileField)] == ["editorial.Exhibit.file"]


def test_a_backup_records_the_version_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_names_of_backups_sort_by_time() -> None:
    assert storage.backup_name(timezone.now()) > "newsroom-2026"
