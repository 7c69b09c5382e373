"""The right of reply in the API."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial.models import Desk, ReplyRequest, User
from editorial.workflow.evidence import claims
from editorial.workflow.review import replies
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_reply_request_is_sent_and_its_outcome_recorded(client_for: ClientFactory, rosa: User, room: Room) -> None:
    party = room.person("Max Muster")
    claim = room.claim(adverse_to=[party.pk])
    client = client_for(rosa)
    deadline = (timezone.now() + timedelta(hours=6)).isoformat()
    request = client.post(
        "reply-requests", to=str(party.pk), covers=[str(claim.pk)], question="Were you there?", deadline_at=deadline
    )
    assert request.status == 201, request
    assert (request.json["outcome"], request.json["covers"]) == ("pending", [str(claim.pk)])
    noted = client.post(
        f"reply-requests/{request.json['id']}/answer",
        outcome="declined",
        respondent_name="Petra Press",
        respondent_known_by="spokeswoman since 2019",
    )
    assert (noted.json["outcome"], bool(noted.json["answered_at"])) == ("declined", True)
    key = ReplyRequest.objects.get(pk=request.json["id"]).respondent_key
    assert key
    for response in (noted, client.get("reply-requests"), client.get("events")):
        assert "Petra" not in response.response.content.decode()
        assert key not in response.response.content.decode()
    again = client.post(f"reply-requests/{request.json['id']}/answer", outcome="replied", no_statement_reason="None.")
    assert (again.status, again.codes) == (409, ["ANSWERED"])
    listed = client.get("reply-requests", claim=str(claim.pk), outcome="declined").json["results"]
    assert [row["id"] for row in listed] == [request.json["id"]]
    assert client.get("reply-requests", outcome="pending").json["results"] == []


def test_the_words_put_in_all_requests_of_a_page_take_the_same_number_of_queries_as_in_one(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    client, keeper, counts = client_for(rosa), room.person("a keeper", unnamed=True), []
    for text in ("It was open.", "It was shut.", "It was sold."):
        claim = room.claim(text)
        room.says(keeper, claim)
        replies.send(to_id=room.person().pk, covers=[claim.pk], question="Well?", actor=rosa, now=room.now)
        claims.revise(claim_id=claim.pk, text=text.replace("It", "The gate"), actor=rosa, now=room.now)
        with CaptureQueriesContext(connection) as queries:
            listed = client.get("reply-requests").json["results"]
        assert {put["text"] for row in listed for put in row["claims_as_put"]} == {None}
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_a_reply_request_needs_claims_a_question_and_a_deadline_with_an_offset(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    client, party, claim = client_for(rosa), str(room.person().pk), str(room.claim().pk)
    defaults = {"to": party, "covers": [claim], "question": "Well?", "deadline_at": "2999-01-01T00:00:00Z"}
    for fields, code in (
        ({"covers": []}, "NO_CLAIM"),
        ({"question": " "}, "NO_QUESTION"),
        ({"deadline_at": "2999-01-01T00:00:00"}, "UTC_OFFSET_MISSING"),
        ({"deadline_at": None}, "NULL"),
        ({"deadline_at": (timezone.now() + timedelta(hours=1)).isoformat()}, "REASON_REQUIRED"),
        ({"covers": ["x"]}, "INVALID"),
        ({"covers": "x"}, "NOT_A_LIST"),
        ({"covers": [claim] * 501}, "MAX_LENGTH"),
    ):
        response = client.post("reply-requests", **defaults | fields)
        assert (response.status, response.codes) == (422, [code])
    past = client.post("reply-requests", **defaults | {"deadline_at": "2001-01-01T00:00:00Z"})
    assert past.status == 422


def test_only_an_editor_waives_a_reply_and_gives_a_reason(
    client_for: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    party = room.person()
    fields = {"to": str(party.pk), "covers": [str(room.claim(adverse_to=[party.pk]).pk)]}
    assert client_for(rosa).post("reply-requests/waive", reason="He is dead.", **fields).status == 403
    waived = client_for(edith).post("reply-requests/waive", reason="He is dead.", **fields)
    assert (waived.status, waived.json["outcome"], waived.json["deadline_at"]) == (201, "waived", None)


def test_reply_requests_of_another_desk_are_not_found(
    client_for: ClientFactory, edith: User, carl: User, room: Room
) -> None:
    fields = {"to": str(room.person().pk), "covers": [str(room.claim().pk)]}
    waived = client_for(edith).post("reply-requests/waive", reason="He is dead.", **fields).json
    assert client_for(carl).get("reply-requests").json["results"] == []
    assert client_for(carl).get(f"reply-requests/{waived['id']}").status == 404
    assert client_for(carl).post(f"reply-requests/{waived['id']}/answer", outcome="replied").status == 404
    assert client_for(carl).post("reply-requests/waive", reason="So.", **fields).status == 422


def test_a_request_says_whether_it_named_only_the_topic(client_for: ClientFactory, rosa: User, room: Room) -> None:
    party = room.person()
    asked = client_for(rosa).post(
        "reply-requests", to=str(party.pk), covers=[str(room.claim(adverse_to=[party.pk]).pk)],
        question="A story about the harbour?", deadline_at="2099-03-04T12:00:00Z", specific=False,
    )  # fmt: skip
    assert asked.json["specific"] is False


def test_a_reply_is_recorded_with_the_statements_it_makes(client_for: ClientFactory, rosa: User, room: Room) -> None:
    party = room.person("Max Muster")
    claim, other = (room.claim(text, adverse_to=[party.pk]) for text in ("He was there.", "He lied."))
    client = client_for(rosa)
    request = client.post(
        "reply-requests", to=str(party.pk), covers=[str(claim.pk), str(other.pk)], question="Were you there?"
    )
    path = f"reply-requests/{request.json['id']}/answer"
    denial = {"claim": str(claim.pk), "stance": "denies", "directness": "first_hand", "quote": "Never."}
    for body, status, codes in (
        ({}, 422, ["NO_STATEMENT"]),
        ({"answers": [denial]}, 422, ["NO_STATEMENT"]),
        ({"answers": [{"claim": str(claim.pk), "directness": "first_hand"}]}, 422, ["REQUIRED"]),
        ({"answers": [denial | {"source": str(party.pk)}]}, 422, ["UNKNOWN_FIELD"]),
        ({"answers": [denial | {"briefing": request.json["id"]}]}, 422, ["NOT_FOUND"]),
        ({"answers": [denial | {"informant": str(party.pk)}]}, 422, ["INFORMANT"]),
    ):
        response = client.post(path, outcome="replied", **body)
        assert (response.status, response.codes) == (status, codes)
    assert response.json["errors"][0]["pointer"] == "#/answers/0/informant"
    noted = client.post(path, outcome="replied", answers=[denial], no_statement_reason="He said nothing about lies.")
    assert (noted.json["outcome"], noted.json["no_statement_reason"]) == ("replied", "He said nothing about lies.")
    (statement,) = client.get("statements", reply_request=request.json["id"]).json["results"]
    assert (statement["claim"], statement["source"]["id"], statement["quote"]) == (
        str(claim.pk),
        str(party.pk),
        "Never.",
    )


def test_a_request_shows_the_words_it_put(
    client_for: ClientFactory, hugo: User, carl: User, room: Room, city: Desk
) -> None:
    party, client = room.person(), client_for(hugo)
    claim = room.claim("The gate was open.", adverse_to=[party.pk])
    theirs = room.claim("The dam broke.", by="carl", desk_id=city.pk)
    request = client.post(
        "reply-requests", to=str(party.pk), covers=[str(claim.pk), str(theirs.pk)], question="Was it?"
    ).json
    assert client.patch(f"claims/{claim.pk}", text="The gate was sold.").status == 200
    put = {row["claim"]: row for row in client.get(f"reply-requests/{request['id']}").json["claims_as_put"]}
    assert (put[str(claim.pk)]["text"], put[str(theirs.pk)]["text"]) == ("The gate was open.", "The dam broke.")
    assert (put[str(claim.pk)]["reworded_at"] is None, put[str(theirs.pk)]["reworded_at"]) == (False, None)
    room.says(room.person("a keeper", unnamed=True), claim)
    put = {row["claim"]: row["text"] for row in client.get(f"reply-requests/{request['id']}").json["claims_as_put"]}
    assert put[str(claim.pk)] is None, "the former words may name an unnamed source"
    seen = client_for(carl).get(f"reply-requests/{request['id']}")
    assert [row["claim"] for row in seen.json["claims_as_put"]] == [str(theirs.pk)]
    assert "gate" not in seen.response.content.decode()
