"""Assessments: the finding in plain words, without the identity of a source."""

import dataclasses
import uuid

import pytest

from editorial.models import Assessment, Claim, ClaimUse, Desk, Source, User
from editorial.policy.verification import digest
from editorial.workflow.evidence import facts, sources, statements
from editorial.workflow.stories import stories
from tests.admin.conftest import AdminBrowser
from tests.api.conftest import ClientFactory
from tests.support.cast import Room

pytestmark = pytest.mark.exhaustive  # plays whole stories


def test_missing_requirements_are_explained(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim()
    room.says(room.person("Ann Example"), claim)
    room.settle()
    response = client_for(rosa).get(f"claims/{claim.pk}/assessment")
    assert (response.status, response.json["finding"], response.json["independent"]) == (200, "under_investigation", 1)
    assert response.json["missing"] == [
        {"requirement": "groups", "need": 2, "have": 1, "text": "Needed: 1 more independent source (1 of 2 so far)."}
    ]
    (group,) = response.json["groups"]["independent"]
    assert group["statements"][0]["source"]["name"] == "Ann Example"
    assert response.json["policy_version"] == 1


def test_a_claim_without_assessment_is_reported(client_for: ClientFactory, rosa: User, room: Room) -> None:
    response = client_for(rosa).get(f"claims/{room.claim().pk}/assessment")
    assert (response.status, response.codes) == (404, ["NOT_ASSESSED_YET"])


def test_dependencies_are_named_and_never_identified_by_token(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    claim = room.claim()
    unnamed = room.person("an aide", unnamed=True, identity_name="Mia Mole", identity_known_by="born 1 May 1970")
    room.says(room.person("Ann Example"), claim)
    room.says(unnamed, claim)
    room.settle()
    response = client_for(rosa).get(f"claims/{claim.pk}/assessment")
    assert response.json["finding"] == "verified"
    names = {source["name"] for hung in response.json["hangs_on"] for source in hung["sources"]}
    assert names == {"Ann Example", "an aide"}
    assert unnamed.key
    assert unnamed.key in Assessment.objects.filter(claim=claim).latest().hangs_on
    everything = response.response.content.decode()
    assert unnamed.key not in everything
    assert "Mole" not in everything


def test_the_digest_does_not_confirm_a_merge_of_unnamed_sources(
    client_for: ClientFactory, cuno: User, ruben: User, room: Room
) -> None:
    """A colleague without the custodian role sees all that is hashed, except into which record a source was merged."""
    claim = room.claim()
    crowd = [room.person(f"keeper {number}", unnamed=True) for number in range(3)]
    room.says(crowd[0], claim)
    sources.merge(source_id=crowd[0].pk, into_id=crowd[2].pk, reason="Same voice.", actor=cuno, now=room.now)
    room.settle()
    client, name = client_for(ruben), str(crowd[0].pk)
    shown = client.get(f"claims/{claim.pk}/assessment").json["digest"]
    case = facts.case([claim.pk], now=room.now)

    def guess(into: Source) -> str:
        guessed = dataclasses.replace(case.sources[name], key=str(into.pk))
        return digest.digest(dataclasses.replace(case, sources={**case.sources, name: guessed}), str(claim.pk))

    stored = Assessment.objects.filter(claim=claim).latest().digest
    assert [source for source in crowd if guess(source) == stored] == [crowd[2]], "the guess is a good one"
    assert shown not in {stored, *map(guess, crowd)}
    assert stored[:10] not in AdminBrowser(ruben).page(claim).content.decode()


def test_the_digest_changes_with_the_facts(client_for: ClientFactory, ruben: User, room: Room) -> None:
    claim, seen = room.claim(), []
    for _ in range(2):
        room.says(room.person(), claim)
        room.settle()
        seen += [client_for(ruben).get(f"claims/{claim.pk}/assessment").json["digest"] for _ in range(2)]
    assert [seen.index(each) for each in seen] == [0, 0, 2, 2]


def test_another_desk_that_uses_the_claim_sees_a_protected_source(
    client_for: ClientFactory, cleo: User, room: Room
) -> None:
    claim = room.claim()
    unnamed = room.person("an aide", unnamed=True, identity_name="Mia Mole", identity_known_by="born 1970")
    room.says(room.person("Ann Example"), claim)
    room.says(unnamed, claim)
    room.settle()
    client = client_for(cleo)
    assert client.get(f"claims/{claim.pk}/assessment").status == 404
    _let_city_use(claim, cleo, room)
    response = client.get(f"claims/{claim.pk}/assessment")
    names = [source["name"] for hung in response.json["hangs_on"] for source in hung["sources"]]
    assert sorted(names) == ["Ann Example", "a protected source"]
    for content in (response.response.content, client.get("statements", claim=str(claim.pk)).response.content):
        assert b"an aide" not in content
        assert str(unnamed.pk).encode() not in content
    assert client.get("statements", source=str(unnamed.pk)).json["results"] == []


def test_a_statement_that_was_moved_to_an_invisible_claim_is_left_out(
    client_for: ClientFactory, rosa: User, cleo: User, room: Room
) -> None:
    claim, elsewhere = room.claim(), room.claim("The guard slept.")
    kept, moved = (room.says(room.person(name), claim) for name in ("Ann Example", "Bob Example"))
    room.settle()
    _let_city_use(claim, cleo, room)
    former = Assessment.objects.filter(claim=claim).latest()
    statements.move(statement_id=moved.pk, claim_id=elsewhere.pk, actor=rosa, now=room.now)
    for reader, shown in ((rosa, {str(kept.pk), str(moved.pk)}), (cleo, {str(kept.pk)})):
        groups = client_for(reader).get(f"assessments/{former.pk}").json["groups"]["independent"]
        assert {statement["id"] for group in groups for statement in group["statements"]} == shown


def test_the_identity_of_a_named_and_an_unnamed_source_is_never_revealed(
    client_for: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    claim = room.claim()
    named, unnamed = room.person("Ann Example"), room.person("an aide", unnamed=True)
    first, second = room.says(named, claim), room.says(unnamed, claim)
    for source in (unnamed, named):
        sources.revise(source_id=source.pk, camp="the palace", benefits_if="believed", actor=rosa, now=room.now)
    room.settle()
    assessment = client_for(rosa).get(f"claims/{claim.pk}/assessment").json
    (group,) = assessment["groups"]["independent"]
    assert {row["id"] for row in group["statements"]} == {str(first.pk), str(second.pk)}
    (join,) = group["joins"]
    assert (join["by"], join["text"]) == (None, "They count as one voice; the reason is protected.")


def test_that_two_unnamed_sources_have_one_identity_is_explained_to_custodians(
    client_for: ClientFactory, rosa: User, cuno: User, room: Room
) -> None:
    claim = room.claim()
    who = {"unnamed": True, "identity_name": "Mia Mole", "identity_known_by": "born 1970"}
    for source in (room.person("an aide", **who), room.person("an official", **who)):
        room.says(source, claim)
    room.settle()
    assessment = client_for(rosa).get(f"claims/{claim.pk}/assessment").json
    assert assessment["independent"] == 1
    (group,) = assessment["groups"]["independent"]
    assert group["joins"][0]["by"] is None
    assert group["joins"][0]["text"] == "They count as one voice; the reason is protected."
    (group,) = client_for(cuno).get(f"claims/{claim.pk}/assessment").json["groups"]["independent"]
    assert group["joins"][0]["by"] == "J1"
    assert group["joins"][0]["text"] == "Both statements come from the same source."


def test_the_history_of_findings_is_listed_newest_first(
    client_for: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    claim = room.corroborated()
    room.says(room.person(), claim)
    room.settle()
    client = client_for(rosa)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        listed = client.get("assessments", claim=str(claim.pk)).json["results"]
    numbers = [row["number"] for row in listed]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) >= 2
    assert "groups" not in listed[0]
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert client.get(f"assessments/{listed[0]['id']}").json["groups"]["independent"]
    assert client.get("assessments", claim=str(uuid.uuid4())).json["results"] == []


def _let_city_use(claim: Claim, cleo: User, room: Room) -> None:
    """A story of the city desk uses the claim."""
    city = Desk.objects.get(slug="city")
    story = stories.pitch(desk_id=city.pk, headline="In town", actor=cleo, now=room.now)
    ClaimUse.objects.create(story=story, claim=claim, mode="attributed")
