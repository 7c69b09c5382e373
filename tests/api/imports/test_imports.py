"""Imports: started immediately, followed while they run, refused with reasons."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from editorial.models import Claim, Desk, Import, User
from tests.api.conftest import ApiClient, ApiResponse, ClientFactory
from tests.support.cast import Room

SHEET = "text;risk\r\nThe gate was open.;serious\r\n;serious\r\n\r\nThe “sluice” broke.;routine\r\n".encode("cp1252")


def upload(client: ApiClient, desk: Desk, content: bytes = SHEET, **form: Any) -> ApiResponse:
    file = SimpleUploadedFile("from_mia_mole.csv", content)
    return ApiResponse(
        client.client.post("/api/v1/imports", {"desk": desk.pk, "kind": "claims_sheet", "file": file} | form)
    )


def body(client: ApiClient, content: bytes, query: str, **headers: str) -> ApiResponse:
    return client.send("post", f"imports?{query}", content, "text/csv", headers=headers)


def process(room: Room) -> None:
    """Let the work be done, by the clock of the API."""
    room.now = timezone.now()
    room.settle()


def test_a_sheet_is_accepted_and_each_row_is_reported(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    response = upload(client, room.desk)
    assert response.status == 202, response
    batch = response.json
    assert (batch["state"], batch["row_count"], batch["processed"], batch["refused"]) == ("filing", 3, 1, 1)
    assert batch["read_as"] == "Windows-1252, semicolons"
    assert response.response["Location"] == f"http://testserver/api/v1/imports/{batch['id']}"
    assert "mole" not in str(response)
    process(room)
    ended = client.get(f"imports/{batch['id']}").json
    assert (ended["state"], ended["processed"], ended["filed"], ended["refused"]) == ("done", 3, 2, 1)
    rows = client.get(ended["rows"]).json["results"]
    assert [(row["number"], row["state"]) for row in rows] == [(2, "filed"), (3, "refused"), (5, "filed")]
    assert rows[1]["reasons"][0] | {"text": ""} == {"code": "NO_TEXT", "field": "text", "text": ""}
    assert client.get(f"claims/{rows[0]['claim']}").json["text"] == "The gate was open."
    refused_rows = client.get("import-rows", batch=batch["id"], state="refused").json["results"]
    assert [row["number"] for row in refused_rows] == [3]


def test_a_sheet_may_be_the_request_body(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    response = body(client, SHEET, f"desk={room.desk.pk}&dry_run=true")
    assert (response.status, response.json["dry_run"]) == (202, True), response
    process(room)
    assert client.get(f"imports/{response.json['id']}").json["filed"] == 2
    assert not Claim.objects.exists()


def test_a_retry_under_its_key_is_one_import(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    first, again = (body(client, SHEET, f"desk={room.desk.pk}", **{"Idempotency-Key": "one"}) for _ in range(2))
    assert first.json == again.json
    assert again.response["Idempotency-Replayed"] == "true"
    assert again.response["Location"] == first.response["Location"]
    other = body(client, SHEET + b"And more.;\r\n", f"desk={room.desk.pk}", **{"Idempotency-Key": "one"})
    assert other.codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert Import.objects.count() == 1


def test_an_unreadable_sheet_is_refused_immediately(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
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
        response = upload(client, room.desk, content)
        assert (response.status, response.codes) == (422, [code]), content
        assert response.json["errors"][0]["pointer"] == "#/file"
    assert client.post("imports", desk=str(room.desk.pk), kind="page", url="https://a.example/", txt="x").status == 422
    assert client.post("imports", desk=str(room.desk.pk), kind="feed", url="https://localhost/").codes == [
        "URL_NOT_ALLOWED"
    ]


def test_an_address_that_cannot_be_called_is_refused_with_a_reason(client_for: ClientFactory, room: Room) -> None:
    client = client_for(room.people["rosa"])
    for url in ("https://☃.net/", "https://ａ.com", "https://-é.com/"):
        response = client.post("imports", desk=str(room.desk.pk), kind="feed", url=url)
        assert (response.status, response.codes) == (422, ["URL_NOT_ALLOWED"]), url
        assert response.json["errors"][0]["detail"] == "This is not a web address."
    assert client.post("imports", desk=str(room.desk.pk), kind="feed", url="https://bücher.example/").status == 202


def test_too_large_an_import_is_refused_with_a_reason(
    client_for: ClientFactory, rosa: User, room: Room, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 100
    client = client_for(rosa)
    assert upload(client, room.desk, b"text\n" + b"x" * 200).codes == ["TOO_LARGE"]
    assert body(client, b"text\n" + b"x" * 200, f"desk={room.desk.pk}").status == 413


def test_imports_of_another_desk_are_not_found(client_for: ClientFactory, rosa: User, carl: User, room: Room) -> None:
    batch = upload(client_for(rosa), room.desk).json
    client = client_for(carl)
    assert client.get(f"imports/{batch['id']}").status == 404
    assert client.get("imports").json["results"] == []
    assert client.get("import-rows", batch=batch["id"]).json["results"] == []
    assert client.post(f"imports/{batch['id']}/cancel").status == 404
    assert upload(client, room.desk).status == 403


def test_imports_are_filtered_and_cancelled_once(
    client_for: ClientFactory, rosa: User, ruben: User, room: Room
) -> None:
    sheet = upload(client_for(rosa), room.desk).json["id"]
    page = client_for(ruben).post(
        "imports", desk=str(room.desk.pk), kind="page", url="https://gazette.example/1", text="The gate.\n\nOpen."
    )
    assert page.status == 202, page
    client = client_for(rosa)
    for query, expected in (
        ({"mine": "true"}, [sheet]),
        ({"kind": "page"}, [page.json["id"]]),
        ({"state": "filing", "order": "oldest"}, [sheet, page.json["id"]]),
        ({"state": "done"}, []),
    ):
        assert [row["id"] for row in client.get("imports", **query).json["results"]] == expected, query
    stopped = client.post(f"imports/{sheet}/cancel")
    assert (stopped.status, stopped.json["state"]) == (200, "cancelled")
    assert client.post(f"imports/{sheet}/cancel").codes == ["ALREADY_ENDED"]


def test_a_draft_shows_its_wire_item(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    item = {"uri": "urn:1", "headlines": [{"value": "Gate open"}], "infosources": [{"name": "Wire"}]}
    response = client.post("imports", desk=str(room.desk.pk), kind="ninjs", items=item)
    process(room)
    row = client.get(client.get(f"imports/{response.json['id']}").json["rows"]).json["results"][0]
    (original,) = client.get(f"stories/{row['story']}").json["wire_items"]
    assert (original["uri"], original["changed_at"]) == ("urn:1", None)
    assert client.get(f"sources/{original['outlet']}").json["name"] == "Wire"
    assert b"Gate open" in client.client.get(f"/api/v1/exhibits/{original['exhibit']}/content").getvalue()
    assert client.get(f"stories/{room.story().pk}").json["wire_items"] == []


def test_a_withdrawn_wire_item_is_shown_and_overridden_over_the_api(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    rosas, senas = client_for(rosa), client_for(room.people["sena"])
    item = {"guid": "urn:x:sluice", "version": 1, "source": "Wire", "headline": "Sluice broke", "body_text": "Yes."}

    def send(**changed: Any) -> str:
        batch = rosas.post("imports", desk=str(room.desk.pk), kind="ninjs", items=item | changed).json
        process(room)
        return str(rosas.get(f"import-rows?batch={batch['id']}").json["results"][0]["story"])

    story = send()
    assert send(version=2, pubstatus="withheld") == story
    (original,) = rosas.get(f"stories/{story}").json["wire_items"]
    assert (original["pub_status"], original["edition"], original["held_at"] is None) == ("withheld", "2", False)
    verdict = rosas.get(f"stories/{story}/gate").json
    assert (verdict["gate"], verdict["may_run"]) == ("block", False)
    (block,) = verdict["wire_items"]
    assert (block["code"], block["overridden"]) == ("E_WIRE_ITEM_WITHDRAWN", False)
    rosas.patch(f"stories/{story}", headline="Sluice broke", body="We saw it.")
    rosas.post(f"stories/{story}/submit")
    overridden = senas.post(f"stories/{story}/override", code="E_WIRE_ITEM_WITHDRAWN", reason="Our own eyes.").json
    assert overridden["wire_items"][0]["overridden"]


def test_a_withdrawal_with_a_link_that_cannot_be_stored_takes_effect(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    client = client_for(rosa)
    item = {"uri": "urn:1", "headline": "Gate open", "source": "Wire"}
    for changed in (
        {},
        {"pubstatus": "canceled", "renditions": [{"contenttype": "text/html", "href": "https://a/\x00"}]},
    ):
        response = client.post("imports", desk=str(room.desk.pk), kind="ninjs", items=item | changed)
        assert response.status == 202, response
        process(room)
    (story,) = client.get("stories").json["results"]
    assert client.get(f"stories/{story['id']}").json["wire_items"][0]["pub_status"] == "canceled"


def test_a_headline_that_shows_nothing_is_blank_and_one_line_stays_one_line(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    client = client_for(rosa)
    assert client.post("stories", desk=str(room.desk.pk), headline="\u200b\u2060").status == 422
    pitched = client.post("stories", desk=str(room.desk.pk), headline="Cafe\u0301\r\nshut\u202e\u2028now").json
    assert pitched["headline"] == "Caf\u00e9 shut now"
