"""Exhibits: archived copies, identified by their content."""

from __future__ import annotations

import hashlib
import io

import pytest

from editorial.models import Exhibit, MessageKind
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed
from editorial.workflow.evidence import exhibits, statement_repairs
from tests.support.cast import assert_refused, count_pending_jobs, events


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def attach(room, **fields):
    fields = {"desk_id": room.desk.pk, "title": "The keeper's log"} | fields
    return exhibits.attach(**fields, actor=room.people["rosa"], now=room.now)


def test_pasted_text_is_stored_unchanged(room):
    text = "Opened at 9.\r\n  Shut at 5. – „ok“"
    exhibit = attach(room, text=text)
    assert exhibit.text == text
    assert exhibit.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (exhibit.size, exhibit.content_type) == (len(text.encode()), "text/plain")
    assert events(exhibit) == ["exhibit.attach"]


def test_the_type_of_a_file_follows_its_content_and_not_its_name(room):
    content = b"%PDF-1.7 the log"
    upload = io.BytesIO(content)
    upload.name = "from Jo Roe.exe"
    exhibit = attach(room, file=upload)
    assert exhibit.content_type == "application/pdf"
    assert exhibit.file.name.endswith(f"{hashlib.sha256(content).hexdigest()}.pdf")
    with exhibit.file.open("rb") as stored:
        assert stored.read() == content


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"PK\x03\x04", "application/zip"),
    ],
)
def test_the_type_of_a_file_follows_its_first_bytes(room, start, kind):
    assert attach(room, file=io.BytesIO(start)).content_type == kind


def test_an_invalid_exhibit_is_refused(room, settings):
    settings.EXHIBIT_MAX_BYTES = 1024 * 1024
    for fields, code in (
        ({}, "TEXT_OR_FILE"),
        ({"text": "Open.", "file": io.BytesIO(b"x")}, "TEXT_OR_FILE"),
        ({"file": io.BytesIO(b"")}, "EMPTY"),
        ({"file": io.BytesIO(b"MZ\x90\x00")}, "UNKNOWN_TYPE"),
        ({"file": io.BytesIO(b"x" * (1024 * 1024 + 1))}, "TOO_LARGE"),
        ({"text": "x" * (1024 * 1024 + 1)}, "TOO_LARGE"),
    ):
        with assert_refused(ValidationFailed, code):
            attach(room, **fields)
    assert not Exhibit.objects.exists()


def test_equal_files_are_stored_once_per_desk(room, city):
    first = attach(room, text="Open.")
    assert attach(room, text="Open.", title="Again") == first
    other = exhibits.attach(desk_id=city.pk, title="Ours", text="Open.", actor=room.people["carl"], now=room.now)
    assert other != first


def test_a_copy_is_attached_to_a_statement_once(room):
    claim = room.claim()
    statement = room.says(room.person(), claim)
    room.settle()
    exhibit = attach(room, text="Open.", statement_id=statement.pk)
    statement.refresh_from_db()
    assert statement.exhibit == exhibit
    assert events(statement) == ["statement.record", "statement.revise"]
    assert count_pending_jobs(MessageKind.ASSESS_CLAIM, claim) == 1
    attach(room, text="Open.", statement_id=statement.pk)
    with assert_refused(Conflict, "ARCHIVED"):
        attach(room, text="Shut.", statement_id=statement.pk)
    assert Exhibit.objects.count() == 1


def test_attaching_the_same_copy_again_changes_nothing(room):
    statement = room.says(room.person(), room.claim())
    for _ in range(2):
        attach(room, text="Open.", statement_id=statement.pk)
    assert events(statement) == ["statement.record", "statement.revise"]


def test_a_struck_statement_takes_no_copy(room, rosa):
    statement = room.says(room.person(), room.claim())
    statement_repairs.strike(statement_id=statement.pk, reason="Typed twice.", actor=rosa, now=room.now)
    with assert_refused(Conflict, "STRUCK"):
        attach(room, text="Open.", statement_id=statement.pk)
    assert not Exhibit.objects.exists()


def test_an_invisible_statement_takes_no_copy(room, city):
    statement = room.says(room.person(), room.claim())
    with assert_refused(NotFound, "NOT_FOUND"):
        exhibits.attach(
            desk_id=city.pk,
            title="Log",
            text="Open.",
            statement_id=statement.pk,
            actor=room.people["carl"],
            now=room.now,
        )
    assert not Exhibit.objects.exists()


def test_a_title_is_compared_with_the_sources_of_its_statement(room, city, hugo):
    """The exhibit may belong to another desk than the source."""
    identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
    statement = room.says(room.person("a keeper", unnamed=True, **identity), room.claim())
    with pytest.raises(ValidationFailed, match="the surname of a confidential source"):
        exhibits.attach(
            desk_id=city.pk, title="Payslip of Quillfeather", text="x", statement_id=statement.pk, actor=hugo,
            now=room.now,
        )  # fmt: skip
    assert not Exhibit.objects.exists()
