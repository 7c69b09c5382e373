"""Exhibits: archived copies, and fetching them without ever running them."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from editorial.models import Desk, Exhibit, User
from tests.api.conftest import ApiClient, ClientFactory
from tests.support.cast import Room

PDF = b"%PDF-1.7 the deed"


@pytest.fixture(autouse=True)
def _elsewhere(settings: Any, tmp_path: Any) -> None:
    """What tests archive goes when they do."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


def upload(caller: ApiClient, **form: Any) -> Any:
    return caller.client.post("/api/v1/exhibits", form)


def test_an_archived_file_is_downloaded_unchanged(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    caller = calling(rosa)
    kept = upload(caller, desk=politics.pk, title="Deed", file=SimpleUploadedFile("from_mia_mole.exe", PDF))
    assert kept.status_code == 201, kept.content
    exhibit = kept.json()
    assert (exhibit["content_type"], exhibit["size"]) == ("application/pdf", len(PDF))
    assert exhibit["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert "mole" not in kept.content.decode()
    fetched = caller.client.get(f"/api/v1/{exhibit['content']}")
    assert b"".join(fetched.streaming_content) == PDF  # type: ignore[attr-defined]
    assert fetched["Content-Disposition"] == f'attachment; filename="{exhibit["sha256"]}.pdf"'
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in fetched["Content-Security-Policy"]
    assert "no-store" in fetched["Cache-Control"]
    fetched.close()


def test_pasted_markup_is_downloaded_as_text(calling: ClientFactory, rosa: User, room: Room, politics: Desk) -> None:
    said = room.says(room.person(), room.claim())
    kept = calling(rosa).post(
        "exhibits",
        desk=str(politics.pk),
        title="Page",
        text="<script>alert('ä')</script>\r\n",
        url="https://ministry.example/17",
        statement=str(said.pk),
    )
    assert kept.status == 201, kept
    fetched = calling(rosa).client.get(f"/api/v1/exhibits/{kept.json['id']}/content")
    assert fetched.content.decode() == "<script>alert('ä')</script>\r\n"
    assert fetched["Content-Type"] == "text/plain; charset=utf-8"
    assert fetched["Content-Disposition"].startswith("attachment")
    assert calling(rosa).get(f"statements/{said.pk}").json["exhibit"] == kept.json["id"]


def test_equal_files_are_stored_once(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    first, again = (
        calling(rosa).post("exhibits", desk=str(politics.pk), title=title, text="As it was.") for title in "AB"
    )
    assert first.json == again.json
    assert Exhibit.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"title": "T"}, "TEXT_OR_FILE"),
        ({"title": "T", "text": "t", "file": SimpleUploadedFile("a", PDF)}, "TEXT_OR_FILE"),
        ({"title": "T", "file": SimpleUploadedFile("a", b"")}, "EMPTY"),
        ({"title": "T", "file": SimpleUploadedFile("a", b"MZ\x00\x01")}, "UNKNOWN_TYPE"),
        ({"title": "T", "text": "a\x00b"}, "NULL_CHARACTERS_NOT_ALLOWED"),
        ({"title": "T", "text": "t", "url": "javascript:alert(1)"}, "INVALID"),
        ({"title": "T", "file": "not a file"}, "INVALID"),
        ({"title": "", "text": "t"}, "BLANK"),
    ],
)
def test_an_invalid_file_is_refused(
    calling: ClientFactory, rosa: User, politics: Desk, form: dict[str, Any], code: str
) -> None:
    refused = upload(calling(rosa), desk=politics.pk, **form)
    assert refused.status_code == 422, refused.content
    assert [error["code"] for error in refused.json()["errors"]] == [code]
    assert not Exhibit.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    calling: ClientFactory, rosa: User, politics: Desk, settings: Any
) -> None:
    settings.EXHIBIT_MAX_BYTES = 100
    over = SimpleUploadedFile("a", b"%PDF-" + b"x" * 200)
    assert upload(calling(rosa), desk=politics.pk, title="T", file=over).json()["errors"][0]["code"] == "TOO_LARGE"
    far_over = SimpleUploadedFile("a", b"%PDF-" + b"x" * 1_100_000)
    refused = upload(calling(rosa), desk=politics.pk, title="T", file=far_over)
    assert (refused.status_code, refused["Content-Type"]) == (413, "application/problem+json")


def test_exhibits_of_another_desk_are_not_found(calling: ClientFactory, rosa: User, carl: User, politics: Desk) -> None:
    kept = calling(rosa).post("exhibits", desk=str(politics.pk), title="T", text="As it was.").json
    caller = calling(carl)
    assert caller.get(f"exhibits/{kept['id']}").status == 404
    assert caller.get(f"exhibits/{kept['id']}/content").status == 404
    assert caller.get("exhibits", sha256=kept["sha256"]).json["results"] == []
    assert caller.post("exhibits", desk=str(politics.pk), title="T", text="Mine.").status == 403


def test_a_missing_file_is_reported(calling: ClientFactory, rosa: User, politics: Desk, tmp_path: Any) -> None:
    kept = upload(calling(rosa), desk=politics.pk, title="Deed", file=SimpleUploadedFile("a", PDF)).json()
    for stored in tmp_path.rglob("*.pdf"):
        stored.unlink()
    answer = calling(rosa).get(f"exhibits/{kept['id']}/content")
    assert (answer.status, answer.codes) == (404, ["FILE_MISSING"])
