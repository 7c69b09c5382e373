"""What an utterance carries: filed and set through the API, shown there, and named by the gate."""

from __future__ import annotations

from typing import Any

from editorial.models import User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room

_SAID = {"text": "Torv said that the purser stole the wages.", "kind": "utterance"}


def test_an_utterance_is_filed_with_what_it_carries_and_found_by_it(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    client, charge = client_for(rosa), room.claim()
    filed = client.post("claims", desk=str(room.desk.pk), **_SAID, carries=[str(charge.pk)])
    assert filed.status == 201, filed
    assert filed.json["carries"] == [str(charge.pk)]
    found = client.get(f"claims?carries={charge.pk}").json["results"]
    assert [claim["id"] for claim in found] == [filed.json["id"]]
    refused = client.post("claims", desk=str(room.desk.pk), text="He stole it.", carries=[str(charge.pk)])
    assert (refused.status, refused.codes) == (409, ["NOT_AN_UTTERANCE"])


def test_replacing_the_list_needs_permission_and_the_current_version(
    client_for: ClientFactory, rosa: User, stan: User, carl: User, room: Room
) -> None:
    charge, said = room.claim(), room.claim(**_SAID)
    path, body = f"claims/{said.pk}/carry", {"carries": [str(charge.pk)]}
    assert client_for(stan).post(path, **body).status == 403
    assert client_for(carl).post(path, **body).status == 404
    seen = {"If-Match": '"1"'}
    carried = client_for(rosa).send("post", path, body, headers=seen)
    assert (carried.status, carried.json["carries"], carried.json["version"]) == (200, [str(charge.pk)], 2)
    assert client_for(rosa).send("post", path, {"carries": []}, headers=seen).codes == ["STALE_VERSION"]
    assert client_for(rosa).post(path, carries=[str(said.pk)]).codes == ["CARRIES_AN_UTTERANCE"]
    assert client_for(rosa).post(path).status == 422
    assert client_for(rosa).post(path, carries=[]).json["carries"] == []


def test_a_case_names_what_its_utterance_carries(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    filed = client.post(
        "cases",
        desk=str(room.desk.pk),
        claims=[{"ref": "said", **_SAID, "carries": ["#charge"]}, {"ref": "charge", "text": "He stole the wages."}],
    )
    assert filed.status == 201, filed
    ids = {item["ref"]: item["id"] for item in filed.json["filed"]}
    assert client.get(f"claims/{ids['said']}").json["carries"] == [ids["charge"]]


def test_the_gate_says_which_utterance_carries_the_refused_claim(
    client_for: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    charge = room.claim("The purser stole the wages.")
    room.says(room.paper(contradicts=[charge.pk]), charge, "denies")
    said = room.verified(**_SAID, risk="routine", carries=[charge.pk])
    story = room.cleared(said, mode="attributed")
    uses: dict[str, Any] = {use["claim"]: use for use in client_for(rosa).get(f"stories/{story.pk}/gate").json["uses"]}
    refused = uses[str(charge.pk)]
    assert (refused["mode"], refused["carried_by"], refused["gate"]) == ("attributed", [str(said.pk)], "block")
    assert uses[str(said.pk)]["carried_by"] == []
    answer = client_for(edith).post(f"stories/{story.pk}/publish")
    assert answer.status == 409
    assert "E_REFUTED" in answer.codes
    assert f"carried by “{said.text}”" in str(answer.json)


def test_a_claim_that_the_reader_may_not_see_cannot_be_filtered_by(
    client_for: ClientFactory, carl: User, room: Room
) -> None:
    charge = room.claim()
    room.claim(**_SAID, carries=[charge.pk])
    assert client_for(carl).get(f"claims?carries={charge.pk}").json["results"] == []
