"""Imports: begun at once, looked at while they are under way, and refused in words."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from editorial.models import Claim, Desk, Import, User
from tests.api.conftest import ApiClient, ApiResponse, ClientFactory
from tests.support.cast import Room

SHEET = "text;risk\r\nThe gate was open.;serious\r\n;serious\r\n\r\nThe “sluice” broke.;routine\r\n".encode("cp1252")


def upload(caller: ApiClient, desk: Desk, content: bytes = SHEET, **form: Any) -> ApiResponse:
    file = SimpleUploadedFile("from_mia_mole.csv", content)
    return ApiResponse(
        caller.client.post("/api/v1/imports", {"desk": desk.pk, "kind": "claims_sheet", "file": file} | form)
    )


def body(caller: ApiClient, content: bytes, query: str, **headers: str) -> ApiResponse:
    return caller.send("post", f"imports?{query}", content, "text/csv", headers=headers)


def process(room: Room) -> None:
    """Let a moment pass, and the work be done."""
    room.later(seconds=10)
    room.settle()


def test_a_sheet_is_accepted_and_each_row_is_reported(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller = calling(rosa)
    answer = upload(caller, room.desk)
    assert answer.status == 202, answer
    begun = answer.json
    assert (begun["state"], begun["row_count"], begun["processed"], begun["refused"]) == ("filing", 3, 1, 1)
    assert begun["read_as"] == "Windows-1252, semicolons"
    assert answer.response["Location"] == f"http://testserver/api/v1/imports/{begun['id']}"
    assert "mole" not in str(answer)
    process(room)
    ended = caller.get(f"imports/{begun['id']}").json
    assert (ended["state"], ended["processed"], ended["filed"], ended["refused"]) == ("done", 3, 2, 1)
    told = caller.get(ended["rows"]).json["results"]
    assert [(row["number"], row["state"]) for row in told] == [(2, "filed"), (3, "refused"), (5, "filed")]
    assert told[1]["reasons"][0] | {"text": ""} == {"code": "NO_TEXT", "field": "text", "text": ""}
    assert caller.get(f"claims/{told[0]['claim']}").json["text"] == "The gate was open."
    refused = caller.get("import-rows", batch=begun["id"], state="refused").json["results"]
    assert [row["number"] for row in refused] == [3]


def test_a_sheet_may_be_the_request_body(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller = calling(rosa)
    answer = body(caller, SHEET, f"desk={room.desk.pk}&dry_run=true")
    assert (answer.status, answer.json["dry_run"]) == (202, True), answer
    process(room)
    assert caller.get(f"imports/{answer.json['id']}").json["filed"] == 2
    assert not Claim.objects.exists()


def test_a_retry_under_its_key_is_one_import(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller = calling(rosa)
    first, again = (body(caller, SHEET, f"desk={room.desk.pk}", **{"Idempotency-Key": "one"}) for _ in range(2))
    assert first.json == again.json
    assert again.response["Idempotency-Replayed"] == "true"
    assert again.response["Location"] == first.response["Location"]
    other = body(caller, SHEET + b"And more.;\r\n", f"desk={room.desk.pk}", **{"Idempotency-Key": "one"})
    assert other.codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert Import.objects.count() == 1


def test_an_unreadable_sheet_is_refused_immediately(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller = calling(rosa)
    for content, code in (
        (b"", "EMPTY"),
        (b"PK\x03\x04 a workbook", "NOT_CSV"),
        (b"\xff\xfea", "UNKNOWN_ENCODING"),
        (b"text\x00", "UNKNOWN_ENCODING"),
        (b"headline\nThe gate\n", "UNKNOWN_COLUMN"),
        (b"risk\nserious\n", "NO_TEXT_COLUMN"),
        (b"text,claim\na,b\n", "COLUMN_TWICE"),
        (b"text\n", "NO_LINES"),
        (b'text\n"The gate\n', "BROKEN_LINE"),
    ):
        answer = upload(caller, room.desk, content)
        assert (answer.status, answer.codes) == (422, [code]), content
        assert answer.json["errors"][0]["pointer"] == "#/file"
    assert caller.post("imports", desk=str(room.desk.pk), kind="page", url="https://a.example/", txt="x").status == 422
    assert caller.post("imports", desk=str(room.desk.pk), kind="feed", url="https://localhost/").codes == [
        "URL_NOT_ALLOWED"
    ]


def test_too_large_an_import_is_refused_with_a_reason(
    calling: ClientFactory, rosa: User, room: Room, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 100
    caller = calling(rosa)
    assert upload(caller, room.desk, b"text\n" + b"x" * 200).codes == ["TOO_LARGE"]
    assert body(caller, b"text\n" + b"x" * 200, f"desk={room.desk.pk}").status == 413


def test_imports_of_another_desk_are_not_found(calling: ClientFactory, rosa: User, carl: User, room: Room) -> None:
    begun = upload(calling(rosa), room.desk).json
    caller = calling(carl)
    assert caller.get(f"imports/{begun['id']}").status == 404
    assert caller.get("imports").json["results"] == []
    assert caller.get("import-rows", batch=begun["id"]).json["results"] == []
    assert caller.post(f"imports/{begun['id']}/cancel").status == 404
    assert upload(caller, room.desk).status == 403


def test_imports_are_filtered_and_cancelled_once(calling: ClientFactory, rosa: User, ruben: User, room: Room) -> None:
    sheet = upload(calling(rosa), room.desk).json["id"]
    page = calling(ruben).post(
        "imports", desk=str(room.desk.pk), kind="page", url="https://gazette.example/1", text="The gate.\n\nOpen."
    )
    assert page.status == 202, page
    caller = calling(rosa)
    for query, expected in (
        ({"mine": "true"}, [sheet]),
        ({"kind": "page"}, [page.json["id"]]),
        ({"state": "filing", "order": "oldest"}, [sheet, page.json["id"]]),
        ({"state": "done"}, []),
    ):
        assert [one["id"] for one in caller.get("imports", **query).json["results"]] == expected, query
    stopped = caller.post(f"imports/{sheet}/cancel")
    assert (stopped.status, stopped.json["state"]) == (200, "stopped")
    assert caller.post(f"imports/{sheet}/cancel").codes == ["ALREADY_ENDED"]


def test_a_draft_shows_its_wire_item(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller = calling(rosa)
    item = {"uri": "urn:1", "headlines": [{"value": "Gate open"}], "infosources": [{"name": "Wire"}]}
    answer = caller.post("imports", desk=str(room.desk.pk), kind="ninjs", items=item)
    process(room)
    row = caller.get(caller.get(f"imports/{answer.json['id']}").json["rows"]).json["results"][0]
    original = caller.get(f"stories/{row['story']}").json["wire_item"]
    assert (original["uri"], original["changed_at"]) == ("urn:1", None)
    assert caller.get(f"sources/{original['outlet']}").json["name"] == "Wire"
    assert b"Gate open" in caller.client.get(f"/api/v1/exhibits/{original['exhibit']}/content").content
    assert caller.get(f"stories/{room.story().pk}").json["wire_item"] is None
