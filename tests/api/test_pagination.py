"""Lists in pages."""

from editorial.models import User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_new_rows_shift_no_page(client_for: ClientFactory, rosa: User, room: Room) -> None:
    old = [str(room.claim(f"Claim {number}.").pk) for number in range(5)]
    client = client_for(rosa)
    first = client.get("claims", limit=2).json
    assert [row["id"] for row in first["results"]] == [old[4], old[3]]
    assert (first["previous"], set(first)) == (None, {"next", "previous", "results"})
    room.claim("A newer one.")
    second = client.get(first["next"].removeprefix("http://testserver/api/v1/")).json
    assert [row["id"] for row in second["results"]] == [old[2], old[1]]
    third = client.get(second["next"].removeprefix("http://testserver/api/v1/")).json
    assert ([row["id"] for row in third["results"]], third["next"]) == ([old[0]], None)
    back = client.get(third["previous"].removeprefix("http://testserver/api/v1/")).json
    assert [row["id"] for row in back["results"]] == [old[2], old[1]]


def test_a_page_has_at_most_200_rows(client_for: ClientFactory, rosa: User, room: Room) -> None:
    room.claim()
    client = client_for(rosa)
    assert client.get("claims", limit=200).status == 200
    response = client.get("claims", limit=201)
    assert (response.status, response.json["errors"][0]["parameter"]) == (422, "limit")
