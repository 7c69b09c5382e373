"""Statements, relays and briefings."""

import pytest

from editorial.models import ClaimUse, Desk, Relay, User
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_statement_is_recorded_verbatim(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim, source = room.claim(), room.person("Ann Example")
    response = client_for(rosa).post(
        "statements",
        claim=str(claim.pk),
        source=str(source.pk),
        stance="denies",
        directness="first_hand",
        quote="  I was not there. ",
        said_at="2026-03-04T11:30:00+02:00",
    )
    assert response.status == 201, response
    assert response.json["quote"] == "  I was not there. "
    assert response.json["said_at"] == "2026-03-04T09:30:00Z"
    assert (response.json["terms"], response.json["obtained_by"], response.json["benefits_if"]) == (
        "on_record",
        "us",
        None,
    )
    assert response.json["source"]["name"] == "Ann Example"


@pytest.mark.parametrize(
    ("fields", "codes"),
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
    client_for: ClientFactory, rosa: User, room: Room, fields: dict[str, object], codes: list[str]
) -> None:
    defaults = {
        "claim": str(room.claim().pk), "source": str(room.person().pk), "stance": "affirms", "directness": "first_hand"
    }  # fmt: skip
    response = client_for(rosa).post("statements", **defaults | fields)
    assert (response.status, response.codes) == (422, codes)
    assert response.json["errors"][0]["pointer"] == f"#/{next(iter(fields))}"


def test_an_invisible_informant_is_not_found(client_for: ClientFactory, carl: User, room: Room, city: Desk) -> None:
    unnamed = room.person("an aide", unnamed=True)
    source = room.person(by="carl", desk_id=city.pk)
    claim = room.claim(by="carl", desk_id=city.pk)
    response = client_for(carl).post(
        "statements", claim=str(claim.pk), source=str(source.pk), stance="affirms", directness="second_hand",
        informant=str(unnamed.pk),
    )  # fmt: skip
    assert (response.status, response.codes) == (422, ["NOT_FOUND"])
    assert response.json["errors"][0]["pointer"] == "#/informant"
    assert "aide" not in response.json["detail"]


def test_a_statement_is_corrected_withdrawn_and_retracted(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client, statement = client_for(rosa), room.says(room.person(), room.claim())
    revised = client.patch(f"statements/{statement.pk}", terms="background", benefits_if="believed")
    assert (revised.json["terms"], revised.json["benefits_if"], revised.json["version"]) == (
        "background",
        "believed",
        2,
    )
    assert client.patch(f"statements/{statement.pk}", benefits_if=None).json["benefits_if"] is None
    withdrawn = client.post(f"statements/{statement.pk}/end", ended="withdrawn", reason="By telephone.")
    assert (withdrawn.json["ended"], withdrawn.json["ended_by"]) == ("withdrawn", None)
    assert withdrawn.json["ended_at"]
    again = client.post(f"statements/{statement.pk}/end", ended="withdrawn", reason="By letter.")
    assert again.codes == ["ALREADY_ENDED"]
    assert client.post(f"statements/{statement.pk}/end", ended="forgotten", reason="It was long ago.").status == 422


def test_the_replacement_of_a_statement_is_shown_to_those_who_may_see_it(
    client_for: ClientFactory, rosa: User, carl: User, room: Room
) -> None:
    client, source = client_for(rosa), room.person()
    earlier, later = room.says(source, room.claim("Twelve died.")), room.says(source, room.claim("Fourteen died."))
    ended = client.post(
        f"statements/{earlier.pk}/end", ended="superseded", ended_by=str(later.pk), reason="The afternoon count."
    )
    assert (ended.json["ended"], ended.json["ended_by"]) == ("superseded", str(later.pk))
    assert client.get("statements", live="true").json["results"][0]["id"] == str(later.pk)
    story = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="The dead", actor=carl, now=room.now)
    ClaimUse.objects.create(story=story, claim=earlier.claim, mode="attributed")
    seen = client_for(carl).get(f"statements/{earlier.pk}").json
    assert (seen["ended"], seen["ended_by"]) == ("superseded", None)
    refused = client_for(carl).post(
        f"statements/{earlier.pk}/end", ended="corrected", ended_by=str(later.pk), reason="He said so."
    )
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "#/ended_by")


