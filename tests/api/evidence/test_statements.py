"""Statements, relays and briefings."""

import pytest

from editorial.models import Desk, Relay, User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_statement_is_recorded_verbatim(calling: ClientFactory, rosa: User, room: Room) -> None:
    claim, source = room.claim(), room.person("Ann Example")
    said = calling(rosa).post(
        "statements",
        claim=str(claim.pk),
        source=str(source.pk),
        stance="denies",
        directness="first_hand",
        quote="  I was not there. ",
        said_at="2026-03-04T11:30:00+02:00",
    )
    assert said.status == 201, said
    assert said.json["quote"] == "  I was not there. "
    assert said.json["said_at"] == "2026-03-04T09:30:00Z"
    assert (said.json["terms"], said.json["obtained_by"], said.json["benefits_if"]) == ("on_record", "us", None)
    assert said.json["source"]["name"] == "Ann Example"


@pytest.mark.parametrize(
    ("stated", "codes"),
    [
        ({"said_at": "2026-03-04T11:30:00"}, ["UTC_OFFSET_MISSING"]),
        ({"said_at": "2999-01-01T00:00:00Z"}, ["IN_THE_FUTURE"]),
        ({"credibility": 7}, ["MAX_VALUE"]),
        ({"credibility": 10**30}, ["MAX_VALUE"]),
        ({"stance": "unsure"}, ["INVALID_CHOICE"]),
        ({"stance": ["affirms"]}, ["INVALID_CHOICE"]),
        ({"quote": "a\x00b"}, ["NULL_CHARACTERS_NOT_ALLOWED"]),
        ({"quote": {"a": 1}}, ["INVALID"]),
        ({"informant": 7}, ["INVALID"]),
        ({"directness": None}, ["NULL"]),
    ],
)
def test_an_invalid_statement_is_refused_with_its_field(
    calling: ClientFactory, rosa: User, room: Room, stated: dict[str, object], codes: list[str]
) -> None:
    sound = {
        "claim": str(room.claim().pk), "source": str(room.person().pk), "stance": "affirms", "directness": "first_hand"
    }  # fmt: skip
    refused = calling(rosa).post("statements", **sound | stated)
    assert (refused.status, refused.codes) == (422, codes)
    assert refused.json["errors"][0]["pointer"] == f"#/{next(iter(stated))}"


def test_an_invisible_informant_is_not_found(calling: ClientFactory, carl: User, room: Room, city: Desk) -> None:
    mask = room.person("an aide", unnamed=True)
    source = room.person(by="carl", desk_id=city.pk)
    claim = room.claim(by="carl", desk_id=city.pk)
    refused = calling(carl).post(
        "statements", claim=str(claim.pk), source=str(source.pk), stance="affirms", directness="second_hand",
        informant=str(mask.pk),
    )  # fmt: skip
    assert (refused.status, refused.codes) == (404, ["NOT_FOUND"])
    assert refused.json["errors"][0]["pointer"] == "#/informant"
    assert "aide" not in refused.json["detail"]


def test_a_statement_is_corrected_withdrawn_and_retracted(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller, said = calling(rosa), room.says(room.person(), room.claim())
    revised = caller.patch(f"statements/{said.pk}", terms="background", benefits_if="believed")
    assert (revised.json["terms"], revised.json["benefits_if"], revised.json["version"]) == (
        "background",
        "believed",
        2,
    )
    assert caller.patch(f"statements/{said.pk}", benefits_if=None).json["benefits_if"] is None
    assert caller.post(f"statements/{said.pk}/withdraw", reason="By telephone.").json["withdrawn_at"]
    assert caller.post(f"statements/{said.pk}/withdraw", reason="By letter.").codes == ["WITHDRAWN"]
    assert caller.post(f"statements/{said.pk}/retract", reason="On page 2.").json["retracted_at"]


def test_a_statement_is_moved_to_another_claim(calling: ClientFactory, rosa: User, room: Room) -> None:
    said, other = room.says(room.person(), room.claim("One.")), room.claim("Two.")
    moved = calling(rosa).post(f"statements/{said.pk}/move", claim=str(other.pk))
    assert (moved.status, moved.json["claim"]) == (200, str(other.pk))


def test_a_relay_is_created_and_undone(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller, claim = calling(rosa), room.claim()
    origin = room.says(room.source("outlet"), claim, obtained_by="external")
    derived = room.says(room.source("outlet"), claim, directness="relayed", obtained_by="external")
    traced = caller.post("relays", derived=str(derived.pk), origin=str(origin.pk))
    assert traced.status == 201, traced
    assert caller.get(f"statements/{derived.pk}").json["repeats"] == [str(origin.pk)]
    assert [row["id"] for row in caller.get("relays", claim=str(claim.pk)).json["results"]] == [traced.json["id"]]
    assert caller.post("relays", derived=str(origin.pk), origin=str(origin.pk)).codes == ["SAME_OBJECT"]
    assert caller.post(f"relays/{traced.json['id']}/undo", reason="Another agency.").status == 204
    assert not Relay.objects.exists()


def test_statements_and_relays_of_another_desk_are_not_found(calling: ClientFactory, carl: User, room: Room) -> None:
    claim = room.claim()
    origin, derived = room.says(room.person(), claim), room.says(room.person(), claim, directness="relayed")
    link = calling(room.people["rosa"]).post("relays", derived=str(derived.pk), origin=str(origin.pk)).json["id"]
    caller = calling(carl)
    assert caller.get("statements").json["results"] == []
    assert caller.get("relays").json["results"] == []
    assert caller.get(f"statements/{origin.pk}").status == 404
    assert caller.get(f"relays/{link}").status == 404
    assert caller.post(f"statements/{origin.pk}/withdraw", reason="Why not.").status == 404
    assert caller.post(f"relays/{link}/undo", reason="Why not.").status == 404


def test_a_briefing_is_recorded_once_and_named_by_its_statements(
    calling: ClientFactory, rosa: User, carl: User, room: Room, politics: Desk
) -> None:
    caller = calling(rosa)
    held = caller.post("briefings", desk=str(politics.pk), name="Noon call", held_at="2026-03-04T12:00:00Z")
    assert held.status == 201, held
    said = room.says(room.person(), room.claim(), briefing=held.json["id"])
    assert caller.get(f"statements/{said.pk}").json["briefing"] == held.json["id"]
    again = caller.post("briefings", desk=str(politics.pk), name="Noon call")
    assert again.status == 409
    assert caller.post("briefings", desk=str(politics.pk), name="X", held_at="2026-03-04T12:00:00").codes == [
        "UTC_OFFSET_MISSING"
    ]
    assert calling(carl).post("briefings", desk=str(politics.pk), name="Noon").status == 403
    assert calling(carl).get("briefings").json["results"] == []
    assert [row["name"] for row in caller.get("briefings").json["results"]] == ["Noon call"]


def test_lists_are_filtered_by_claim_and_source_with_a_constant_number_of_queries(
    calling: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    claim, ann = room.claim(), room.person("Ann")
    mine = room.says(ann, claim)
    for _ in range(4):
        informant = room.person()
        room.says(room.person(), claim, directness="second_hand", informant=informant.pk)
    caller = calling(rosa)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(caller.get("statements", claim=str(claim.pk)).json["results"]) == 5
    assert [row["id"] for row in caller.get("statements", source=str(ann.pk)).json["results"]] == [str(mine.pk)]
