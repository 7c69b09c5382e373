"""Deprecation: callers of an operation that will go learn it from each response and from the description."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from drf_spectacular.generators import SchemaGenerator

from editorial.api.evidence.claims import ClaimViewSet
from editorial.api.framework.deprecation import Deprecation, deprecated
from editorial.models import User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room

GOING = Deprecation(
    datetime(2027, 1, 4, tzinfo=UTC), datetime(2027, 9, 30, 12, tzinfo=UTC), "`POST /claims/{id}/merge`"
)


@pytest.fixture
def going(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClaimViewSet.drop, "deprecation", None, raising=False)
    deprecated(ClaimViewSet.drop, GOING)


@pytest.mark.usefixtures("going")
def test_every_response_of_a_deprecated_operation_says_so(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim, client = room.claim(), client_for(rosa)
    response = client.post(f"claims/{claim.pk}/drop").response  # refused: it needs a reason
    assert response.status_code >= 400
    assert response["Deprecation"] == "@1799020800"
    assert response["Sunset"] == "Thu, 30 Sep 2027 12:00:00 GMT"
    assert response["Link"] == '</api/v1/docs>; rel="deprecation"'
    assert "Deprecation" not in client.get(f"claims/{claim.pk}").response


@pytest.mark.usefixtures("going")
def test_the_description_names_the_successor() -> None:
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    operation = described["/api/v1/claims/{id}/drop"]["post"]
    assert operation["deprecated"] is True
    notice = "Deprecated since 2027-01-04, removed on 2027-09-30. Use `POST /claims/{id}/merge`."
    assert notice in operation["description"]
    assert "deprecated" not in described["/api/v1/claims/{id}/merge"]["post"]


@pytest.mark.parametrize("accepted", ["application/problem+json", "application/problem+json, text/csv;q=0.1"])
def test_a_caller_that_accepts_problems_gets_json(
    client_for: ClientFactory, rosa: User, room: Room, accepted: str
) -> None:
    claim, client = room.claim(), client_for(rosa)
    found = client.send("get", f"claims/{claim.pk}", None, headers={"Accept": accepted})
    assert (found.status, found.type, found.json["id"]) == (200, "application/json", str(claim.pk))
    refused = client.send("get", "claims/1", None, headers={"Accept": accepted})
    assert (refused.status, refused.type) == (404, "application/problem+json")


def test_a_download_is_answered_whatever_type_the_caller_accepts(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    client = client_for(rosa)
    exhibit = client.post("exhibits", desk=str(room.desk.pk), title="Deed", text="It is so.").json
    path = f"exhibits/{exhibit['id']}/content"
    for accepted in ("application/octet-stream", "application/pdf", "application/problem+json", "*/*"):
        response = client.client.get(f"/api/v1/{path}", headers={"Accept": accepted})
        assert (response.status_code, response.getvalue()) == (200, b"It is so."), accepted
    missing = client.send("get", path.replace(exhibit["id"], str(room.desk.pk)), None, headers={"Accept": "image/png"})
    assert (missing.status, missing.codes) == (404, ["NOT_FOUND"])


def test_exports_are_answered_in_the_accepted_type(client_for: ClientFactory, rosa: User, room: Room) -> None:
    room.claim()
    for accepted, sent in (
        ("text/csv, application/problem+json", "text/csv; charset=utf-8"),
        ("application/x-ndjson, application/problem+json", "application/x-ndjson; charset=utf-8"),
    ):
        response = client_for(rosa).client.get("/api/v1/claims/export", headers={"Accept": accepted})
        assert (response.status_code, response["Content-Type"]) == (200, sent)
