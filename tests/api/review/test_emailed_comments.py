"""Comments by email in the API: one's own are listed, read, confirmed and dismissed, and nobody else's."""

from __future__ import annotations

from editorial.models import User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room
from tests.support.incoming_mail import answer_email


def test_ones_own_is_listed_read_and_confirmed(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim, client = room.claim(), client_for(rosa)
    emailed = answer_email(claim, rosa, now=room.now)
    (listed,) = client.get("emailed-comments", state="waiting").json["results"]
    assert (listed["id"], listed["object"]) == (str(emailed.pk), {"type": "claim", "id": str(claim.pk)})
    assert "Ask her" not in str(listed)
    assert client.get(f"emailed-comments/{emailed.pk}/text").json == {"text": "Ask her."}
    posted = client.post(f"emailed-comments/{emailed.pk}/confirm")
    assert (posted.status, posted.json["text"], posted.json["claim"]) == (201, "Ask her.", str(claim.pk))
    assert posted.json["written_by"]["id"] == str(rosa.pk)
    for path, method in (("confirm", client.post), ("dismiss", client.post), ("text", client.get)):
        again = method(f"emailed-comments/{emailed.pk}/{path}")
        assert (again.status, again.codes) == (409, ["ALREADY_DECIDED"])
    assert client.get("emailed-comments", state="waiting").json["results"] == []


def test_it_is_confirmed_with_another_text_or_dismissed(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim, client = room.claim(), client_for(rosa)
    first, second = (answer_email(claim, rosa, now=room.now) for _ in range(2))
    assert client.post(f"emailed-comments/{first.pk}/confirm", text="Ask him.").json["text"] == "Ask him."
    assert client.post(f"emailed-comments/{second.pk}/dismiss").json["state"] == "dismissed"
    assert client.post(f"emailed-comments/{second.pk}/confirm", text="Ask him.").codes == ["ALREADY_DECIDED"]


def test_nobody_else_finds_it(client_for: ClientFactory, rosa: User, room: Room) -> None:
    emailed = answer_email(room.claim(), rosa, now=room.now)
    for name in ("edith", "hugo", "ada", "carl"):
        client = client_for(room.people[name])
        assert client.get("emailed-comments").json["results"] == []
        assert client.get("emailed-comments", ids=str(emailed.pk)).json["results"] == []
        for method, path in (("get", ""), ("get", "/text"), ("post", "/confirm"), ("post", "/dismiss")):
            assert client.send(method, f"emailed-comments/{emailed.pk}{path}", None).status == 404
