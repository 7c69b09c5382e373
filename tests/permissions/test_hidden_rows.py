"""A hidden row does not exist: no response distinguishes it from a row that never was."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from editorial.models import Notification, Source
from tests.api.conftest import ApiClient
from tests.permissions.test_scopes import OPERATIONS, UNCHANGED_PATCHES, some_row
from tests.support.sample_rows import create_row_of_each_model

pytestmark = pytest.mark.exhaustive

NAME, KNOWN_BY = "Johanna Quillfeather", "born 3 May 1961"
SHARED = {"desks", "policies"}  # visible at every desk
DETAIL_OPERATIONS = [
    (method, path) for method, path, _ in OPERATIONS if "{id}" in path and path.split("/")[0] not in SHARED
]


def response_of(caller: ApiClient, method: str, path: str, row: object, body: Any = None) -> tuple[int, str]:
    """Status and body of a response, with the id removed."""
    data = ({} if body is None else body) if method in ("post", "patch") else None
    response = caller.send(method, path.replace("{id}", str(row)), data, **UNCHANGED_PATCHES)
    return response.status, json.dumps(response.json).replace(str(row), "…")


def test_a_hidden_row_responds_like_a_nonexistent_row(room, people, subtests):
    create_row_of_each_model(room)
    unnamed = room.person("a keeper", unnamed=True, identity_name=NAME, identity_known_by=KNOWN_BY)
    room.settle()
    cleo, rosa = ApiClient(people["cleo"]), people["rosa"]
    assert len(DETAIL_OPERATIONS) > 50
    for method, path in DETAIL_OPERATIONS:
        row = unnamed.pk if path.startswith("sources/") else some_row(path, rosa)
        with subtests.test(f"{method} {path}"):
            response = response_of(cleo, method, path, row)
            assert response == response_of(cleo, method, path, uuid4())
            if method in ("get", "delete"):
                assert response[0] == 404


@pytest.fixture
def shared(room, people, city):
    """A claim of politics, stated by an unnamed source and used by a story of the city desk: cleo sees the claim."""
    claim = room.claim()
    unnamed = room.person("a sluice engineer", unnamed=True, identity_name=NAME, identity_known_by=KNOWN_BY)
    statement = room.says(unnamed, claim)
    desk, room.desk = room.desk, city
    room.story(claim, by="hugo")
    room.desk = desk
    room.settle()
    return claim, unnamed, statement


def test_a_confidential_source_is_in_no_list_count_search_or_filter(room, people, shared):
    claim, unnamed, _statement = shared
    cleo = ApiClient(people["cleo"])
    assert cleo.get(f"claims/{claim.pk}").status == 200
    statements_of_claim = cleo.get("statements", claim=str(claim.pk)).json["results"]
    assert [row["source"] for row in statements_of_claim] == [{"id": None, "name": "a protected source"}]
    for query in ({}, {"q": "sluice"}, {"unnamed": "true"}, {"type": "person", "unnamed": "true"}):
        assert cleo.get("sources", **query).json["results"] == [], query
    nobody = str(uuid4())
    for list_, by in (("statements", "source"), ("sources", "desk"), ("relays", "claim"), ("exhibits", "statement")):
        hers, none = cleo.get(list_, **{by: str(unnamed.pk)}), cleo.get(list_, **{by: nobody})
        assert (hers.status, hers.json) == (none.status, none.json), list_
    for name in ("rosa", "cleo", "hugo", "ada"):
        for text in (NAME, KNOWN_BY, "Quillfeather"):
            for list_ in ("sources", "claims", "stories"):
                response = ApiClient(people[name]).get(list_, q=text)
                assert (response.status, response.json["results"]) == (200, []), (name, list_)


def test_no_error_reveals_that_a_confidential_source_exists(room, people, shared):
    claim, unnamed, _statement = shared
    cleo = ApiClient(people["cleo"])
    named = room.source("person", "Lida Fenn")
    for path, body in (
        ("statements", {"claim": str(claim.pk), "source": "{id}", "stance": "affirms", "directness": "first_hand"}),
        ("sources", {"desk": str(claim.desk_id), "type": "person", "name": "x", "org": "{id}"}),
        (f"claims/{claim.pk}", {"adverse_to": ["{id}"]}),
        (f"sources/{named.pk}/merge", {"into": "{id}", "reason": "Same."}),
        (
            "reply-requests",
            {"to": "{id}", "covers": [str(claim.pk)], "question": "?", "deadline_at": "2031-01-01T00:00Z"},
        ),
    ):
        method = "patch" if path.startswith("claims/") else "post"
        responses = []
        for row in (unnamed.pk, uuid4()):
            data = json.loads(json.dumps(body).replace("{id}", str(row)))
            responses.append(response_of(cleo, method, path, row, data))
        assert responses[0] == responses[1], path
        assert responses[0][0] >= 400


def test_an_etag_is_independent_of_hidden_rows(room, people, shared):
    claim, hidden, _ = shared
    cleo = ApiClient(people["cleo"])
    before = cleo.get(f"claims/{claim.pk}").response["ETag"]
    Source.objects.filter(pk=hidden.pk).update(name="an engineer at the sluice", description="Was there.")
    assert cleo.get(f"claims/{claim.pk}").response["ETag"] == before


def test_notifications_of_others_are_not_visible(room, people, shared):
    told = list(Notification.objects.exclude(user=people["cleo"]))
    assert all(ApiClient(people["cleo"]).get(f"notifications/{notice.pk}").status == 404 for notice in told)
