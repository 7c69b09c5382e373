"""Assessments: what was found, in plain words, and nothing that would tell who talks to us."""

import uuid

from editorial.models import Assessment, Claim, ClaimUse, Desk, User
from editorial.workflow.evidence import sources
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_missing_requirements_are_explained(calling: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim()
    room.says(room.person("Ann Example"), claim)
    room.settle()
    found = calling(rosa).get(f"claims/{claim.pk}/assessment")
    assert (found.status, found.json["finding"], found.json["independent"]) == (200, "under_investigation", 1)
    assert found.json["missing"] == [
        {"requirement": "groups", "need": 2, "have": 1, "text": "Needed: 1 more independent source (1 of 2 so far)."}
    ]
    (group,) = found.json["groups"]["independent"]
    assert group["statements"][0]["source"]["name"] == "Ann Example"
    assert found.json["policy_version"] == 1


def test_a_claim_without_assessment_is_reported(calling: ClientFactory, rosa: User, room: Room) -> None:
    answer = calling(rosa).get(f"claims/{room.claim().pk}/assessment")
    assert (answer.status, answer.codes) == (404, ["NOT_ASSESSED_YET"])


def test_dependencies_are_named_and_never_identified_by_token(calling: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim()
    mask = room.person("an aide", unnamed=True, identity_name="Mia Mole", identity_known_by="born 1 May 1970")
    room.says(room.person("Ann Example"), claim)
    room.says(mask, claim)
    room.settle()
    found = calling(rosa).get(f"claims/{claim.pk}/assessment")
    assert found.json["finding"] == "verified"
    names = {source["name"] for hung in found.json["hangs_on"] for source in hung["sources"]}
    assert names == {"Ann Example", "an aide"}
    assert mask.key
    assert mask.key in Assessment.objects.filter(claim=claim).latest().hangs_on
    everything = found.response.content.decode()
    assert mask.key not in everything
    assert "Mole" not in everything


def test_another_desk_that_uses_the_claim_sees_a_protected_source(
    calling: ClientFactory, cleo: User, room: Room
) -> None:
    claim = room.claim()
    mask = room.person("an aide", unnamed=True, identity_name="Mia Mole", identity_known_by="born 1970")
    room.says(room.person("Ann Example"), claim)
    room.says(mask, claim)
    room.settle()
    caller = calling(cleo)
    assert caller.get(f"claims/{claim.pk}/assessment").status == 404
    _let_city_use(claim, cleo, room)
    found = caller.get(f"claims/{claim.pk}/assessment")
    names = [source["name"] for hung in found.json["hangs_on"] for source in hung["sources"]]
    assert sorted(names) == ["Ann Example", "a protected source"]
    for content in (found.response.content, caller.get("statements", claim=str(claim.pk)).response.content):
        assert b"an aide" not in content
        assert str(mask.pk).encode() not in content
    assert caller.get("statements", source=str(mask.pk)).json["results"] == []


def test_the_identity_of_a_named_and_an_unnamed_source_is_never_revealed(
    calling: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    claim = room.claim()
    named, mask = room.person("Ann Example"), room.person("an aide", unnamed=True)
    first, second = room.says(named, claim), room.says(mask, claim)
    for source in (mask, named):
        sources.revise(source_id=source.pk, camp="the palace", benefits_if="believed", actor=rosa, now=room.now)
    room.settle()
    found = calling(rosa).get(f"claims/{claim.pk}/assessment").json
    (group,) = found["groups"]["independent"]
    assert {row["id"] for row in group["statements"]} == {str(first.pk), str(second.pk)}
    (join,) = group["joins"]
    assert (join["by"], join["text"]) == (None, "They count as one voice; the reason is protected.")


def test_two_unnamed_sources_with_one_identity_are_reported_as_one(
    calling: ClientFactory, rosa: User, room: Room
) -> None:
    claim = room.claim()
    who = {"unnamed": True, "identity_name": "Mia Mole", "identity_known_by": "born 1970"}
    for mask in (room.person("an aide", **who), room.person("an official", **who)):
        room.says(mask, claim)
    room.settle()
    found = calling(rosa).get(f"claims/{claim.pk}/assessment").json
    assert found["independent"] == 1
    (group,) = found["groups"]["independent"]
    assert (group["joins"][0]["by"], group["joins"][0]["text"]) == (
        "J1", "They come from the same source."
    )  # fmt: skip


def test_the_history_of_findings_is_listed_newest_first(
    calling: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    claim = room.corroborated()
    room.says(room.person(), claim)
    room.settle()
    caller = calling(rosa)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        listed = caller.get("assessments", claim=str(claim.pk)).json["results"]
    numbers = [row["number"] for row in listed]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) >= 2
    assert "groups" not in listed[0]
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert caller.get(f"assessments/{listed[0]['id']}").json["groups"]["independent"]
    assert caller.get("assessments", claim=str(uuid.uuid4())).json["results"] == []


def _let_city_use(claim: Claim, cleo: User, room: Room) -> None:
    """A story of the city desk uses the claim."""
    city = Desk.objects.get(slug="city")
    story = stories.pitch(desk_id=city.pk, headline="In town", actor=cleo, now=room.now)
    ClaimUse.objects.create(story=story, claim=claim, mode="attributed")
