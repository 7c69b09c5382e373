"""Several objects in one request, and the names of what they refer to: no more than the caller may see."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.api.framework import expansion
from editorial.api.urls import RESOURCES
from editorial.models import Claim, Desk, User
from editorial.workflow.review import tasks
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_several_objects_are_read_by_id(client_for: ClientFactory, rosa: User, room: Room) -> None:
    first, second, other = (room.claim(f"Claim {number}.") for number in range(3))
    client = client_for(rosa)
    found = client.get("claims", ids=f"{second.pk},{first.pk}").json
    assert [row["id"] for row in found["results"]] == [str(second.pk), str(first.pk)], "in the order of the list"
    assert found["next"] is None
    assert client.get("claims", ids=f"{first.pk},{other.pk}", q="Claim 2").json["results"][0]["id"] == str(other.pk)


def test_hidden_and_unknown_ids_are_left_out_alike(
    client_for: ClientFactory, rosa: User, carl: User, room: Room
) -> None:
    hidden = room.person("an aide", unnamed=True)
    named = room.person("Bob")
    for key in (hidden.pk, uuid4()):
        page = client_for(carl).get("sources", ids=f"{named.pk},{key}")
        assert [row["id"] for row in page.json["results"]] == [str(named.pk)]
    assert len(client_for(rosa).get("sources", ids=f"{named.pk},{hidden.pk}").json["results"]) == 2


def test_more_ids_than_a_page_holds_are_refused(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client, claim = client_for(rosa), room.claim()
    ids = ",".join([str(claim.pk), *(str(uuid4()) for _ in range(199))])
    assert len(client.get("claims", ids=ids).json["results"]) == 1
    for wrong in (f"{ids},{uuid4()}", "x", f"{claim.pk},", f"{claim.pk};{claim.pk}"):
        refused = client.get("claims", ids=wrong)
        assert (refused.status, refused.json["errors"][0]["parameter"]) == (422, "ids"), wrong


def test_all_of_two_hundred_rows_are_on_one_page(client_for: ClientFactory, rosa: User, room: Room) -> None:
    ids = [str(room.claim(f"Claim {number}.").pk) for number in range(60)]
    page = client_for(rosa).get("claims", ids=",".join(ids)).json
    assert (len(page["results"]), page["next"]) == (60, None)


def test_a_task_that_has_ended_is_found_by_its_id(client_for: ClientFactory, felix: User, room: Room) -> None:
    room.claim()
    room.settle()
    task = tasks.take_next(actor=felix, now=room.now)
    assert task is not None
    tasks.finish(task_id=task.pk, outcome="exhausted", note="Nobody knows.", actor=felix, now=room.now)
    client = client_for(felix)
    assert str(task.pk) not in {row["id"] for row in client.get("reviews").json["results"]}
    assert [row["id"] for row in client.get("reviews", ids=str(task.pk)).json["results"]] == [str(task.pk)]


def test_relations_are_shown_by_name_beside_the_row(client_for: ClientFactory, rosa: User, room: Room) -> None:
    carried = room.claim("The gate was open.")
    utterance = room.claim("Ann said so.", kind="utterance", carries=[carried.pk])
    client = client_for(rosa)
    row = client.get(f"claims/{utterance.pk}", expand="desk,carries,merged_into").json
    assert (row["desk"], row["carries"]) == (str(room.desk.pk), [str(carried.pk)]), "ids stay where they are"
    assert row["expanded"] == {
        "desk": {"id": str(room.desk.pk), "name": "Politics"},
        "carries": [{"id": str(carried.pk), "name": "The gate was open."}],
        "merged_into": None,
    }
    rows = client.get("claims", expand="desk").json["results"]
    assert {each["expanded"]["desk"]["name"] for each in rows} == {"Politics"}
    assert "expanded" not in client.get(f"claims/{utterance.pk}").json


def test_an_expanded_row_has_a_tag_of_its_own(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim, client = room.claim(), client_for(rosa)
    plain = client.get(f"claims/{claim.pk}").response["ETag"]
    expanded = client.get(f"claims/{claim.pk}", expand="desk").response["ETag"]
    assert plain != expanded
    again = client.send("get", f"claims/{claim.pk}?expand=desk", None, headers={"If-None-Match": plain})
    assert again.status == 200
    assert client.patch(f"claims/{claim.pk}", text="It was shut.", etag=expanded).status == 200


def test_no_name_is_shown_of_what_the_reader_may_not_see(
    client_for: ClientFactory, hugo: User, cleo: User, rosa: User, room: Room
) -> None:
    """A desk that sees a claim through its story does not see the archived copy behind a statement on it."""
    claim = room.claim()
    archived = client_for(rosa).post("exhibits", desk=str(room.desk.pk), title="Letter of our source", text="Hm.").json
    statement = room.says(room.person(), claim, "affirms", exhibit=archived["id"])
    story = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=hugo, now=room.now)
    room.use(story, [claim])
    path = f"statements/{statement.pk}"
    assert client_for(rosa).get(path, expand="exhibit").json["expanded"]["exhibit"]["name"] == "Letter of our source"
    theirs = client_for(cleo).get(path, expand="exhibit,claim").json
    assert theirs["expanded"] == {"exhibit": None, "claim": {"id": str(claim.pk), "name": claim.text}}


def test_what_cannot_be_expanded_is_refused(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim, client = room.claim(), client_for(rosa)
    for path in ("claims", f"claims/{claim.pk}"):
        for wrong in ("desc", "desk,", "filed_by", "desk,desk.members"):
            refused = client.get(path, expand=wrong)
            assert (refused.status, refused.codes) == (422, ["UNKNOWN_RELATION"]), wrong
            assert refused.json["errors"][0]["parameter"] == "expand"
    assert client.get(f"claims/{claim.pk}/weights", expand="desk").codes == ["UNKNOWN_PARAMETER"]
    assert client.get("claims/export", expand="desk").codes == ["UNKNOWN_PARAMETER"]


@pytest.mark.exhaustive
def test_every_relation_can_be_expanded_in_a_fixed_number_of_queries(
    client_for: ClientFactory, hugo: User, room: Room, subtests: pytest.Subtests
) -> None:
    for number in range(3):
        room.story(room.corroborated(f"Claim {number}."))
    room.settle()
    client, expanded = client_for(hugo), 0
    client.get("me")
    for resource, view in RESOURCES.items():
        names = sorted(expansion.relations(view.list_serializer or view.output_serializer))
        if not names:
            continue
        with subtests.test(resource=resource):
            counts: list[Any] = []
            for query in ({}, {"expand": ",".join(names)}):
                with CaptureQueriesContext(connection) as queries:
                    response = client.get(resource, **query)
                assert response.status == 200, response
                counts.append(len(queries))
            assert counts[1] - counts[0] <= len(names)
            for row in response.json["results"]:
                assert list(row["expanded"]) == names
                expanded += 1
    assert expanded > 10
    assert Claim.objects.count() == 3
