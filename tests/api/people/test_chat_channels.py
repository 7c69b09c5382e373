"""Chat channels in the API: the URL goes in and never comes out."""

from __future__ import annotations

from editorial.models import Delivery, Desk, User
from tests.api.conftest import ClientFactory

URL = "tgram://123456789:canarycanarycanarycanarycanarycanary/12315544"


def test_a_channel_is_added_tested_and_removed(client_for: ClientFactory, rosa: User) -> None:
    client = client_for(rosa)
    added = client.post("chat-channels", url=URL, kinds=["obligation", "alert"])
    assert added.status == 201, added
    shown = {name: added.json[name] for name in ("desk", "service", "kinds")}
    assert shown == {"desk": None, "service": "telegram", "kinds": ["alert", "obligation"]}
    (listed,) = client.get("chat-channels").json["results"]
    assert listed == added.json
    path = f"chat-channels/{listed['id']}"
    assert client.get(path).json == listed
    assert client.post(f"{path}/send-test").status == 200
    assert (Delivery.objects.get().channel, Delivery.objects.get().event.action) == ("chat", "chat_channel.send_test")
    assert client.send("delete", path, None).status == 204
    assert client.get("chat-channels").json["results"] == []
    assert client.send("delete", path, None).status == client.post(f"{path}/send-test").status == 404


def test_no_response_contains_the_url(client_for: ClientFactory, rosa: User) -> None:
    client = client_for(rosa)
    added = client.post("chat-channels", url=URL)
    refused = client.post("chat-channels", url="slack://canary")
    assert (refused.status, refused.codes) == (422, ["URL_NOT_ALLOWED"])
    assert refused.json["errors"][0]["pointer"] == "#/url"
    for response in (added, refused, client.get("chat-channels"), client.get(f"chat-channels/{added.json['id']}")):
        assert "canary" not in str(response.json)


def test_a_room_of_a_desk_is_for_its_editors(
    client_for: ClientFactory, rosa: User, edith: User, cleo: User, ada: User, politics: Desk
) -> None:
    added = client_for(edith).post("chat-channels", url=URL, desk=str(politics.pk))
    assert (added.status, added.json["desk"]) == (201, str(politics.pk))
    assert client_for(rosa).post("chat-channels", url=URL, desk=str(politics.pk)).status == 403
    assert client_for(cleo).post("chat-channels", url=URL, desk=str(politics.pk)).status == 403
    for stranger in (rosa, cleo, ada):
        assert client_for(stranger).get("chat-channels").json["results"] == []
        assert client_for(stranger).get(f"chat-channels/{added.json['id']}").status == 404
        assert client_for(stranger).post(f"chat-channels/{added.json['id']}/send-test").status == 404


def test_a_token_needs_the_scope_manage(client_for: ClientFactory, rosa: User) -> None:
    client = client_for(rosa, scopes=["read", "file"])  # type: ignore[call-arg]
    assert client.post("chat-channels", url=URL).status == 403
