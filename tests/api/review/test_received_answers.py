"""Answers by email in the API."""

from __future__ import annotations

from typing import Any

from editorial.models import User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room
from tests.support.incoming_mail import ask, receive


def test_an_answer_is_listed_read_and_recorded(client_for: ClientFactory, rosa: User, room: Room) -> None:
    answer, client = receive(room, ask(room)), client_for(rosa)
    (listed,) = client.get("received-answers", request=str(answer.request_id), state="waiting").json["results"]
    assert (listed["id"], listed["automatic"], listed["decided_by"]) == (str(answer.pk), False, None)
    assert "shut" not in str(listed)
    message = client.get(f"received-answers/{answer.pk}/message")
    assert (message.json["sender"], message.json["text"]) == ("Lida <lida@fenn.example>", "It was shut.")
    recorded = client.post(
        f"reply-requests/{answer.request_id}/answer", outcome="declined", received_answer=str(answer.pk)
    )
    assert recorded.json["outcome"] == "declined"
    shown = client.get(f"received-answers/{answer.pk}").json
    assert (shown["state"], shown["decided_by"]["id"]) == ("recorded", str(rosa.pk))
    again = client.post(f"received-answers/{answer.pk}/dismiss", reason="Twice.")
    assert (again.status, again.codes) == (409, ["ALREADY_DECIDED"])


def test_what_it_says_is_for_those_who_may_answer(client_for: ClientFactory, room: Room) -> None:
    answer, people = receive(room, ask(room)), room.people
    for name in ("cora", "ada", "stan"):
        assert client_for(people[name]).get(f"received-answers/{answer.pk}").status == 200
        refused = client_for(people[name]).get(f"received-answers/{answer.pk}/message")
        assert (refused.status, refused.codes) == (403, ["FORBIDDEN"])
        assert client_for(people[name]).post(f"received-answers/{answer.pk}/dismiss", reason="No.").status == 403
    for path in (f"received-answers/{answer.pk}", f"received-answers/{answer.pk}/message"):
        assert client_for(people["carl"]).get(path).status == 404
    assert client_for(people["carl"]).get("received-answers").json["results"] == []


def test_a_request_shows_its_address(client_for: ClientFactory, rosa: User, room: Room, maildir: Any) -> None:
    request, client = ask(room), client_for(rosa)
    address = client.get(f"reply-requests/{request.pk}").json["reply_address"]
    assert address == f"reply+{request.reply_address.token}@reply.example"
    waived = client_for(room.people["edith"]).post(
        "reply-requests/waive", to=str(request.to_id), covers=[str(request.covers.get().pk)], reason="He is dead."
    )
    assert waived.json["reply_address"] is None
