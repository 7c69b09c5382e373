"""The record as each may read it, notices, and the policies in force."""

import uuid

from django.utils import timezone

from editorial.models import ClaimUse, ClaimVisibility, Desk, Event, Membership, Notification, Source, User
from editorial.workflow.evidence import sources
from editorial.workflow.stories import stories
from tests.admin.conftest import AdminBrowser, page_text
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_the_events_of_a_claim_are_listed_newest_first(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.corroborated()
    listed = client_for(rosa).get("events", stream=f"claim:{claim.pk}").json["results"]
    assert [event["action"] for event in listed][-1] == "claim.file"
    assert listed[-1]["actor"]["name"] == "rosa"
    filed = client_for(rosa).get("events", action="claim.file", stream=f"claim:{claim.pk}").json["results"]
    assert [event["id"] for event in filed] == [listed[-1]["id"]]
    assert client_for(rosa).get(f"events/{listed[0]['id']}").json == listed[0]


def test_a_custodian_of_the_whole_organisation_can_verify_a_chain(
    client_for: ClientFactory, cuno: User, room: Room
) -> None:
    claim = room.corroborated()
    Membership.objects.create(user=cuno, role="custodian", desk=None)
    listed = client_for(cuno).get("events", stream=f"claim:{claim.pk}").json["results"]
    assert [event["number"] for event in listed] == list(range(len(listed), 0, -1))
    assert [event["hash"] for event in listed] == [Event.objects.get(pk=event["id"]).hash for event in listed]
    assert [event["previous"] for event in listed] == [*(event["hash"] for event in listed[1:]), ""]


def test_events_without_their_hashes_do_not_confirm_a_guessed_source(
    client_for: ClientFactory, carl: User, ada: User, cuno: User, rosa: User, room: Room
) -> None:
    """Somebody who knew a source by its id could hash it in place of “a protected source”."""
    claim, source = room.claim(), room.person("Zephyrine Quillfeather")
    ClaimVisibility.objects.create(claim=claim, desk=Desk.objects.get(slug="city"))
    sources.protect(
        source_id=source.pk, name="a keeper", identity_name="Zephyrine Quillfeather", identity_known_by="1970",
        actor=rosa, now=room.now,
    )  # fmt: skip
    statement = room.says(Source.objects.get(pk=source.pk), claim)
    (event,) = client_for(carl).get("events", stream=f"statement:{statement.pk}").json["results"]
    assert event["data"]["source"] == "a protected source"
    stored = Event.objects.get(pk=event["id"])
    for reader in (carl, rosa, ada, cuno):
        (event,) = client_for(reader).get("events", stream=f"statement:{statement.pk}").json["results"]
        assert (event["number"], event["previous"], event["hash"]) == (None, None, None)
        page = AdminBrowser(reader).page(stored)
        assert page.status_code in (200, 302, 404)
        assert stored.hash not in page.content.decode()


def test_event_numbers_do_not_tell_a_colleague_of_a_merge(
    client_for: ClientFactory, ruben: User, cuno: User, room: Room
) -> None:
    one, two = room.person("a keeper", unnamed=True), room.person("a clerk", unnamed=True)
    sources.merge(source_id=one.pk, into_id=two.pk, reason="Same voice.", actor=cuno, now=room.now)
    sources.rate(source_id=two.pk, reliability="C", actor=room.people["felix"], now=room.now)
    stream = f"source:{two.pk}"
    listed = client_for(ruben).get("events", stream=stream).json["results"]
    assert len(listed) < Event.objects.filter(stream=stream).count(), "the merge is hidden"
    assert {event["number"] for event in listed} == {None}
    rated = Event.objects.get(stream=stream, action="source.rate")
    assert "<dt>Number</dt>" not in AdminBrowser(ruben).page(rated).content.decode()


def test_another_desk_does_not_read_that_a_named_person_was_compared_with_the_vault(
    client_for: ClientFactory, carl: User, rosa: User, room: Room
) -> None:
    named = room.person("Harold Public")
    sources.match_identity(
        source_id=named.pk, identity_name="Harold Public", identity_known_by="1970", actor=rosa, now=room.now
    )
    listed = client_for(carl).get("events", stream=f"source:{named.pk}").json["results"]
    assert [event["action"] for event in listed] == ["source.register"]
    assert "matched the identity" not in page_text(AdminBrowser(carl).page(named))


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
    with django_assert_max_num_queries(11):  # type: ignore[operator]
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