def test_a_statement_is_moved_to_another_claim(client_for: ClientFactory, rosa: User, room: Room) -> None:
    statement, other = room.says(room.person(), room.claim("One.")), room.claim("Two.")
    moved = client_for(rosa).post(f"statements/{statement.pk}/move", claim=str(other.pk))
    assert (moved.status, moved.json["claim"]) == (200, str(other.pk))


def test_a_relay_is_created_and_undone(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client, claim = client_for(rosa), room.claim()
    origin = room.says(room.source("outlet"), claim, obtained_by="external")
    derived = room.says(room.source("outlet"), claim, directness="relayed", obtained_by="external")
    traced = client.post("relays", derived=str(derived.pk), origin=str(origin.pk))
    assert traced.status == 201, traced
    assert client.get(f"statements/{derived.pk}").json["repeats"] == [str(origin.pk)]
    assert [row["id"] for row in client.get("relays", claim=str(claim.pk)).json["results"]] == [traced.json["id"]]
    assert client.post("relays", derived=str(origin.pk), origin=str(origin.pk)).codes == ["SAME_OBJECT"]
    assert client.post(f"relays/{traced.json['id']}/undo", reason="Another agency.").status == 204
    assert not Relay.objects.exists()


def test_statements_and_relays_of_another_desk_are_not_found(client_for: ClientFactory, carl: User, room: Room) -> None:
    claim = room.claim()
    origin, derived = room.says(room.person(), claim), room.says(room.person(), claim, directness="relayed")
    link = client_for(room.people["rosa"]).post("relays", derived=str(derived.pk), origin=str(origin.pk)).json["id"]
    client = client_for(carl)
    assert client.get("statements").json["results"] == []
    assert client.get("relays").json["results"] == []
    assert client.get(f"statements/{origin.pk}").status == 404
    assert client.get(f"relays/{link}").status == 404
    assert client.post(f"statements/{origin.pk}/end", ended="withdrawn", reason="Why not.").status == 404
    assert client.post(f"relays/{link}/undo", reason="Why not.").status == 404


def test_a_briefing_is_recorded_once_and_named_by_its_statements(
    client_for: ClientFactory, rosa: User, carl: User, room: Room, politics: Desk
) -> None:
    client = client_for(rosa)
    briefing = client.post("briefings", desk=str(politics.pk), name="Noon call", held_at="2026-03-04T12:00:00Z")
    assert briefing.status == 201, briefing
    statement = room.says(room.person(), room.claim(), briefing=briefing.json["id"])
    assert client.get(f"statements/{statement.pk}").json["briefing"] == briefing.json["id"]
    again = client.post("briefings", desk=str(politics.pk), name="Noon call")
    assert again.status == 409
    assert client.post("briefings", desk=str(politics.pk), name="X", held_at="2026-03-04T12:00:00").codes == [
        "UTC_OFFSET_MISSING"
    ]
    assert client_for(carl).post("briefings", desk=str(politics.pk), name="Noon").status == 403
    assert client_for(carl).get("briefings").json["results"] == []
    assert [row["name"] for row in client.get("briefings").json["results"]] == ["Noon call"]


def test_lists_are_filtered_by_claim_and_source_with_a_constant_number_of_queries(
    client_for: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    claim, ann = room.claim(), room.person("Ann")
    statement = room.says(ann, claim)
    for _ in range(4):
        informant = room.person()
        room.says(room.person(), claim, directness="second_hand", informant=informant.pk)
    client = client_for(rosa)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(client.get("statements", claim=str(claim.pk)).json["results"]) == 5
    assert [row["id"] for row in client.get("statements", source=str(ann.pk)).json["results"]] == [str(statement.pk)]


def test_a_statement_says_how_it_was_obtained(client_for: ClientFactory, rosa: User, carl: User, room: Room) -> None:
    client, claim = client_for(rosa), room.claim()
    said = client.post(
        "statements", claim=str(claim.pk), source=str(room.person().pk), stance="affirms", directness="first_hand",
        inducement="coerced", collector_conflict=True, translation="machine",
    )  # fmt: skip
    told = [said.json[name] for name in ("inducement", "collector_conflict", "translation")]
    assert told == ["coerced", True, "machine"]
    path = f"statements/{said.json['id']}"
    changes = {"inducement": None, "collector_conflict": False, "translation": "human"}
    assert client_for(carl).patch(path, **changes, etag='"1"').status == 404
    changed = client.patch(path, **changes)
    assert {name: changed.json[name] for name in changes} == changes
    assert client.patch(path, translation="parrot").status == 422
