"""What the verifier reports: which entry, what happened to it, and between which heads."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from editorial.models import Claim, Event
from editorial.workflow.ops.audit_heads import head_files, ledgers, signer
from editorial.workflow.ops.audit_heads.head_files import HeadFolder
from tests.support.cast import Room
from tests.workflow.ops.audit_heads import tamperings
from tests.workflow.ops.audit_heads.conftest import Sign, faults


@pytest.fixture
def claim(parallel: Room, sign: Sign, heads: HeadFolder) -> Claim:
    """A claim whose record is signed: two heads, three events."""
    claim = parallel.claim("The gate was open.")
    sign(parallel.now)
    parallel.says(parallel.person("Ann Lee"), claim)
    parallel.settle()
    sign(parallel.later(hours=1))
    return claim


def _execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _verify(**options: Any) -> str:
    said = io.StringIO()
    call_command("verify_audit_log", stdout=said, stderr=said, **options)
    return said.getvalue()


def test_an_untouched_record_is_intact(claim: Claim) -> None:
    said = _verify()
    assert "The audit log is intact" in said
    assert "that head 2" in said


def test_a_row_that_is_not_what_its_history_says_is_named_with_its_columns(
    claim: Claim, heads: HeadFolder, superuser: None
) -> None:
    with tamperings.undone():
        _execute("UPDATE editorial_claim SET text = 'No.', risk = 'serious' WHERE id = %s", claim.pk)
        (fault,) = faults(heads)
    assert f"Claim {claim.pk} differs from its last history entry" in fault
    assert "in: risk, text." in fault or "in: text, risk." in fault
    assert "No." not in fault, "no content"


def test_a_changed_history_entry_is_named(claim: Claim, heads: HeadFolder, superuser: None) -> None:
    with tamperings.undone():
        _execute("UPDATE editorial_claimevent SET text = 'No.' WHERE pgh_label = 'insert'")
        found = faults(heads)
    assert any(
        "in the history of claim" in fault
        and "was changed. Supposedly recorded between the beginning and head 1" in fault
        for fault in found
    )


def test_a_chain_that_was_hashed_again_is_named(claim: Claim, heads: HeadFolder, superuser: None) -> None:
    with tamperings.undone():
        event = Event.objects.get(stream=f"claim:{claim.pk}", number=1)
        _execute("UPDATE editorial_event SET action = 'claim.drop' WHERE id = %s", event.pk)
        tamperings._rehash(event.stream)
        (fault,) = faults(heads)
    assert fault.startswith(f"Event 1 of claim:{claim.pk} (claim.drop,")
    assert "was changed" in fault


def test_entries_that_are_missing_at_the_end_are_counted(claim: Claim, heads: HeadFolder, superuser: None) -> None:
    with tamperings.undone():
        stream = Event.objects.latest("position", "id").stream
        _execute("DELETE FROM editorial_event WHERE stream = %s", stream)
        assert any("missing" in fault for fault in faults(heads))


def test_without_the_stored_entries_the_ledger_is_named(claim: Claim, heads: HeadFolder, superuser: None) -> None:
    (heads.path / "entries/editorial_claimevent").unlink()
    with tamperings.undone():
        _execute("UPDATE editorial_claimevent SET text = 'No.'")
        assert any("editorial_claimevent does not contain what was signed" in fault for fault in faults(heads))


def _edited(heads: HeadFolder, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    path = heads.path / f"head-{number:08}.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_an_edited_head_is_found(claim: Claim, heads: HeadFolder) -> None:
    _edited(heads, 1, lambda head: head["ledgers"]["editorial_event"].update(size=0))
    assert "Head 1: its signature is not by the given key." in faults(heads)


def test_a_head_signed_with_another_key_is_found(claim: Claim, heads: HeadFolder) -> None:
    head = heads.read(2).sign(Ed25519PrivateKey.generate())
    (heads.path / "head-00000002.json").write_text(head.to_json())
    assert "Head 2: its signature is not by the given key." in faults(heads)


def test_a_missing_head_is_found(claim: Claim, heads: HeadFolder) -> None:
    (heads.path / "head-00000001.json").unlink()
    assert any("Head 1 is missing" in fault for fault in faults(heads))
    assert "Head 2: the heads before it are missing." in faults(heads)


def test_a_head_replaced_by_one_with_the_same_key_is_found(claim: Claim, heads: HeadFolder, settings: Settings) -> None:
    key = head_files.load_private_key(settings.AUDIT_SIGNING_KEY)
    head = heads.read(2)
    forged = head_files.Head(
        number=2, signed_at=head.signed_at, previous=head.previous, position=head.position, ledgers=head.ledgers,
        starts_over="nothing to see",
    ).sign(key)  # fmt: skip
    (heads.path / "head-00000002.json").write_text(forged.to_json())
    assert "Head 2: the database knows another head of this number." in faults(heads)


def test_starting_over_is_shown_permanently(claim: Claim, parallel: Room, heads: HeadFolder, sign: Sign) -> None:
    signer.sign(now=parallel.later(hours=1), start_over="restored from Friday's backup")
    sign(parallel.later(hours=1))
    assert "starts over: restored from Friday's backup." in _verify()


def test_a_copy_is_verified_with_a_key_that_was_kept_elsewhere(
    claim: Claim, heads: HeadFolder, settings: Settings, tmp_path: Path
) -> None:
    printed = io.StringIO()
    call_command("audit_key", stdout=printed)
    copy = heads.path.rename(tmp_path / "copy")
    settings.AUDIT_SIGNING_KEY = ""
    assert "that head 2" in _verify(heads=copy, public_key=[printed.getvalue().strip()])
    with pytest.raises(CommandError, match="is broken"):
        _verify(heads=copy, public_key=[head_files.public_key_text(Ed25519PrivateKey.generate().public_key())])
    with pytest.raises(CommandError, match="32 bytes"):
        _verify(heads=copy, public_key=["nonsense"])


def test_the_command_names_the_faults_and_fails(claim: Claim, superuser: None) -> None:
    with tamperings.undone():
        _execute("UPDATE editorial_claim SET text = 'No.'")
        said = io.StringIO()
        with pytest.raises(CommandError, match=r"The audit log is broken\. Faults: 1"):
            call_command("verify_audit_log", stdout=said, stderr=said)
        assert f"Claim {claim.pk} differs from its last history entry" in said.getvalue()


def test_without_heads_the_command_says_what_it_cannot_see(parallel: Room, heads: HeadFolder) -> None:
    parallel.claim()
    assert "There are no signed heads" in _verify()


def test_a_lost_folder_is_noted_after_starting_over(
    claim: Claim, parallel: Room, heads: HeadFolder, sign: Sign
) -> None:
    for path in heads.path.glob("head-*"):
        path.unlink()
    assert any("Head 1 is missing" in fault for fault in faults(heads))
    signer.sign(now=parallel.now, start_over="the disk was lost")
    sign(parallel.later(hours=1))
    said = _verify()
    assert "starts over: the disk was lost." in said
    assert "Head 1 is missing" in said


def test_a_column_that_a_migration_adds_does_not_disturb_earlier_heads(
    claim: Claim, heads: HeadFolder, superuser: None
) -> None:
    with tamperings.undone():
        _execute("ALTER TABLE editorial_claimevent ADD COLUMN colour text DEFAULT 'red'")
        assert faults(heads) == []


def test_a_column_or_table_that_the_heads_cover_and_the_product_has_lost_is_named(
    claim: Claim, heads: HeadFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [ledger for ledger in ledgers.all_ledgers() if ledger.table != "editorial_claimevent"]
    columns = ledgers.Ledger.columns
    monkeypatch.setattr(ledgers, "all_ledgers", lambda: kept)
    monkeypatch.setattr(
        ledgers.Ledger, "columns", lambda self: tuple(name for name in columns(self) if name != "quote")
    )
    found = faults(heads)
    assert any(fault.startswith("editorial_claimevent no longer has") for fault in found)
    assert any(fault.startswith("editorial_statementevent no longer has quote") for fault in found)
