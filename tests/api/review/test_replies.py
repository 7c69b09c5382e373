"""The right of reply through the reporters' door."""

from datetime import timedelta

from django.utils import timezone

from editorial.models import ReplyRequest, User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_reply_request_is_sent_and_its_outcome_recorded(calling: ClientFactory, rosa: User, room: Room) -> None:
    party = room.person("Max Muster")
    claim = room.claim(adverse_to=[party.pk])
    caller = calling(rosa)
    deadline = (timezone.now() + timedelta(hours=6)).isoformat()
    asked = caller.post(
        "reply-requests", to=str(party.pk), covers=[str(claim.pk)], question="Were you there?", deadline_at=deadline
    )
    assert asked.status == 201, asked
    assert (asked.json["outcome"], asked.json["covers"]) == ("pending", [str(claim.pk)])
    noted = caller.post(
        f"reply-requests/{asked.json['id']}/answer",
        outcome="declined",
        respondent_name="Petra Press",
        respondent_known_by="spokeswoman since 2019",
    )
    assert (noted.json["outcome"], bool(noted.json["answered_at"])) == ("declined", True)
    key = ReplyRequest.objects.get(pk=asked.json["id"]).respondent_key
    assert key
    for answer in (noted, caller.get("reply-requests"), caller.get("events")):
        assert "Petra" not in answer.response.content.decode()
        assert key not in answer.response.content.decode()
    again = caller.post(f"reply-requests/{asked.json['id']}/answer", outcome="replied")
    assert (again.status, again.codes) == (409, ["ANSWERED"])
    listed = caller.get("reply-requests", claim=str(claim.pk), outcome="declined").json["results"]
    assert [row["id"] for row in listed] == [asked.json["id"]]
    assert caller.get("reply-requests", outcome="pending").json["results"] == []


def test_a_reply_request_needs_claims_a_question_and_a_deadline_with_an_offset(
    calling: ClientFactory, rosa: User, room: Room
) -> None:
    caller, party, claim = calling(rosa), str(room.person().pk), str(room.claim().pk)
    sound = {"to": party, "covers": [claim], "question": "Well?", "deadline_at": "2999-01-01T00:00:00Z"}
    for stated, code in (
        ({"covers": []}, "NO_CLAIM"),
        ({"question": " "}, "NO_QUESTION"),
        ({"deadline_at": "2999-01-01T00:00:00"}, "UTC_OFFSET_MISSING"),
        ({"deadline_at": None}, "NULL"),
        ({"covers": ["x"]}, "INVALID"),
        ({"covers": "x"}, "NOT_A_LIST"),
        ({"covers": [claim] * 501}, "MAX_LENGTH"),
    ):
        refused = caller.post("reply-requests", **sound | stated)
        assert (refused.status, refused.codes) == (422, [code])
    past = caller.post("reply-requests", **sound | {"deadline_at": "2001-01-01T00:00:00Z"})
    assert past.status == 422


def test_only_an_editor_waives_a_reply_and_gives_a_reason(
    calling: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    party = room.person()
    stated = {"to": str(party.pk), "covers": [str(room.claim(adverse_to=[party.pk]).pk)]}
    assert calling(rosa).post("reply-requests/waive", reason="He is dead.", **stated).status == 403
    waived = calling(edith).post("reply-requests/waive", reason="He is dead.", **stated)
    assert (waived.status, waived.json["outcome"], waived.json["deadline_at"]) == (201, "waived", None)


def test_reply_requests_of_another_desk_are_not_found(
    calling: ClientFactory, edith: User, carl: User, room: Room
) -> None:
    stated = {"to": str(room.person().pk), "covers": [str(room.claim().pk)]}
    waived = calling(edith).post("reply-requests/waive", reason="He is dead.", **stated).json
    assert calling(carl).get("reply-requests").json["results"] == []
    assert calling(carl).get(f"reply-requests/{waived['id']}").status == 404
    assert calling(carl).post(f"reply-requests/{waived['id']}/answer", outcome="replied").status == 404
    assert calling(carl).post("reply-requests/waive", reason="So.", **stated).status == 404
