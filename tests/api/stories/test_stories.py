"""Stories: pitch, write, clear, check the gate, publish, correct."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.utils import timezone

from editorial.models import ClaimVisibility, Desk, Event, Membership, Story, User
from editorial.workflow.core.audit import log
from editorial.workflow.evidence import statements
from editorial.workflow.stories import publication, stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room
from tests.support.confidential import claim_with_silent_party

pytestmark = pytest.mark.exhaustive  # plays whole stories


def test_a_story_that_is_pitched_with_its_copy_may_be_submitted_immediately(client_for, rosa, politics):
    client = client_for(rosa)
    bare = client.post("stories", desk=str(politics.pk), headline="The gate").json["id"]
    refused = client.post(f"stories/{bare}/submit")
    assert (refused.status, refused.codes) == (409, ["NO_COPY"])
    written = client.post("stories", desk=str(politics.pk), headline="The gate", body="It stood open.").json["id"]
    assert client.post(f"stories/{written}/submit").json["status"] == "submitted"


def test_a_story_is_pitched_written_and_submitted(
    client_for: ClientFactory, rosa: User, room: Room, politics: Desk
) -> None:
    claim, client = room.claim(), client_for(rosa)
    pitched = client.post("stories", desk=str(politics.pk), headline="The gate")
    assert (pitched.status, pitched.json["status"], pitched.json["body"]) == (201, "pitched", "")
    story = f"stories/{pitched.json['id']}"
    statement = room.says(room.person(), claim)
    written = client.patch(
        story,
        body="It stood open.\n",
        uses=[
            {"claim": str(claim.pk), "mode": "attributed", "relies_on": [str(statement.pk)], "stated_source_count": 1}
        ],
        etag='"1"',
    )
    assert written.status == 200, written
    assert written.json["body"] == "It stood open.\n"
    assert written.json["revision"] == 2
    assert written.json["uses"] == [
        {
            "claim": str(claim.pk),
            "mode": "attributed",
            "central": True,
            "relies_on": [str(statement.pk)],
            "stated_source_count": 1,
        }
    ]
    assert client.post(f"{story}/submit").json["status"] == "submitted"
    assert client.get(story).json["authors"] == [{"id": str(rosa.pk), "name": "rosa"}]


def test_only_its_editors_assign_a_story_and_only_to_colleagues(
    client_for: ClientFactory, edith: User, rosa: User, ruben: User, carl: User, room: Room
) -> None:
    story = room.story()
    assert client_for(rosa).post(f"stories/{story.pk}/assign", authors=[str(ruben.pk)]).status == 403
    assert client_for(edith).post(f"stories/{story.pk}/assign", authors=[str(carl.pk)]).codes == ["NOT_AT_DESK"]
    assigned = client_for(edith).post(f"stories/{story.pk}/assign", authors=[str(ruben.pk), str(rosa.pk)])
    assert {author["name"] for author in assigned.json["authors"]} == {"rosa", "ruben"}


def test_submitting_twice_reports_the_current_status(client_for: ClientFactory, rosa: User, room: Room) -> None:
    story = room.story()
    assert client_for(rosa).post(f"stories/{story.pk}/submit").status == 200
    again = client_for(rosa).post(f"stories/{story.pk}/submit")
    assert (again.status, again.codes) == (409, ["WRONG_STATE"])
    assert "submitted" in again.json["detail"]


def test_the_gate_explains_its_codes(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim("The gate was open.")
    story = room.story(claim)
    verdict = client_for(rosa).get(f"stories/{story.pk}/gate")
    assert (verdict.status, verdict.json["gate"], verdict.json["may_run"]) == (200, "hold", False)
    (use,) = verdict.json["uses"]
    assert (use["claim"], use["text"]) == (str(claim.pk), "The gate was open.")
    codes = {code["code"]: code for code in use["codes"]}
    assert "Attribute it, or get it verified" in codes["E_ASSERTED_UNVERIFIED"]["text"]
    assert codes["E_ASSERTED_UNVERIFIED"]["overridable"] is False


def test_gate_refusals_are_listed_by_claim(client_for: ClientFactory, edith: User, room: Room) -> None:
    claim = room.claim()
    story = room.cleared(claim)
    response = client_for(edith).post(f"stories/{story.pk}/publish")
    assert (response.status, response.codes) == (409, ["E_ASSERTED_UNVERIFIED"])
    assert response.json["errors"][0]["claim"] == str(claim.pk)
    assert Story.objects.get(pk=story.pk).status == "cleared"


def test_a_story_runs_once_its_conditions_are_confirmed(
    client_for: ClientFactory, cora: User, rosa: User, edith: User, room: Room
) -> None:
    claim = room.corroborated()
    story = room.cleared(claim, mode="attributed")
    unconfirmed = client_for(cora).get(f"stories/{story.pk}/gate").json["unconfirmed"]
    assert {condition["code"] for condition in unconfirmed} == {"C_ATTRIBUTE", "C_NOT_VERIFIED"}
    assert client_for(rosa).post(f"stories/{story.pk}/confirm-condition", **unconfirmed[0]).status == 403
    for condition in unconfirmed:
        verdict = client_for(cora).post(f"stories/{story.pk}/confirm-condition", **condition)
        assert verdict.status == 200, verdict
    assert (verdict.json["unconfirmed"], verdict.json["may_run"]) == ([], True)
    assert client_for(cora).post(f"stories/{story.pk}/confirm-condition", **unconfirmed[0]).codes == [
        "CONDITION_NOT_REQUIRED"
    ]
    ran = client_for(edith).post(f"stories/{story.pk}/publish")
    assert (ran.status, ran.json["status"], ran.json["remedy"]) == (200, "published", "none")


def test_a_pending_reply_is_overridden_with_a_reason(client_for: ClientFactory, sena: User, room: Room) -> None:
    accused = room.person()
    claim = room.verified(adverse_to=[accused.pk])
    story = room.cleared(claim)
    client = client_for(sena)
    response = client.post(
        "reply-requests",
        to=str(accused.pk),
        covers=[str(claim.pk)],
        question="Was it open?",
        deadline_at=(timezone.now() + timedelta(hours=5)).isoformat(),
    )
    assert response.status == 201, response
    assert client.post(f"stories/{story.pk}/override", code="E_LEGAL", reason="No.").codes == ["NOT_OVERRIDABLE"]
    verdict = client.post(f"stories/{story.pk}/override", code="E_REPLY_PENDING", reason="It is on the wires.")
    assert (verdict.status, verdict.json["overridden"]) == (200, ["E_REPLY_PENDING"])
    assert verdict.json["may_run"] is True


@pytest.mark.parametrize(
    ("at", "time_zone", "status", "code"),
    [
        ("2031-03-30T02:30:00", "Europe/Berlin", 422, "NONEXISTENT_LOCAL_TIME"),
        ("2001-01-01T00:00:00", "Europe/Berlin", 422, "IN_THE_PAST"),
        ("2031-03-30T09:00:00", "Mars/Crater", 422, "UNKNOWN_TIME_ZONE"),
        ("9999-12-31T23:59:59-23:59", "UTC", 422, "OUT_OF_RANGE"),
        ("0001-01-01T00:00:00+23:59", "UTC", 422, "OUT_OF_RANGE"),
        ("tomorrow", "UTC", 422, "INVALID"),
        ("2031-03-30T09:00:00", "../etc/passwd", 422, "UNKNOWN_TIME_ZONE"),
    ],
)
def test_an_invalid_time_is_refused(
    client_for: ClientFactory, edith: User, room: Room, at: str, time_zone: str, status: int, code: str
) -> None:
    story = room.cleared()
    response = client_for(edith).post(f"stories/{story.pk}/schedule", at=at, time_zone=time_zone)
    assert (response.status, response.codes) == (status, [code])


def test_a_time_without_offset_is_read_in_its_zone(client_for: ClientFactory, edith: User, room: Room) -> None:
    story = room.cleared()
    scheduled = client_for(edith).post(
        f"stories/{story.pk}/schedule", at="2031-07-01T09:00:00", time_zone="Europe/Berlin"
    )
    assert (scheduled.json["status"], scheduled.json["publish_at"]) == ("scheduled", "2031-07-01T07:00:00Z")
    assert Story.objects.get(pk=story.pk).publish_at.astimezone(UTC).hour == 7  # type: ignore[union-attr]


def test_a_pending_remedy_is_shown_until_the_story_is_retracted(
    client_for: ClientFactory, edith: User, rosa: User, room: Room
) -> None:
    claim = room.verified()
    story = room.published(claim)
    for statement in claim.statements.all():
        statements.end(ended="withdrawn", statement_id=statement.pk, reason="Took it back.", actor=rosa, now=room.now)
    room.settle()
    flagged = client_for(edith).get(f"stories/{story.pk}").json
    assert (flagged["status"], flagged["pending_remedy"]["remedy"]) == ("withheld", "retraction")
    assert flagged["pending_remedy"]["claims"] == [str(claim.pk)]
    assert [row["id"] for row in client_for(edith).get("stories", remedy="retraction").json["results"]] == [
        str(story.pk)
    ]
    retracted = client_for(edith).post(f"stories/{story.pk}/retract", reason="It was not so.")
    assert retracted.status == 403
    assert (
        client_for(room.people["sena"]).post(f"stories/{story.pk}/retract", reason="Not so.").json["pending_remedy"]
        is None
    )


def test_a_story_is_withheld_corrected_and_spiked(client_for: ClientFactory, edith: User, room: Room) -> None:
    story, other = room.published(room.verified()), room.story()
    client = client_for(edith)
    assert client.post(f"stories/{story.pk}/withhold", reason="Wait.").json["status"] == "withheld"
    assert client.post(f"stories/{story.pk}/correct", text="The hour was wrong.").json["status"] == "published"
    assert client.post(f"stories/{story.pk}/spike", reason="Late.").codes == ["WRONG_STATE"]
    assert client.post(f"stories/{other.pk}/spike", reason="No news.").json["status"] == "spiked"


def test_a_story_of_another_desk_is_not_found(client_for: ClientFactory, cleo: User, room: Room) -> None:
    story = room.story()
    client = client_for(cleo)
    why = {"reason": "Because."}
    data_of_action: dict[str, dict[str, Any]] = {
        "assign": {"authors": []},
        "submit": {},
        "clear": {},
        "tick": {"claim": str(story.pk), "code": "C_ATTRIBUTE"},
        "override": {"code": "E_REPLY_PENDING"} | why,
        "schedule": {"at": "2031-01-01T00:00:00Z", "time_zone": "UTC"},
        "publish": {},
        "correct": {"text": "Oh."},
        "withhold": why,
        "retract": why,
        "spike": why,
    }
    for action, data in data_of_action.items():
        assert client.post(f"stories/{story.pk}/{action}", **data).status == 404, action
    assert client.get(f"stories/{story.pk}/gate").status == 404
    assert client.get("stories").json["results"] == []


def test_lists_omit_the_copy_and_take_a_constant_number_of_queries(
    client_for: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        room.story(room.claim(f"Claim {number}."))
    client = client_for(rosa)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        listed = client.get("stories", mine="true").json["results"]
    assert len(listed) == 5
    assert "body" not in listed[0]
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(f"stories/{listed[0]['id']}")
    assert client.get("stories", mine="false").json["results"] == []
    assert len(client.get("stories", q="gate", status="draft").json["results"]) == 5


def test_a_story_without_claims_runs_after_a_named_confirmation(
    client_for: ClientFactory, rosa: User, cora: User, carl: User, edith: User, room: Room
) -> None:
    story = room.cleared()
    gate = client_for(rosa).get(f"stories/{story.pk}/gate").json
    assert (gate["gate"], gate["may_run"], gate["lists_claims"]) == ("conditional", False, False)
    assert client_for(edith).post(f"stories/{story.pk}/publish").codes == ["NO_CLAIMS_LISTED"]
    assert client_for(rosa).post(f"stories/{story.pk}/confirm-no-claims").status == 403
    assert client_for(carl).post(f"stories/{story.pk}/confirm-no-claims").status == 404
    gate = client_for(cora).post(f"stories/{story.pk}/confirm-no-claims").json
    assert (gate["may_run"], gate["no_claims_confirmed"]) == (True, True)
    assert client_for(edith).post(f"stories/{story.pk}/publish").json["status"] == "published"


def test_only_custodians_read_that_a_silent_party_is_our_source(
    client_for: ClientFactory, ruben: User, cuno: User, cleo: User, carl: User, city: Desk, room: Room
) -> None:
    told: dict[bool, list[Any]] = {}
    for is_our_source in (False, True):
        claim = claim_with_silent_party(room, is_our_source=is_our_source)
        ClaimVisibility.objects.create(claim=claim, desk=city)  # as if another story of theirs used it
        theirs = stories.pitch(desk_id=city.pk, headline="The gate", body="Open.", actor=carl, now=room.now)
        stories.revise(
            story_id=theirs.pk, uses=[{"claim": str(claim.pk), "mode": "attributed"}], actor=carl, now=room.now
        )
        ours = room.story(claim, mode="attributed")
        told[is_our_source] = [client_for(ruben).get(f"stories/{ours.pk}/gate").json] + [
            client_for(reader).get(f"stories/{theirs.pk}/gate").json for reader in (carl, cleo)
        ]
        assert all(gate["uses"][0]["ask_custodian"] for gate in told[is_our_source])
        assert all("E_FALSE_DECLINE" not in str(gate) for gate in told[is_our_source])
        custodians = client_for(cuno).get(f"stories/{ours.pk}/gate").json
        assert ("E_FALSE_DECLINE" in custodians["codes"]) is is_our_source
    assert [gate["codes"] for gate in told[False]] == [gate["codes"] for gate in told[True]]
    assert {gate["gate"] for gate in told[True]} == {"block"}


def test_the_record_does_not_name_the_code_for_custodians(client_for: ClientFactory, sena: User, room: Room) -> None:
    story = room.story(claim_with_silent_party(room, is_our_source=True), mode="attributed")
    Story.objects.filter(pk=story.pk).update(status="scheduled", publish_at=room.now)
    publication.publish_due(story_id=story.pk, now=room.now)
    refused = Event.objects.get(stream=f"story:{story.pk}", action="story.refuse")
    assert "ASK_CUSTODIAN" in refused.data["codes"]
    assert "E_FALSE_DECLINE" not in refused.data["codes"]
    before = log(story, "story.refuse", actor=None, now=room.now, codes=["E_FALSE_DECLINE", "E_LEGAL"])
    assert client_for(sena).get(f"events/{before.pk}").json["data"]["codes"] == ["ASK_CUSTODIAN", "E_LEGAL"]
    published = client_for(sena).post(f"stories/{story.pk}/publish")
    assert "ASK_CUSTODIAN" in published.codes
    assert "E_FALSE_DECLINE" not in str(published.json)


def test_each_step_of_a_story_is_undone_by_api(
    client_for: ClientFactory, edith: User, rosa: User, ruben: User, city: Desk, room: Room
) -> None:
    Membership.objects.create(user=edith, desk=city, role="editor")
    story, editor = room.cleared(room.verified()), client_for(edith)
    path, slot = f"stories/{story.pk}", {"at": "2099-03-04T22:00", "time_zone": "Europe/London"}
    assert editor.post(f"{path}/schedule", **slot).json["status"] == "scheduled"
    off = editor.post(f"{path}/unschedule").json
    assert (off["status"], off["publish_at"], off["planned_at"]) == ("cleared", None, "2099-03-04T22:00:00Z")
    assert editor.post(f"{path}/schedule", **slot).json["planned_at"] is None
    again = client_for(rosa).patch(path, body="A comma, corrected.", etag="*").json
    assert (again["status"], again["cleared_by"], again["publish_at"]) == ("submitted", None, None)
    assert editor.post(f"{path}/send-back", reason="Who says so?").json["status"] == "draft"
    assert editor.post(f"{path}/spike", reason="Old.").json["status"] == "spiked"
    assert editor.post(f"{path}/unspike", reason="New again.").json["status"] == "draft"
    client_for(rosa).post(f"{path}/submit")
    editor.post(f"{path}/clear")
    assert editor.post(f"{path}/publish").json["published_version"] == 1
    planned = editor.post(f"{path}/schedule-correction", text="At dawn.", **slot).json
    assert (planned["correction_at"], planned["correction_text"]) == ("2099-03-04T22:00:00Z", "At dawn.")
    assert planned["correction_by"]["name"] == "edith"
    assert editor.post(f"{path}/cancel-correction").json["correction_at"] is None
    assert editor.post(f"{path}/cancel-correction").codes == ["NO_CORRECTION_SCHEDULED"]
    assert editor.post(f"{path}/assign", authors=[str(ruben.pk)]).codes == ["NOTE_REQUIRED"]
    assigned = editor.post(f"{path}/assign", authors=[str(ruben.pk)], note="Ruben wrote this.").json
    assert (assigned["published_version"], assigned["authors"][0]["name"]) == (2, "ruben")
    editor.post(f"{path}/withhold", reason="A call.")
    assert editor.post(f"{path}/restore", reason="A hoax.").json["published_version"] == 4
    assert editor.post(f"{path}/move", desk=str(city.pk), reason="Theirs.").json["desk"] == str(city.pk)
    assert client_for(rosa).get(path).status == 404
