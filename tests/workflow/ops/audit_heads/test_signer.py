"""Heads are signed in sequence, cover what is committed, and continue only what they match."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections, transaction
from pytest_django import Settings

from editorial.models import AuditHead, Event
from editorial.workflow.ops import audit_heads
from editorial.workflow.ops.audit_heads import head_files, ledgers, signer
from editorial.workflow.ops.audit_heads.head_files import Head, HeadFolder
from tests.support.cast import Room, run_concurrently
from tests.workflow.ops.audit_heads.conftest import Sign, faults, newest


def _size(files: HeadFolder, table: str = "editorial_event") -> int:
    head = files.latest()
    assert head is not None
    return head.ledgers[table].size


def test_each_head_names_the_one_before_and_covers_what_was_added(
    parallel: Room, sign: Sign, heads: HeadFolder
) -> None:
    parallel.claim()
    first = sign(parallel.now)
    parallel.claim("It rained.")
    second = sign(parallel.later(hours=1))
    assert (first.number, second.number) == (1, 2)
    assert second.previous == first.digest() == AuditHead.objects.get(number=1).digest
    assert first.ledgers["editorial_event"].size < _size(heads) == Event.objects.count()
    assert _size(heads, "editorial_claimevent") == 2
    assert first.is_signed_by(head_files.load_private_key(django_settings.AUDIT_SIGNING_KEY).public_key())
    assert faults(heads) == []


def test_a_head_costs_only_what_is_new(
    parallel: Room, sign: Sign, monkeypatch: pytest.MonkeyPatch, heads: HeadFolder
) -> None:
    parallel.claim()
    sign(parallel.now)
    read: list[str] = []
    entries = ledgers.Ledger.entries
    monkeypatch.setattr(
        ledgers.Ledger,
        "entries",
        lambda self, *columns, **window: (read.append(self.table) or row for row in entries(self, *columns, **window)),
    )
    sign(parallel.later(hours=1))
    assert read == []


def test_without_the_stored_frontiers_the_trees_are_computed_again(
    parallel: Room, sign: Sign, heads: HeadFolder
) -> None:
    parallel.claim()
    sign(parallel.now)
    (heads.path / "frontiers.json").write_text('{"editorial_event": ["00"]}')
    parallel.claim("It rained.")
    sign(parallel.later(hours=1))
    assert faults(heads) == []


def test_a_transaction_in_flight_holds_back_what_comes_after_it(parallel: Room, sign: Sign, heads: HeadFolder) -> None:
    parallel.claim()
    sign(parallel.now)
    before = _size(heads)

    with transaction.atomic():
        parallel.claim("Slow.")
        head = _by_another_connection(lambda: signer.sign(now=parallel.later(hours=1)))
        assert head is not None
        assert head.ledgers["editorial_event"].size == before
    sign(parallel.later(hours=1))
    assert _size(heads) == Event.objects.count() > before
    assert faults(heads) == []


def test_two_workers_sign_one_head_between_them(parallel: Room, heads: HeadFolder) -> None:
    parallel.claim()
    outcomes = run_concurrently(*[lambda: signer.sign(now=parallel.now)] * 4)
    signed = [outcome for outcome in outcomes if outcome is not None]
    assert not [outcome for outcome in signed if isinstance(outcome, Exception)]
    assert heads.numbers() == list(range(1, len(signed) + 1))
    assert faults(heads) == []


def test_a_head_is_due_once_an_hour(parallel: Room, heads: HeadFolder, settings: Settings) -> None:
    audit_heads.sign_due(now=parallel.now)
    audit_heads.sign_due(now=parallel.now + timedelta(minutes=59))
    assert heads.numbers() == [1]
    audit_heads.sign_due(now=parallel.now + timedelta(minutes=60))
    assert heads.numbers() == [1, 2]
    settings.AUDIT_SIGNING_KEY = ""
    audit_heads.sign_due(now=parallel.now + timedelta(days=1))
    assert heads.numbers() == [1, 2]


def test_a_head_that_was_written_but_not_recorded_is_recorded_by_the_next(
    parallel: Room, sign: Sign, heads: HeadFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(signer, "record", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sign(parallel.now)
    assert not AuditHead.objects.exists()
    sign(parallel.later(hours=1))
    assert list(AuditHead.objects.values_list("number", flat=True)) == [1, 2]
    assert faults(heads) == []


def test_lost_heads_are_not_replaced_silently(parallel: Room, sign: Sign, heads: HeadFolder) -> None:
    sign(parallel.now)
    for path in heads.path.glob("head-*"):
        path.unlink()
    with pytest.raises(signer.CannotSign, match="contains no heads"):
        sign(parallel.now)


def test_a_database_older_than_its_heads_is_continued_only_for_a_reason(
    parallel: Room, sign: Sign, heads: HeadFolder
) -> None:
    sign(parallel.now)
    sign(parallel.later(hours=1))
    with transaction.atomic(), connection.cursor() as cursor:  # as a restored backup
        cursor.execute("ALTER TABLE editorial_audithead DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM editorial_audithead")
        cursor.execute("ALTER TABLE editorial_audithead ENABLE TRIGGER USER")
    with pytest.raises(signer.CannotSign, match="but the newest in the database is"):
        signer.sign(now=parallel.now)
    head = signer.sign(now=parallel.later(hours=1), start_over="restored from Friday's backup")
    assert head is not None
    assert head.number == 3
    assert faults(heads) == []


def test_a_changed_entry_is_not_signed_over_when_the_trees_are_computed_again(
    parallel: Room, sign: Sign, heads: HeadFolder, superuser: None
) -> None:
    parallel.claim()
    sign(parallel.now)
    (heads.path / "frontiers.json").unlink()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE editorial_claimevent SET text = 'Never.'")
    with pytest.raises(signer.CannotSign, match="editorial_claimevent differs from head 1"):
        sign(parallel.now)


def test_the_folder_and_the_heads_are_private(parallel: Room, sign: Sign, heads: HeadFolder) -> None:
    sign(parallel.now)
    assert heads.path.stat().st_mode & 0o777 == 0o700
    head = json.loads((heads.path / "head-00000001.json").read_text())
    assert head["signature"]


def test_a_full_or_read_only_disk_is_logged_and_tried_again(
    parallel: Room, heads: HeadFolder, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings.AUDIT_HEADS = tmp_path / "file"
    audit_heads.sign_due(now=parallel.now)
    assert not AuditHead.objects.exists()
    settings.AUDIT_HEADS = heads.path
    audit_heads.sign_due(now=parallel.now)
    assert newest().number == 1


def test_the_record_of_heads_is_not_rewritten(parallel: Room, sign: Sign) -> None:
    sign(parallel.now)
    with pytest.raises(Exception, match="Cannot update"):
        AuditHead.objects.update(digest="0" * 64)
    with pytest.raises(Exception, match="Cannot delete"):
        AuditHead.objects.all()._raw_delete("default")


def _by_another_connection(call: Callable[[], Head | None]) -> Head | None:
    """Call it while this test's own transaction is open."""
    outcome = []

    def run() -> None:
        try:
            outcome.append(call())
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=120)
    return outcome[0]
