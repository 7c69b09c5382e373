"""`GET /search`: what the caller may see, and nothing by which they could learn of anything else."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.models import SourceSearchDocument
from editorial.policy.roles import Role
from editorial.workflow.evidence import sources
from editorial.workflow.stories import stories
from tests.api.conftest import ApiClient
from tests.support.confidential import reader_at


def found(client: ApiClient, q: str, **query: object) -> list[str]:
    """The ids that are found."""
    response = client.get("search", q=q, **query)
    assert response.status == 200, response
    return [result["id"] for result in response.json["results"]]


def test_the_results_show_type_title_desk_and_marked_words(room, rosa):
    claim = room.claim("The harbour gate was open all night.")
    source = room.person("Walter Watchman")
    statement = room.says(source, claim, quote="I closed the harbour gate at nine.")
    answer = ApiClient(rosa).get("search", q="gates harbour").json
    assert answer["counts"] == {"story": 0, "claim": 1, "statement": 1, "source": 0, "exhibit": 0}
    shown = {result["id"]: result for result in answer["results"]}
    assert shown[str(claim.pk)] == {
        "type": "claim", "id": str(claim.pk), "title": claim.text, "desk": str(room.desk.pk),
        "excerpt": [
            {"text": "The ", "matches": False}, {"text": "harbour", "matches": True}, {"text": " ", "matches": False},
            {"text": "gate", "matches": True}, {"text": " was open all night.", "matches": False},
        ],
    }  # fmt: skip
    assert shown[str(statement.pk)]["title"] == f"Walter Watchman affirms: {claim.text}"


def test_types_limit_and_desk_are_taken(room, rosa, city):
    room.claim("The harbour gate was open.")
    room.claim("The harbour gate was shut.")
    client = ApiClient(rosa)
    assert len(found(client, "harbour")) == 2
    assert len(found(client, "harbour", limit=1)) == 1
    assert found(client, "harbour", type=["story", "source"]) == []
    assert found(client, "harbour", desk=str(city.pk)) == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "q"), ({"q": " "}, "q"), ({"q": "x" * 201}, "q"), ({"q": "a\0b"}, "q"), ({"q": ["a", "b"]}, "q"),
        ({"q": "gate", "type": "desk"}, "type"), ({"q": "gate", "desk": "politics"}, "desk"),
        ({"q": "gate", "limit": "51"}, "limit"), ({"q": "gate", "cursor": "x"}, "cursor"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_for_is_refused(room, rosa, query, parameter):
    response = ApiClient(rosa).get("search", **query)
    assert response.status == 422, response
    assert {error["parameter"].partition("/")[0] for error in response.json["errors"]} == {parameter}


def test_a_reader_of_another_desk_finds_only_what_their_desk_sees(room, rosa, carl, city):
    own = stories.pitch(headline="Lanterns", body="", desk_id=room.desk.pk, actor=rosa, now=room.now)
    claim, source = room.claim("Lanterns were lit."), room.person("Lanterns Lee", unnamed=False)
    hidden = room.person("The lanterns keeper", unnamed=True, description="Lights lanterns.")
    statement = room.says(source, claim, quote="I lit the lanterns.")
    everything = {str(row.pk) for row in (own, claim, source, hidden, statement)}
    assert set(found(ApiClient(rosa), "lanterns")) == everything
    assert found(ApiClient(carl), "lanterns") == [str(source.pk)]
    room.desk, room.people["rosa"] = city, room.people["hugo"]
    room.story(claim, by="hugo", relies_on=[])
    assert set(found(ApiClient(carl), "lanterns")) == {str(source.pk), str(claim.pk), str(statement.pk)}


CANARIES = ("facecanary", "waycanary", "realcanary", "knowncanary", "campcanary", "facecanari", '"facecanary speaker"')


def test_no_word_of_a_protected_source_is_told_apart_from_one_that_nobody_wrote(planted, city):
    client = ApiClient(reader_at(city, "nina", set(Role)))
    found(client, "warm up")
    for word in CANARIES:
        with CaptureQueriesContext(connection) as nothing:
            expected = client.get("search", q=re.sub(r"\w", "z", word)).json
        with CaptureQueriesContext(connection) as asked:
            answer = client.get("search", q=word).json
        assert answer == expected, word
        assert len(asked) == len(nothing), word


def test_nobody_finds_an_identity_and_its_desk_finds_the_description(planted, room):
    for name in ("rosa", "cuno", "ada", "stan"):
        client = ApiClient(room.people[name])
        assert found(client, '"realcanaryspeaker"') == []
        assert found(client, '"knowncanaryspeaker"') == []
    assert str(planted.sources["speaker"].pk) in found(ApiClient(room.people["rosa"]), "facecanary speaker")


def test_the_name_of_a_source_is_gone_from_the_search_once_it_is_protected(room, rosa, cuno):
    source = room.person("Theodora Canaryname", description="Canaryname saw it.")
    assert found(ApiClient(rosa), "canaryname") == [str(source.pk)]
    sources.revise(source_id=source.pk, description="Saw it.", actor=rosa, now=room.now)
    sources.protect(
        source_id=source.pk, name="A guard", identity_name="Theodora Canaryname", identity_known_by="b. 1970",
        actor=rosa, now=room.now,
    )  # fmt: skip
    assert found(ApiClient(rosa), "canaryname") == []
    assert found(ApiClient(rosa), "theodora") == []
    assert "theodora" not in str(SourceSearchDocument.objects.get(source=source).vector)


def test_a_statement_of_a_protected_source_is_shown_without_its_name(planted, city):
    client = ApiClient(reader_at(city, "nina", set(Role)))
    (result,) = client.get("search", q='"I saw it"', type="statement").json["results"]
    assert result["title"].startswith("a protected source affirms: ")
    assert "canary" not in str(result)
