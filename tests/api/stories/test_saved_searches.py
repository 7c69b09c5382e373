"""`/saved-searches`: one's own, and nobody else's."""

from __future__ import annotations

from tests.api.conftest import ApiClient


def test_a_search_is_saved_listed_renamed_muted_and_deleted(room, rosa, edith):
    client = ApiClient(rosa)
    saved = client.post("saved-searches", name="Harbour", q="dredging harbour", types=["claim"], desk=str(room.desk.pk))
    assert saved.status == 201, saved
    row = f"saved-searches/{saved.json['id']}"
    assert saved.json | {"created_at": ""} == {
        "id": saved.json["id"], "name": "Harbour", "q": "dredging harbour", "types": ["claim"],
        "desk": str(room.desk.pk), "muted": False, "version": 1,
        "created_at": "",
    }  # fmt: skip
    tag = client.get(row).response.headers["ETag"]
    changed = client.send("patch", row, {"name": "Port", "muted": True}, headers={"If-Match": tag})
    assert (changed.status, changed.json["name"], changed.json["muted"]) == (200, "Port", True)
    assert [each["name"] for each in client.get("saved-searches").json["results"]] == ["Port"]
    other = ApiClient(edith)
    assert other.get("saved-searches").json["results"] == []
    for method in ("patch", "delete"):
        assert other.send(method, row, {}, headers={"If-Match": tag}).status == 404
    assert other.get(row).status == 404
    assert client.send("delete", row, None).status == 204
    assert client.get("saved-searches").json["results"] == []


def test_what_cannot_be_saved_is_refused(room, rosa):
    client = ApiClient(rosa)
    for body in ({"name": "x"}, {"q": "x"}, {"name": "x", "q": " "}, {"name": "x", "q": "y", "types": ["desk"]},
                 {"name": "x", "q": "y", "desk": str(rosa.pk)}):  # fmt: skip
        assert client.post("saved-searches", **body).status == 422, body
