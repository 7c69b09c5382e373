"""The record as each may read it, notices, and the policies in force."""

import uuid

from django.utils import timezone

from editorial.models import ClaimUse, Desk, Event, Notification, User
from editorial.workflow.evidence import sources
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_the_events_of_a_claim_are_listed_newest_first(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.corroborated()
    listed = client_for(rosa).get("events", stream=f"claim:{claim.pk}").json["results"]
    assert [event["action"] for event in listed][-1] == "claim.file"
    assert listed[-1]["actor"]["name"] == "rosa"
    assert [event["number"] for event in listed] == list(range(len(listed), 0, -1))
    filed = client_for(rosa).get("events", action="claim.file", stream=f"claim:{claim.pk}").json["results"]
    assert [event["hash"] for event in filed] == [Event.objects.get(pk=listed[-1]["id"]).hash]
    assert client_for(rosa).get(f"events/{listed[0]['id']}").json == listed[0]


def test_events_are_visible_with_their_subject(
    client_for: ClientFactory, rosa: User, carl: User, hugo: User, room: Room
) -> None:
    claim = room.verified()
    unnamed, named = room.person("an aide", unnamed=True), room.person("Ann")
    room.story(claim)

    def streams(user: User) -> set[str]:
        rows: list[dict[str, str]] = client_for(user).get("events", limit=200).json["results"]
        return {row["stream"] for row in rows}

    everything = set(Event.objects.values_list("stream", flat=True))
    assert streams(rosa) == streams(hugo) == everything
    theirs = streams(carl)
    assert f"source:{named.pk}" in theirs
    assert f"source:{unnamed.pk}" not in theirs
    assert {stream.split(":")[0] for stream in theirs} == {"source"}
    hidden = Event.objects.filter(stream=f"claim:{claim.pk}").first()
    assert client_for(carl).get(f"events/{hidden.pk}").status == 404  # type: ignore[union-attr]
    assert client_for(carl).get("events", stream=f"claim:{claim.pk}").json["results"] == []


def test_an_event_does_not_name_a_protected_source(
    client_for: ClientFactory, rosa: User, cleo: User, city: Desk, room: Room
) -> None:
    claim, unnamed = room.claim(), room.person("an aide", unnamed=True)
    statement = room.says(unnamed, claim)
    story = stories.pitch(desk_id=city.pk, headline="In town", actor=cleo, now=room.now)
    ClaimUse.objects.create(story=story, claim=claim, mode="attributed")
    recorded = {"action": "statement.record", "stream": f"statement:{statement.pk}"}
    assert client_for(rosa).get("events", **recorded).json["results"][0]["data"]["source"] == str(unnamed.pk)
    listed = client_for(cleo).get("events", **recorded).json["results"]
    assert listed[0]["data"]["source"] == "a protected source"
    alone = client_for(cleo).get(f"events/{listed[0]['id']}")
    assert str(unnamed.pk) not in alone.response.content.decode()


def test_events_take_a_constant_number_of_queries(
    client_for: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    for _ in range(3):
        room.corroborated()
    client = client_for(rosa)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(client.get("events", limit=200).json["results"]) > 20


def test_a_notification_is_read_once_by_its_recipient(
    client_for: ClientFactory, rosa: User, ruben: User, room: Room
) -> None:
    source = room.person()
    sources.rate(source_id=source.pk, reliability="C", actor=room.people["felix"], now=room.now)
    event = Event.objects.filter(action="source.rate").first()
    notice = Notification.objects.create(
        event=event, user=rosa, subject="Rated", body="As C.", created_at=timezone.now()
    )
    assert client_for(rosa).get("notifications", unread="true").json["results"][0]["subject"] == "Rated"
    assert client_for(ruben).get("notifications").json["results"] == []
    assert client_for(ruben).post(f"notifications/{notice.pk}/read").status == 404
    read = client_for(rosa).post(f"notifications/{notice.pk}/read").json["read_at"]
    assert read
    assert client_for(rosa).post(f"notifications/{notice.pk}/read").json["read_at"] == read
    assert client_for(rosa).get("notifications", unread="true").json["results"] == []
    assert client_for(rosa).post(f"notifications/{uuid.uuid4()}/read").status == 404


def test_the_policy_lists_its_requirements(client_for: ClientFactory, rosa: User, noel: User) -> None:
    (policy,) = client_for(rosa).get("policies").json["results"]
    serious = [row for row in policy["rows"] if row["risk"] == "serious"]
    assert [(row["groups"], row["named"]) for row in serious] == [(2, 1), (3, 0)]
    assert {rules["risk"]: rules["reply_hours"] for rules in policy["risks"]} == {
        "routine": None,
        "contentious": 4,
        "serious": 24,
    }
    assert client_for(noel).get("policies").json["results"] == []
