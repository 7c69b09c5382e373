"""Related claims: found by a text or a claim, only as far as the caller may see; and marked as not the same."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.policy.roles import Role
from tests.api.conftest import ApiClient
from tests.support.confidential import reader_at

TEXT = "The council hid nine million crowns in its budget."


@pytest.fixture
def claim(room: Any) -> Any:
    return room.claim(TEXT)


def related(client: ApiClient, text: str, **query: object) -> list[dict[str, Any]]:
    """The claims that are related to the text."""
    response = client.get("claims/related", text=text, **query)
    assert response.status == 200, response
    return response.json["results"]


def test_a_claim_that_is_typed_shows_what_exists_and_what_it_differs_in(room, rosa, claim):
    story = room.story(claim, relies_on=[])
    (found,) = related(ApiClient(rosa), "The council hid seven million crowns in its budget.")
    assert found == {
        "id": str(claim.pk), "text": TEXT, "status": "unverified", "desk": str(room.desk.pk),
        "similarity": found["similarity"], "identical": False, "differences": ["figure"], "only_in_text": ["seven"],
        "only_in_claim": ["nine"], "stories": [{"id": str(story.pk), "headline": story.headline}],
    }  # fmt: skip
    assert 0.5 < found["similarity"] < 1
    (same,) = related(ApiClient(rosa), TEXT.upper())
    assert (same["identical"], same["differences"], same["similarity"]) == (True, [], 1.0)


def test_a_desk_narrows_the_search(room, rosa, claim, city):
    assert len(related(ApiClient(rosa), TEXT, desk=room.desk.pk)) == 1
    assert related(ApiClient(rosa), TEXT, desk=city.pk) == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "text"), ({"text": " "}, "text"), ({"text": "x" * 2001}, "text"), ({"text": "a\0b"}, "text"),
        ({"text": ["a", "b"]}, "text"), ({"text": "gate", "desk": "politics"}, "desk"),
        ({"text": "gate", "limit": "5"}, "limit"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(room, rosa, query, parameter):
    response = ApiClient(rosa).get("claims/related", **query)
    assert response.status == 422, response
    assert {error["parameter"].partition("/")[0] for error in response.json["errors"]} == {parameter}


def test_two_claims_are_marked_as_not_the_same_and_that_is_undone(room, rosa, claim):
    other, client = room.claim("The council hid seven million crowns in its budget."), ApiClient(rosa)
    one, two = f"claims/{claim.pk}", f"claims/{other.pk}"
    assert [row["id"] for row in client.get(f"{one}/related").json["results"]] == [str(other.pk)]
    marked = client.post(f"{one}/mark-distinct", other=str(other.pk), reason="Another year.")
    assert marked.status == 200, marked
    for path, counterpart in ((one, other), (two, claim)):
        shown = client.get(f"{path}/related").json
        assert shown["results"] == []
        (distinct,) = shown["distinct"]
        assert (distinct["id"], distinct["reason"]) == (str(counterpart.pk), "Another year.")
        assert distinct["marked_by"]["id"] == str(rosa.pk)
    assert client.post(f"{one}/mark-distinct", other=str(other.pk), reason="Again.").codes == ["ALREADY_DISTINCT"]
    assert client.post(f"{two}/unmark-distinct", other=str(claim.pk)).status == 200
    assert client.post(f"{two}/unmark-distinct", other=str(claim.pk)).codes == ["NOT_DISTINCT"]
    assert client.get(f"{one}/related").json["distinct"] == []


def test_a_caller_of_another_desk_learns_nothing(room, rosa, claim, city):
    other, stranger = room.claim("The council hid seven million crowns."), ApiClient(reader_at(city, "nina", set(Role)))
    assert related(stranger, TEXT) == []
    for path in (f"claims/{claim.pk}/related", f"claims/{claim.pk}/mark-distinct"):
        response = (
            stranger.get(path) if path.endswith("related") else stranger.post(path, other=str(other.pk), reason="x")
        )
        assert response.status == 404, response
    room.desk = city
    own = room.claim("The council hid six million crowns.", by="hugo")
    refused = stranger.post(f"claims/{own.pk}/mark-distinct", other=str(other.pk), reason="Another.")
    absent = stranger.post(f"claims/{own.pk}/mark-distinct", other=str(own.pk).replace("0", "1"), reason="Another.")
    assert (refused.status, refused.codes) == (absent.status, absent.codes) == (422, ["NOT_FOUND"])


def test_hidden_words_are_not_told_apart_from_words_that_nobody_wrote(planted, city):
    client = ApiClient(reader_at(city, "nina", set(Role)))
    related(client, "warm up")
    for text in ("facecanary speaker", "The realcanaryspeaker denied it.", "knowncanaryspeaker campcanary"):
        with CaptureQueriesContext(connection) as nothing:
            expected = related(client, re.sub(r"\w", "z", text))
        with CaptureQueriesContext(connection) as asked:
            assert related(client, text) == expected, text
        assert len(asked) == len(nothing), text
