"""Stories: pitch, write, clear, judge, print, mend."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.utils import timezone

from editorial.models import Desk, Story, User
from editorial.workflow.evidence import statements
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_story_is_pitched_written_and_submitted(
    calling: ClientFactory, rosa: User, room: Room, politics: Desk
) -> None:
    claim, caller = room.claim(), calling(rosa)
    pitched = caller.post("stories", desk=str(politics.pk), headline="The gate")
    assert (pitched.status, pitched.json["status"], pitched.json["body"]) == (201, "pitched", "")
    story = f"stories/{pitched.json['id']}"
    said = room.says(room.person(), claim)
    written = caller.patch(
        story,
        body="It stood open.\n",
        uses=[{"claim": str(claim.pk), "mode": "attributed", "relies_on": [str(said.pk)], "stated_source_count": 1}],
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
            "relies_on": [str(said.pk)],
            "stated_source_count": 1,
        }
    ]
    assert caller.post(f"{story}/submit").json["status"] == "submitted"
    assert caller.get(story).json["authors"] == [{"id": str(rosa.pk), "name": "rosa"}]


def test_only_its_editors_assign_a_story_and_only_to_colleagues(
    calling: ClientFactory, edith: User, rosa: User, ruben: User, carl: User, room: Room
) -> None:
    story = room.story()
    assert calling(rosa).post(f"stories/{story.pk}/assign", authors=[str(ruben.pk)]).status == 403
    assert calling(edith).post(f"stories/{story.pk}/assign", authors=[str(carl.pk)]).codes == ["NOT_AT_DESK"]
    assigned = calling(edith).post(f"stories/{story.pk}/assign", authors=[str(ruben.pk), str(rosa.pk)])
    assert {author["name"] for author in assigned.json["authors"]} == {"rosa", "ruben"}


def test_submitting_twice_reports_the_current_status(calling: ClientFactory, rosa: User, room: Room) -> None:
    story = room.story()
    assert calling(rosa).post(f"stories/{story.pk}/submit").status == 200
    again = calling(rosa).post(f"stories/{story.pk}/submit")
    assert (again.status, again.codes) == (409, ["WRONG_STATE"])
    assert "submitted" in again.json["detail"]


def test_the_gate_explains_its_codes(calling: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim("The gate was open.")
    story = room.story(claim)
    verdict = calling(rosa).get(f"stories/{story.pk}/gate")
    assert (verdict.status, verdict.json["gate"], verdict.json["may_run"]) == (200, "hold", False)
    (use,) = verdict.json["uses"]
    assert (use["claim"], use["text"]) == (str(claim.pk), "The gate was open.")
    told = {code["code"]: code for code in use["codes"]}
    assert "Attribute it, or get it verified" in told["E_ASSERTED_UNVERIFIED"]["text"]
    assert told["E_ASSERTED_UNVERIFIED"]["overridable"] is False


def test_gate_refusals_are_listed_by_claim(calling: ClientFactory, edith: User, room: Room) -> None:
    claim = room.claim()
    story = room.cleared(claim)
    refused = calling(edith).post(f"stories/{story.pk}/publish")
    assert (refused.status, refused.codes) == (409, ["E_ASSERTED_UNVERIFIED"])
    assert refused.json["errors"][0]["claim"] == str(claim.pk)
    assert Story.objects.get(pk=story.pk).status == "cleared"


def test_a_story_runs_once_its_conditions_are_confirmed(
    calling: ClientFactory, cora: User, rosa: User, edith: User, room: Room
) -> None:
    claim = room.corroborated()
    story = room.cleared(claim, mode="attributed")
    owed = calling(cora).get(f"stories/{story.pk}/gate").json["unconfirmed"]
    assert {condition["code"] for condition in owed} == {"C_ATTRIBUTE", "C_NOT_VERIFIED"}
    assert calling(rosa).post(f"stories/{story.pk}/confirm-condition", **owed[0]).status == 403
    for condition in owed:
        verdict = calling(cora).post(f"stories/{story.pk}/confirm-condition", **condition)
        assert verdict.status == 200, verdict
    assert (verdict.json["unconfirmed"], verdict.json["may_run"]) == ([], True)
    assert calling(cora).post(f"stories/{story.pk}/confirm-condition", **owed[0]).codes == ["CONDITION_NOT_REQUIRED"]
    ran = calling(edith).post(f"stories/{story.pk}/publish")
    assert (ran.status, ran.json["status"], ran.json["remedy"]) == (200, "published", "none")


def test_a_pending_reply_is_overridden_with_a_reason(calling: ClientFactory, sena: User, room: Room) -> None:
    accused = room.person()
    claim = room.verified(adverse_to=[accused.pk])
    story = room.cleared(claim)
    caller = calling(sena)
    asked = caller.post(
        "reply-requests",
        to=str(accused.pk),
        covers=[str(claim.pk)],
        question="Was it open?",
        deadline_at=(timezone.now() + timedelta(hours=5)).isoformat(),
    )
    assert asked.status == 201, asked
    assert caller.post(f"stories/{story.pk}/override", code="E_LEGAL", reason="No.").codes == ["NOT_OVERRIDABLE"]
    verdict = caller.post(f"stories/{story.pk}/override", code="E_REPLY_PENDING", reason="It is on the wires.")
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
    calling: ClientFactory, edith: User, room: Room, at: str, time_zone: str, status: int, code: str
) -> None:
    story = room.cleared()
    refused = calling(edith).post(f"stories/{story.pk}/schedule", at=at, time_zone=time_zone)
    assert (refused.status, refused.codes) == (status, [code])


def test_a_time_without_offset_is_read_in_its_zone(calling: ClientFactory, edith: User, room: Room) -> None:
    story = room.cleared()
    scheduled = calling(edith).post(f"stories/{story.pk}/schedule", at="2031-07-01T09:00:00", time_zone="Europe/Berlin")
    assert (scheduled.json["status"], scheduled.json["publish_at"]) == ("scheduled", "2031-07-01T07:00:00Z")
    assert Story.objects.get(pk=story.pk).publish_at.astimezone(UTC).hour == 7  # type: ignore[union-attr]


def test_a_pending_remedy_is_shown_until_the_story_is_retracted(
    calling: ClientFactory, edith: User, rosa: User, room: Room
) -> None:
    claim = room.verified()
    story = room.published(claim)
    for statement in claim.statements.all():
        statements.withdraw(statement_id=statement.pk, reason="Took it back.", actor=rosa, now=room.now)
    room.settle()
    flagged = calling(edith).get(f"stories/{story.pk}").json
    assert (flagged["status"], flagged["pending_remedy"]["remedy"]) == ("withheld", "retraction")
    assert flagged["pending_remedy"]["claims"] == [str(claim.pk)]
    assert [row["id"] for row in calling(edith).get("stories", remedy="retraction").json["results"]] == [str(story.pk)]
    retracted = calling(edith).post(f"stories/{story.pk}/retract", reason="It was not so.")
    assert retracted.status == 403
    assert (
        calling(room.people["sena"]).post(f"stories/{story.pk}/retract", reason="Not so.").json["pending_remedy"]
        is None
    )


def test_a_story_is_withheld_corrected_and_spiked(calling: ClientFactory, edith: User, room: Room) -> None:
    story, other = room.published(room.verified()), room.story()
    caller = calling(edith)
    assert caller.post(f"stories/{story.pk}/withhold", reason="Wait.").json["status"] == "withheld"
    assert caller.post(f"stories/{story.pk}/correct", text="The hour was wrong.").json["status"] == "published"
    assert caller.post(f"stories/{story.pk}/spike", reason="Late.").codes == ["WRONG_STATE"]
    assert caller.post(f"stories/{other.pk}/spike", reason="No news.").json["status"] == "spiked"


def test_a_story_of_another_desk_is_not_found(calling: ClientFactory, cleo: User, room: Room) -> None:
    story = room.story()
    caller = calling(cleo)
    why = {"reason": "Because."}
    stated: dict[str, dict[str, Any]] = {
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
    for verb, given in stated.items():
        assert caller.post(f"stories/{story.pk}/{verb}", **given).status == 404, verb
    assert caller.get(f"stories/{story.pk}/gate").status == 404
    assert caller.get("stories").json["results"] == []


def test_lists_omit_the_copy_and_take_a_constant_number_of_queries(
    calling: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        room.story(room.claim(f"Claim {number}."))
    caller = calling(rosa)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        listed = caller.get("stories", mine="true").json["results"]
    assert len(listed) == 5
    assert "body" not in listed[0]
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        caller.get(f"stories/{listed[0]['id']}")
    assert caller.get("stories", mine="false").json["results"] == []
    assert len(caller.get("stories", q="gate", status="draft").json["results"]) == 5
