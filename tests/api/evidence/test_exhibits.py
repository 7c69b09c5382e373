"""Exhibits: archived copies, and fetching them without ever running them."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from editorial.models import Briefing, ClaimVisibility, Desk, Exhibit, User
from editorial.workflow.evidence import exhibits
from tests.api.conftest import ApiClient, ClientFactory
from tests.support.cast import Room

PDF = b"%PDF-1.7 the deed"


@pytest.fixture(autouse=True)
def _elsewhere(settings: Any, tmp_path: Any) -> None:
    """Store the files of a test in its own folder."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


def upload(client: ApiClient, **form: Any) -> Any:
    return client.client.post("/api/v1/exhibits", form)


def test_an_archived_file_is_downloaded_unchanged(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    client = client_for(rosa)
    response = upload(client, desk=politics.pk, title="Deed", file=SimpleUploadedFile("from_mia_mole.exe", PDF))
    assert response.status_code == 201, response.content
    exhibit = response.json()
    assert (exhibit["content_type"], exhibit["size"]) == ("application/pdf", len(PDF))
    assert exhibit["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert "mole" not in response.content.decode()
    fetched = client.client.get(exhibit["content"])
    assert b"".join(fetched.streaming_content) == PDF  # type: ignore[attr-defined]
    assert fetched["Content-Disposition"] == f'attachment; filename="{exhibit["sha256"]}.pdf"'
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in fetched["Content-Security-Policy"]
    assert "no-store" in fetched["Cache-Control"]
    fetched.close()


def test_pasted_markup_is_downloaded_as_text(client_for: ClientFactory, rosa: User, room: Room, politics: Desk) -> None:
    statement = room.says(room.person(), room.claim())
    exhibit = client_for(rosa).post(
        "exhibits",
        desk=str(politics.pk),
        title="Page",
        text="<script>alert('ä')</script>\r\n",
        url="https://ministry.example/17",
        statement=str(statement.pk),
    )
    assert exhibit.status == 201, exhibit
    fetched = client_for(rosa).client.get(f"/api/v1/exhibits/{exhibit.json['id']}/content")
    assert fetched.getvalue().decode() == "<script>alert('ä')</script>\r\n"
    assert fetched["Content-Type"] == "text/plain; charset=utf-8"
    assert fetched["Content-Disposition"].startswith("attachment")
    assert client_for(rosa).get(f"statements/{statement.pk}").json["exhibit"] == exhibit.json["id"]


def test_equal_files_are_stored_once(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    first, again = (
        client_for(rosa).post("exhibits", desk=str(politics.pk), title=title, text="As it was.") for title in "AB"
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
    client_for: ClientFactory, rosa: User, politics: Desk, form: dict[str, Any], code: str
) -> None:
    response = upload(client_for(rosa), desk=politics.pk, **form)
    assert response.status_code == 422, response.content
    assert [error["code"] for error in response.json()["errors"]] == [code]
    assert not Exhibit.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    client_for: ClientFactory, rosa: User, politics: Desk, settings: Any
) -> None:
    settings.EXHIBIT_MAX_BYTES = 100
    too_large = SimpleUploadedFile("a", b"%PDF-" + b"x" * 200)
    assert (
        upload(client_for(rosa), desk=politics.pk, title="T", file=too_large).json()["errors"][0]["code"] == "TOO_LARGE"
    )
    far_too_large = SimpleUploadedFile("a", b"%PDF-" + b"x" * 1_100_000)
    response = upload(client_for(rosa), desk=politics.pk, title="T", file=far_too_large)
    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")


def test_exhibits_of_another_desk_are_not_found(
    client_for: ClientFactory, rosa: User, carl: User, politics: Desk
) -> None:
    exhibit = client_for(rosa).post("exhibits", desk=str(politics.pk), title="T", text="As it was.").json
    client = client_for(carl)
    assert client.get(f"exhibits/{exhibit['id']}").status == 404
    assert client.get(f"exhibits/{exhibit['id']}/content").status == 404
    assert client.get("exhibits", sha256=exhibit["sha256"]).json["results"] == []
    assert client.post("exhibits", desk=str(politics.pk), title="T", text="Mine.").status == 403


def test_a_missing_file_is_reported(client_for: ClientFactory, rosa: User, politics: Desk, tmp_path: Any) -> None:
    exhibit = upload(client_for(rosa), desk=politics.pk, title="Deed", file=SimpleUploadedFile("a", PDF)).json()
    for stored in tmp_path.rglob("*.pdf"):
        stored.unlink()
    response = client_for(rosa).get(f"exhibits/{exhibit['id']}/content")
    assert (response.status, response.codes) == (404, ["FILE_MISSING"])


def test_another_desk_that_sees_a_statement_is_not_shown_its_copy_or_briefing(
    client_for: ClientFactory, rosa: User, carl: User, room: Room, city: Desk
) -> None:
    briefing = Briefing.objects.create(desk=room.desk, name="Noon call")
    claim = room.claim()
    statement = room.says(room.person(), claim, briefing=briefing.pk)
    exhibit = exhibits.attach(
        desk_id=room.desk.pk, title="Log", text="Open.", statement_id=statement.pk, actor=rosa, now=room.now
    )
    ClaimVisibility.objects.create(claim=claim, desk=city)
    for reader, ids in ((rosa, {str(exhibit.pk), str(briefing.pk)}), (carl, set())):
        client = client_for(reader)
        row = client.get(f"statements/{statement.pk}")
        assert {row.json["exhibit"], row.json["briefing"]} - {None} == ids
        listed = client.get("statements", claim=str(claim.pk)).json["results"]
        assert listed == [row.json]
        events = client.get("events", stream=f"statement:{statement.pk}").response.content.decode()
        assert (str(exhibit.pk) in events) == bool(ids)


class TestRanges:
    """An interrupted download of a recording continues where it stopped."""

    @pytest.mark.parametrize(
        ("asked", "first", "last"),
        [("bytes=0-3", 0, 3), ("bytes=5-", 5, None), ("bytes=-4", -4, None), ("bytes=2-999999999", 2, None)],
    )
    @pytest.mark.parametrize("kind", ["file", "text"])
    def test_a_range_of_the_bytes(
        self, client_for: ClientFactory, rosa: User, politics: Desk, kind: str, asked: str, first: int, last: int | None
    ) -> None:
        client = client_for(rosa)
        content = PDF if kind == "file" else "Ça va, she said.".encode()
        fields = {"file": SimpleUploadedFile("a", PDF)} if kind == "file" else {"text": content.decode()}
        exhibit = upload(client, desk=politics.pk, title="Deed", **fields).json()
        part = client.client.get(exhibit["content"], headers={"Range": asked})
        wanted = content[first:] if last is None else content[first : last + 1]
        assert (part.status_code, part.getvalue()) == (206, wanted)
        begin = content.index(wanted)
        assert part["Content-Range"] == f"bytes {begin}-{begin + len(wanted) - 1}/{len(content)}"
        assert part["Content-Length"] == str(len(wanted))
        assert part["ETag"] == f'"{exhibit["sha256"]}"'

    def test_a_request_without_a_single_valid_range_gets_the_whole_file(
        self, client_for: ClientFactory, rosa: User, politics: Desk
    ) -> None:
        client = client_for(rosa)
        exhibit = upload(client, desk=politics.pk, title="Deed", file=SimpleUploadedFile("a", PDF)).json()
        other = {"Range": "bytes=0-3", "If-Range": '"another"'}
        for headers in ({"Range": "bytes=0-1,4-5"}, {"Range": "lines=1-2"}, {"Range": "bytes=4-2"}, other):
            whole = client.client.get(exhibit["content"], headers=headers)
            assert (whole.status_code, whole.getvalue()) == (200, PDF), headers
            assert (whole["Accept-Ranges"], whole["Content-Length"]) == ("bytes", str(len(PDF)))
        same = {"Range": "bytes=0-3", "If-Range": f'"{exhibit["sha256"]}"'}
        assert client.client.get(exhibit["content"], headers=same).getvalue() == PDF[:4]

    def test_a_range_after_the_end_is_refused(self, client_for: ClientFactory, rosa: User, politics: Desk) -> None:
        client = client_for(rosa)
        exhibit = upload(client, desk=politics.pk, title="Deed", file=SimpleUploadedFile("a", PDF)).json()
        for asked in (f"bytes={len(PDF)}-", "bytes=-0"):
            refused = client.send("get", exhibit["content"].partition("/v1/")[2], None, headers={"Range": asked})
            assert (refused.status, refused.codes) == (416, ["RANGE_NOT_SATISFIABLE"])
