"""Claims: file, revise, split, merge, drop, list."""

import uuid

from editorial.models import Claim, Desk, User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_reporter_files_a_claim_and_reads_it_back(
    calling: ClientFactory, rosa: User, room: Room, politics: Desk
) -> None:
    accused = room.person("Max Muster")
    filed = calling(rosa).post(
        "claims", desk=str(politics.pk), text="He spoke to her.", risk="contentious", adverse_to=[str(accused.pk)]
    )
    assert filed.status == 201, filed
    assert filed.json["status"] == "unverified"
    assert filed.json["adverse_to"] == [{"id": str(accused.pk), "name": "Max Muster"}]
    assert calling(rosa).get(f"claims/{filed.json['id']}").json == filed.json


def test_an_opinion_has_no_status(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    filed = calling(rosa).post("claims", desk=str(politics.pk), text="He ought to go.", kind="opinion")
    assert filed.json["status"] is None


def test_an_empty_claim_is_refused_with_its_field(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    refused = calling(rosa).post("claims", desk=str(politics.pk), text=" ")
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "#/text"


def test_a_field_that_does_not_exist_is_a_typing_error(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    refused = calling(rosa).post("claims", desk=str(politics.pk), text="P", adverseTo=[])
    assert refused.status == 422
    assert refused.json["errors"] == [{"code": "UNKNOWN_FIELD", "detail": "Unknown field.", "pointer": "#/adverseTo"}]


def test_a_claim_cannot_be_filed_at_another_desk(calling: ClientFactory, carl: User, politics: Desk) -> None:
    refused = calling(carl).post("claims", desk=str(politics.pk), text="P")
    assert refused.status == 403
    assert refused.codes == ["FORBIDDEN"]


def test_a_claim_of_another_desk_is_not_found(calling: ClientFactory, carl: User, room: Room) -> None:
    claim = room.claim()
    caller = calling(carl)
    for answer in (
        caller.get(f"claims/{claim.pk}"),
        caller.get(f"claims/{claim.pk}/assessment"),
        caller.patch(f"claims/{claim.pk}", text="Q"),
        caller.post(f"claims/{claim.pk}/drop", reason="Why not."),
        caller.get(f"claims/{uuid.uuid4()}"),
    ):
        assert answer.status == 404
        assert answer.codes == ["NOT_FOUND"]
    assert caller.get("claims").json["results"] == []


def test_a_claim_is_revised_and_a_stale_version_is_refused(calling: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim()
    revised = calling(rosa).patch(f"claims/{claim.pk}", text="The gate was shut.", etag='"1"')
    assert (revised.status, revised.json["text"], revised.json["version"]) == (200, "The gate was shut.", 2)
    stale = calling(rosa).patch(f"claims/{claim.pk}", text="The gate was ajar.", etag='"1"')
    assert (stale.status, stale.codes) == (412, ["STALE_VERSION"])
    assert Claim.objects.get(pk=claim.pk).text == "The gate was shut."


def test_an_omitted_field_is_unchanged(calling: ClientFactory, rosa: User, room: Room) -> None:
    accused = room.person()
    claim = room.claim(adverse_to=[accused.pk])
    revised = calling(rosa).patch(f"claims/{claim.pk}", risk="serious")
    assert revised.json["text"] == claim.text
    assert [party["id"] for party in revised.json["adverse_to"]] == [str(accused.pk)]
    assert calling(rosa).patch(f"claims/{claim.pk}", adverse_to=[]).json["adverse_to"] == []


def test_a_split_claim_shows_its_parts(calling: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim("He called, and she answered.")
    split = calling(rosa).post(f"claims/{claim.pk}/split", texts=["He called.", "She answered."])
    assert split.status == 200, split
    parts = [calling(rosa).get(f"claims/{part}").json for part in split.json["parts"]]
    assert [part["text"] for part in parts] == ["He called.", "She answered."]
    assert [part["compounds"] for part in parts] == [[str(claim.pk)]] * 2


def test_a_split_needs_two_propositions(calling: ClientFactory, rosa: User, room: Room) -> None:
    refused = calling(rosa).post(f"claims/{room.claim().pk}/split", texts=["He called."])
    assert (refused.status, refused.codes) == (422, ["TOO_FEW"])


def test_a_merged_claim_redirects_to_the_remaining_claim(calling: ClientFactory, felix: User, room: Room) -> None:
    claim, same = room.claim("It was open."), room.claim("It stood open.")
    merged = calling(felix).post(f"claims/{claim.pk}/merge", into=str(same.pk))
    assert (merged.status, merged.json["id"]) == (200, str(same.pk))
    gone = calling(felix).get(f"claims/{claim.pk}").json
    assert gone["merged_into"] == str(same.pk)


def test_only_an_editor_drops_a_claim_and_gives_a_reason(
    calling: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    claim = room.claim()
    assert calling(rosa).post(f"claims/{claim.pk}/drop", reason="Boring.").status == 403
    assert calling(edith).post(f"claims/{claim.pk}/drop", reason=" ").codes == ["REASON_REQUIRED"]
    assert calling(edith).post(f"claims/{claim.pk}/drop", reason="Not pursued.").json["dropped_at"]


def test_claims_are_filtered_by_status_text_and_author(
    calling: ClientFactory, rosa: User, ruben: User, room: Room
) -> None:
    gate, bridge = room.claim("The gate was open (100%)."), room.claim("The bridge was shut.", by="ruben")
    caller = calling(rosa)

    def found(**query: object) -> list[str]:
        answer = caller.get("claims", **query)
        assert answer.status == 200, answer
        return [row["id"] for row in answer.json["results"]]

    assert found() == [str(bridge.pk), str(gate.pk)]
    assert found(q="GATE WAS OPEN (100%)") == [str(gate.pk)]
    assert found(q=".*") == []
    assert found(mine="true") == [str(gate.pk)]
    assert found(mine="false") == [str(bridge.pk)]
    assert found(status="verified") == []
    assert len(found(status=["verified", "unverified"])) == 2
    assert found(live="false") == []
    assert found(desk=str(uuid.uuid4())) == []


def test_claims_are_filtered_by_story(calling: ClientFactory, rosa: User, room: Room) -> None:
    used, _other = room.claim("Used."), room.claim("Not used.")
    story = room.story(used)
    listed = calling(rosa).get("claims", story=str(story.pk)).json["results"]
    assert [row["id"] for row in listed] == [str(used.pk)]


def test_a_list_takes_a_constant_number_of_queries(
    calling: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    for number in range(6):
        claim = room.claim(f"Claim {number}.", adverse_to=[room.person().pk, room.person().pk])
        if number % 2:
            calling(rosa).post(f"claims/{claim.pk}/split", texts=["One.", "Two."])
    caller = calling(rosa)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert len(caller.get("claims").json["results"]) == 12
