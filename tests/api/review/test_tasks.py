"""Review tasks and sign-offs: the work on claims."""

from datetime import timedelta

from django.utils import timezone

from editorial.models import ClaimUse, Desk, ReviewTask, Signoff, User
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_the_most_urgent_task_is_taken_extended_and_finished(calling: ClientFactory, rosa: User, room: Room) -> None:
    room.says(room.person(), room.claim("Routine.", risk="routine"))
    serious = room.claim("Serious.", risk="serious")
    room.says(room.person(), serious)
    room.settle()
    caller = calling(rosa)
    taken = caller.post("reviews/take")
    assert (taken.status, taken.json["claim"], taken.json["state"]) == (200, str(serious.pk), "taken")
    assert taken.json["taken_by"]["name"] == "rosa"
    task = f"reviews/{taken.json['id']}"
    ReviewTask.objects.filter(pk=taken.json["id"]).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert caller.post(f"{task}/extend").json["lease_until"] > taken.json["opened_at"]
    assert [row["id"] for row in caller.get("reviews", mine="true").json["results"]] == [taken.json["id"]]
    assert caller.post(f"{task}/finish", outcome="exhausted").codes == ["REASON_REQUIRED"]
    done = caller.post(f"{task}/finish", outcome="exhausted", note="Rang everybody.")
    assert (done.json["state"], done.json["note"]) == ("exhausted", "Rang everybody.")
    assert caller.post(f"{task}/finish", outcome="found").codes == ["NOT_TAKEN"]


def test_a_taken_task_is_not_taken_again(calling: ClientFactory, rosa: User, ruben: User, room: Room) -> None:
    room.says(room.person(), room.claim())
    room.settle()
    taken = calling(rosa).post("reviews/take", queue="corroborate").json
    assert taken["queue"] == "corroborate"
    refused = calling(ruben).post(f"reviews/{taken['id']}/take")
    assert (refused.status, refused.codes) == (409, ["NOT_OPEN"])
    assert calling(ruben).post(f"reviews/{taken['id']}/finish", outcome="found").status == 403
    assert calling(rosa).post(f"reviews/{taken['id']}/release").json["state"] == "open"
    assert calling(ruben).post(f"reviews/{taken['id']}/take").json["taken_by"]["name"] == "ruben"


def test_an_empty_queue_offers_no_task(calling: ClientFactory, rosa: User, lara: User, room: Room) -> None:
    room.says(room.person(), room.claim(risk="routine"))
    room.settle()
    empty = calling(lara).post("reviews/take")
    assert (empty.status, empty.response.content) == (204, b"")
    assert calling(rosa).post("reviews/take", queue="archive").codes == ["INVALID_CHOICE"]


def test_tasks_are_listed_most_urgent_first_and_ended_ones_on_request(
    calling: ClientFactory, rosa: User, carl: User, room: Room, django_assert_max_num_queries: object
) -> None:
    for risk in ("routine", "serious", "contentious"):
        room.says(room.person(reliability="F"), room.claim(risk, risk=risk))
    room.settle()
    caller = calling(rosa)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        listed = caller.get("reviews").json["results"]
    urgencies = [row["urgency"] for row in listed]
    assert urgencies == sorted(urgencies, reverse=True)
    assert len(set(urgencies)) == 3
    first = f"reviews/{caller.post('reviews/take').json['id']}"
    caller.post(f"{first}/finish", outcome="exhausted", note="Tried.")
    assert len(caller.get("reviews").json["results"]) == len(listed) - 1
    assert len(caller.get("reviews", state="exhausted").json["results"]) == 1
    assessing = caller.get("reviews", kind="ASSESS_SOURCE", queue="investigate").json["results"]
    assert {row["kind"] for row in assessing} == {"ASSESS_SOURCE"}
    assert all(row["about"] for row in assessing)
    assert "because" not in listed[0]
    assert calling(carl).get("reviews").json["results"] == []


