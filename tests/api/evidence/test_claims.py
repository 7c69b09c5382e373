"""Claims: file, revise, split, merge, drop, list."""

import uuid

from editorial.models import Claim, ClaimVisibility, Desk, User
from editorial.workflow.evidence import claims
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_reporter_files_a_claim_and_reads_it_back(
    client_for: ClientFactory, rosa: User, room: Room, politics: Desk
) -> None:
    accused = room.person("Max Muster")
    filed = client_for(rosa).post(
        "claims", desk=str(politics.pk), text="He spoke to her.", risk="contentious", adverse_to=[str(accused.pk)]
    )
    assert filed.status == 201, filed
    assert filed.json["status"] == "unverified"
    assert filed.json["adverse_to"] == [{"id": str(accused.pk), "name": "Max Muster"}]
    assert client_for(rosa).get(f"claims/{filed.json['id']}").json == filed.json


def test_an_opinion_has_no_status(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    filed = client_for(rosa).post("claims", desk=str(politics.pk), text="He ought to go.", kind="opinion")
    assert filed.json["status"] is None


def test_an_empty_claim_is_refused_with_its_field(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    response = client_for(rosa).post("claims", desk=str(politics.pk), text=" ")
    assert response.status == 422
    assert response.json["errors"][0]["pointer"] == "#/text"


def test_a_field_that_does_not_exist_is_a_typing_error(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    response = client_for(rosa).post("claims", desk=str(politics.pk), text="P", adverseTo=[])
    assert response.status == 422
    assert response.json["errors"] == [{"code": "UNKNOWN_FIELD", "detail": "Unknown field.", "pointer": "#/adverseTo"}]


def test_a_claim_cannot_be_filed_at_another_desk(client_for: ClientFactory, carl: User, politics: Desk) -> None:
    response = client_for(carl).post("claims", desk=str(politics.pk), text="P")
    assert response.status == 403
    assert response.codes == ["FORBIDDEN"]


def test_a_claim_of_another_desk_is_not_found(client_for: ClientFactory, carl: User, room: Room) -> None:
    claim = room.claim()
    client = client_for(carl)
    for response in (
        client.get(f"claims/{claim.pk}"),
        client.get(f"claims/{claim.pk}/assessment"),
        client.patch(f"claims/{claim.pk}", text="Q"),
        client.post(f"claims/{claim.pk}/drop", reason="Why not."),
        client.get(f"claims/{uuid.uuid4()}"),
    ):
        assert response.status == 404
        assert response.codes == ["NOT_FOUND"]
    assert client.get("claims").json["results"] == []


def test_a_claim_is_revised_and_a_stale_version_is_refused(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim()
    revised = client_for(rosa).patch(f"claims/{claim.pk}", text="The gate was shut.", etag='"1"')
    assert (revised.status, revised.json["text"], revised.json["version"]) == (200, "The gate was shut.", 2)
    stale = client_for(rosa).patch(f"claims/{claim.pk}", text="The gate was ajar.", etag='"1"')
    assert (stale.status, stale.codes) == (412, ["STALE_VERSION"])
    assert Claim.objects.get(pk=claim.pk).text == "The gate was shut."


def test_an_omitted_field_is_unchanged(client_for: ClientFactory, rosa: User, room: Room) -> None:
    accused = room.person()
    claim = room.claim(adverse_to=[accused.pk])
    revised = client_for(rosa).patch(f"claims/{claim.pk}", risk="serious")
    assert revised.json["text"] == claim.text
    assert [party["id"] for party in revised.json["adverse_to"]] == [str(accused.pk)]
    assert client_for(rosa).patch(f"claims/{claim.pk}", adverse_to=[]).json["adverse_to"] == []


def test_a_split_claim_shows_its_parts(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim("He called, and she answered.")
    split = client_for(rosa).post(f"claims/{claim.pk}/split", texts=["He called.", "She answered."])
    assert split.status == 200, split
    parts = [client_for(rosa).get(f"claims/{part}").json for part in split.json["parts"]]
    assert [part["text"] for part in parts] == ["He called.", "She answered."]
    assert [part["compounds"] for part in parts] == [[str(claim.pk)]] * 2


def test_a_part_does_not_name_a_compound_of_another_desk(
    client_for: ClientFactory, rosa: User, carl: User, city: Desk, room: Room
) -> None:
    claim = room.claim("He called, and she answered.")
    part, _ = claims.split(claim_id=claim.pk, texts=["He called.", "She answered."], actor=rosa, now=room.now)
    ClaimVisibility.objects.create(claim=part, desk=city)  # as if a story of theirs used it
    assert client_for(carl).get(f"claims/{part.pk}").json["compounds"] == []
    assert client_for(rosa).get(f"claims/{part.pk}").json["compounds"] == [str(claim.pk)]


def test_a_split_needs_two_propositions(client_for: ClientFactory, rosa: User, room: Room) -> None:
    response = client_for(rosa).post(f"claims/{room.claim().pk}/split", texts=["He called."])
    assert (response.status, response.codes) == (422, ["TOO_FEW"])


def test_a_merged_claim_redirects_to_the_remaining_claim(client_for: ClientFactory, felix: User, room: Room) -> None:
    claim, same = room.claim("It was open."), room.claim("It stood open.")
    merged = client_for(felix).post(f"claims/{claim.pk}/merge", into=str(same.pk))
    assert (merged.status, merged.json["id"]) == (200, str(same.pk))
    old = client_for(felix).get(f"claims/{claim.pk}").json
    assert old["merged_into"] == str(same.pk)


def test_only_an_editor_drops_a_claim_and_gives_a_reason(
    client_for: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    claim = room.claim()
    assert client_for(rosa).post(f"claims/{claim.pk}/drop", reason="Boring.").status == 403
    assert client_for(edith).post(f"claims/{claim.pk}/drop", reason=" ").codes == ["REASON_REQUIRED"]
    assert client_for(edith).post(f"claims/{claim.pk}/drop", reason="Not pursued.").json["dropped_at"]


def test_claims_are_filtered_by_status_text_and_author(
    client_for: ClientFactory, rosa: User, ruben: User, room: Room
) -> None:
    gate, bridge = room.claim("The gate was open (100%)."), room.claim("The bridge was shut.", by="ruben")
    client = client_for(rosa)

    def found(**query: object) -> list[str]:
        response = client.get("claims", **query)
        assert response.status == 200, response
        return [row["id"] for row in response.json["results"]]

    assert found() == [str(bridge.pk), str(gate.pk)]
    assert found(q="GATE WAS OPEN (100%)") == [str(gate.pk)]
    assert found(q=".*") == []
    assert found(mine="true") == [str(gate.pk)]
    assert found(mine="false") == [str(bridge.pk)]
    assert found(status="verified") == []
    assert len(found(status=["verified", "unverified"])) == 2
    assert found(live="false") == []
    assert found(desk=str(uuid.uuid4())) == []


def test_claims_are_filtered_by_story(client_for: ClientFactory, rosa: User, room: Room) -> None:
    used, _other = room.claim("Used."), room.claim("Not used.")
    story = room.story(used)
    listed = client_for(rosa).get("claims", story=str(story.pk)).json["results"]
    assert [row["id"] for row in listed] == [str(used.pk)]


def test_a_list_takes_a_constant_number_of_queries(
    client_for: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    for number in range(6):
        claim = room.claim(f"Claim {number}.", adverse_to=[room.person().pk, room.person().pk])
        if number % 2:
            client_for(rosa).post(f"claims/{claim.pk}/split", texts=["One.", "Two."])
    client = client_for(rosa)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert len(client.get("claims").json["results"]) == 12


def test_a_claim_says_that_it_needs_context(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    filed = client.post("claims", desk=str(room.desk.pk), text="Crime fell by half.", needs_context=True)
    assert filed.json["needs_context"] is True
    assert client.patch(f"claims/{filed.json['id']}", needs_context=False).json["needs_context"] is False


def test_the_weights_say_which_statements_count_and_why_others_do_not(
    client_for: ClientFactory, rosa: User, carl: User, room: Room
) -> None:
    claim = room.claim()
    counted = room.says(room.person(), claim)
    hearsay = room.says(room.person(), claim, directness="second_hand")
    response = client_for(rosa).get(f"claims/{claim.pk}/weights")
    assert response.status == 200
    assert response.json["statements"] == [
        {"statement": str(counted.pk), "counts": True, "reasons": []},
        {
            "statement": str(hearsay.pk),
            "counts": False,
            "reasons": [{"code": "no_informant", "text": "second-hand, without a named informant"}],
        },
    ]
    assert client_for(carl).get(f"claims/{claim.pk}/weights").status == 404
    room.says(room.person("a keeper", unnamed=True), claim, "denies")
    weights = client_for(rosa).get(f"claims/{claim.pk}/weights").json["statements"]
    assert [(row["counts"], row["reasons"]) for row in weights] == [
        (None, []),
        (False, weights[1]["reasons"]),
        (None, []),
    ]
