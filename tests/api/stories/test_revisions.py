"""Revisions: every text that a story has had, for those who see the story."""

from __future__ import annotations

from uuid import uuid4

from editorial.models import User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_each_revision_shows_what_it_changed(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    story = client.post("stories", desk=str(room.desk.pk), headline="The gate", body="It was open.\n\nNobody saw.").json
    client.patch(f"stories/{story['id']}", headline="The open gate", body="It was open.\n\nAnn saw it.")
    listed = client.get("story-revisions", story=story["id"]).json["results"]
    assert [(row["number"], row["headline"], row["revised_by"]["name"]) for row in listed] == [
        (2, "The open gate", "rosa"), (1, "The gate", "rosa"),
    ]  # fmt: skip
    assert "body" not in listed[0]
    last = client.get(f"story-revisions/{listed[0]['id']}").json
    assert (last["body"], last["previous_headline"]) == ("It was open.\n\nAnn saw it.", "The gate")
    assert last["diff"] == [
        {"change": "unchanged", "text": "It was open."},
        {"change": "unchanged", "text": ""},
        {"change": "removed", "text": "Nobody saw."},
        {"change": "added", "text": "Ann saw it."},
    ]
    first = client.get(f"story-revisions/{listed[1]['id']}", expand="story").json
    assert first["previous_headline"] is None
    assert {line["change"] for line in first["diff"]} == {"added"}
    assert first["expanded"]["story"] == {"id": story["id"], "name": "The open gate"}


def test_revisions_are_hidden_with_their_story(client_for: ClientFactory, rosa: User, carl: User, room: Room) -> None:
    story = room.story()
    revision, *_ = client_for(rosa).get("story-revisions", story=str(story.pk)).json["results"]
    stranger = client_for(carl)
    assert stranger.get(f"story-revisions/{revision['id']}").status == 404
    assert stranger.get("story-revisions").json["results"] == []
    hidden, unknown = (stranger.get("story-revisions", story=str(key)).json for key in (story.pk, uuid4()))
    assert hidden == unknown