def test_equally_urgent_tasks_are_on_exactly_one_page_each(calling: ClientFactory, rosa: User, room: Room) -> None:
    for number in range(5):
        room.says(room.person(reliability="F"), room.claim(f"Claim {number}."))
    room.settle()
    caller, seen, path = calling(rosa), [], "reviews?limit=3"
    while path:
        page = caller.get(path).json
        seen += [row["id"] for row in page["results"]]
        path = (page["next"] or "").removeprefix("http://testserver/api/v1/")
    assert len(seen) == len(set(seen)) == ReviewTask.objects.count() > 9


def test_a_task_does_not_reveal_a_protected_source(calling: ClientFactory, rosa: User, cleo: User, room: Room) -> None:
    claim, mask = room.claim(), room.person("an aide", unnamed=True, reliability="F")
    room.says(mask, claim)
    room.settle()
    city = Desk.objects.get(slug="city")
    story = stories.pitch(desk_id=city.pk, headline="In town", actor=cleo, now=room.now)
    ClaimUse.objects.create(story=story, claim=claim, mode="attributed")

    def about(user: User) -> set[str | None]:
        return {row["about"] for row in calling(user).get("reviews", kind="ASSESS_SOURCE").json["results"]}

    assert about(rosa) == {str(mask.pk)}
    assert about(cleo) == {None}


def test_a_finding_takes_effect_when_approved(
    calling: ClientFactory, rosa: User, felix: User, edgar: User, room: Room
) -> None:
    claim = room.corroborated()
    assert calling(rosa).post(f"claims/{claim.pk}/propose").status == 403
    proposed = calling(felix).post(f"claims/{claim.pk}/propose", reason="Two who were there.")
    assert (proposed.status, proposed.json["state"], proposed.json["finding"]) == (201, "proposed", "verified")
    signoff = f"signoffs/{proposed.json['id']}"
    assert calling(felix).post(f"claims/{claim.pk}/propose").codes == ["PROPOSED_ALREADY"]
    assert calling(felix).post(f"{signoff}/approve").status == 403
    approved = calling(edgar).post(f"{signoff}/approve")
    assert (approved.json["state"], approved.json["decided_by"]["name"]) == ("approved", "edgar")
    assert calling(rosa).get(f"claims/{claim.pk}").json["status"] == "verified"
    listed = calling(rosa).get("signoffs", claim=str(claim.pk), state="approved", kind="finding").json["results"]
    assert [row["id"] for row in listed] == [proposed.json["id"]]


def test_a_proposal_is_rejected_with_a_reason(calling: ClientFactory, felix: User, edgar: User, room: Room) -> None:
    proposed = calling(felix).post(f"claims/{room.corroborated().pk}/propose").json
    assert calling(edgar).post(f"signoffs/{proposed['id']}/reject", reason="").codes == ["REASON_REQUIRED"]
    rejected = calling(edgar).post(f"signoffs/{proposed['id']}/reject", reason="Same bus.")
    assert (rejected.json["state"], rejected.json["reason"]) == ("rejected", "Same bus.")
    assert calling(edgar).post(f"signoffs/{proposed['id']}/approve").codes == ["DECIDED_ALREADY"]


def test_a_serious_claim_gets_a_standards_and_a_legal_review(
    calling: ClientFactory, stan: User, lara: User, edith: User, room: Room
) -> None:
    claim = room.corroborated(risk="serious")
    assert calling(edith).post(f"claims/{claim.pk}/read-standards").status == 403
    assert calling(stan).post(f"claims/{claim.pk}/read-standards").json["kind"] == "standards"
    assert calling(lara).post(f"claims/{claim.pk}/read-legal", reason="Privileged.").json["kind"] == "legal"
    assert calling(lara).post(f"claims/{claim.pk}/read-legal").codes == ["READ_ALREADY"]


def test_signoffs_and_tasks_of_another_desk_are_not_found(calling: ClientFactory, cleo: User, room: Room) -> None:
    claim = room.verified()
    signoff, task = Signoff.objects.get(claim=claim), ReviewTask.objects.filter(claim=claim).first()
    caller = calling(cleo)
    assert caller.get("signoffs").json["results"] == []
    for path in (f"signoffs/{signoff.pk}/approve", f"reviews/{task.pk}/take", f"claims/{claim.pk}/propose"):  # type: ignore[union-attr]
        assert caller.post(path).status == 404
    assert caller.post(f"signoffs/{signoff.pk}/reject", reason="No.").status == 404
