"""Review tasks and sign-offs: the work on claims."""

from datetime import timedelta

import pytest
from django.utils import timezone

from editorial.models import ClaimUse, Desk, ReviewTask, Signoff, User
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room

pytestmark = pytest.mark.exhaustive  # plays whole stories


def test_the_most_urgent_task_is_taken_extended_and_finished(client_for: ClientFactory, rosa: User, room: Room) -> None:
    room.says(room.person(), room.claim("Routine.", risk="routine"))
    serious = room.claim("Serious.", risk="serious")
    room.says(room.person(), serious)
    room.settle()
    client = client_for(rosa)
    response = client.post("reviews/take")
    assert (response.status, response.json["claim"], response.json["state"]) == (200, str(serious.pk), "taken")
    assert response.json["taken_by"]["name"] == "rosa"
    task = f"reviews/{response.json['id']}"
    ReviewTask.objects.filter(pk=response.json["id"]).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert client.post(f"{task}/extend").json["lease_until"] > response.json["opened_at"]
    assert [row["id"] for row in client.get("reviews", mine="true").json["results"]] == [response.json["id"]]
    assert client.post(f"{task}/finish", outcome="exhausted").codes == ["REASON_REQUIRED"]
    done = client.post(f"{task}/finish", outcome="exhausted", note="Rang everybody.")
    assert (done.json["state"], done.json["note"]) == ("exhausted", "Rang everybody.")
    assert client.post(f"{task}/finish", outcome="found").codes == ["NOT_TAKEN"]
    assert client.get(task).json["state"] == "exhausted", "only the list leaves out what has ended"


def test_a_taken_task_is_not_taken_again(client_for: ClientFactory, rosa: User, ruben: User, room: Room) -> None:
    room.says(room.person(), room.claim())
    room.settle()
    task = client_for(rosa).post("reviews/take", queue="corroborate").json
    assert task["queue"] == "corroborate"
    response = client_for(ruben).post(f"reviews/{task['id']}/take")
    assert (response.status, response.codes) == (409, ["NOT_OPEN"])
    assert client_for(ruben).post(f"reviews/{task['id']}/finish", outcome="found").status == 403
    assert client_for(rosa).post(f"reviews/{task['id']}/release").json["state"] == "open"
    assert client_for(ruben).post(f"reviews/{task['id']}/take").json["taken_by"]["name"] == "ruben"


def test_the_next_task_of_a_desk_a_claim_or_a_kind_is_taken(client_for: ClientFactory, hugo: User, room: Room) -> None:
    for text in ("The gate was open.", "The guard slept."):
        room.says(room.person(), room.claim(text))
    room.settle()
    client = client_for(hugo)
    waiting = client.get("reviews", limit=200).json["results"]
    wanted = next(row for row in waiting if row["kind"] != waiting[0]["kind"])
    assert client.post("reviews/take", kind=wanted["kind"]).json["kind"] == wanted["kind"]
    last = waiting[-1]
    taken = client.post("reviews/take", claim=last["claim"], queue=last["queue"]).json
    assert (taken["claim"], taken["queue"]) == (last["claim"], last["queue"])
    assert client.post("reviews/take", desk=str(room.desk.pk)).status == 200
    city = Desk.objects.get(slug="city")
    assert client.post("reviews/take", desk=str(city.pk)).status == 204
    assert client.post("reviews/take", kind="sleep").status == 422


def test_an_empty_queue_offers_no_task(client_for: ClientFactory, rosa: User, lara: User, room: Room) -> None:
    room.says(room.person(), room.claim(risk="routine"))
    room.settle()
    empty = client_for(lara).post("reviews/take")
    assert (empty.status, empty.response.content) == (204, b"")
    assert client_for(rosa).post("reviews/take", queue="archive").codes == ["INVALID_CHOICE"]


def test_tasks_are_listed_most_urgent_first_and_ended_ones_on_request(
    client_for: ClientFactory, rosa: User, carl: User, room: Room, django_assert_max_num_queries: object
) -> None:
    for risk in ("routine", "serious", "contentious"):
        room.says(room.person(reliability="F"), room.claim(risk, risk=risk))
    room.settle()
    client = client_for(rosa)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        listed = client.get("reviews").json["results"]
    urgencies = [row["urgency"] for row in listed]
    assert urgencies == sorted(urgencies, reverse=True)
    assert len(set(urgencies)) == 3
    first = f"reviews/{client.post('reviews/take').json['id']}"
    client.post(f"{first}/finish", outcome="exhausted", note="Tried.")
    assert len(client.get("reviews").json["results"]) == len(listed) - 1
    assert len(client.get("reviews", state="exhausted").json["results"]) == 1
    assessing = client.get("reviews", kind="ASSESS_SOURCE", queue="investigate").json["results"]
    assert {row["kind"] for row in assessing} == {"ASSESS_SOURCE"}
    assert all(row["about"] for row in assessing)
    assert "because" not in listed[0]
    assert client_for(carl).get("reviews").json["results"] == []


def test_equally_urgent_tasks_are_on_exactly_one_page_each(client_for: ClientFactory, rosa: User, room: Room) -> None:
    for number in range(5):
        room.says(room.person(reliability="F"), room.claim(f"Claim {number}."))
    room.settle()
    client, ids, path = client_for(rosa), [], "reviews?limit=3"
    while path:
        page = client.get(path).json
        ids += [row["id"] for row in page["results"]]
        path = (page["next"] or "").removeprefix("http://testserver/api/v1/")
    assert len(ids) == len(set(ids)) == ReviewTask.objects.count() > 9


def test_a_task_does_not_reveal_a_protected_source(
    client_for: ClientFactory, rosa: User, cleo: User, room: Room
) -> None:
    claim, unnamed = room.claim(), room.person("an aide", unnamed=True, reliability="F")
    room.says(unnamed, claim)
    room.settle()
    city = Desk.objects.get(slug="city")
    story = stories.pitch(desk_id=city.pk, headline="In town", actor=cleo, now=room.now)
    ClaimUse.objects.create(story=story, claim=claim, mode="attributed")

    def about(user: User) -> set[str | None]:
        return {row["about"] for row in client_for(user).get("reviews", kind="ASSESS_SOURCE").json["results"]}

    assert about(rosa) == {str(unnamed.pk)}
    assert about(cleo) == {None}


def test_a_finding_takes_effect_when_approved(
    client_for: ClientFactory, rosa: User, felix: User, edgar: User, room: Room
) -> None:
    claim = room.corroborated()
    assert client_for(rosa).post(f"claims/{claim.pk}/propose").status == 403
    proposed = client_for(felix).post(f"claims/{claim.pk}/propose", reason="Two who were there.")
    assert (proposed.status, proposed.json["state"], proposed.json["finding"]) == (201, "proposed", "verified")
    signoff = f"signoffs/{proposed.json['id']}"
    assert client_for(felix).post(f"claims/{claim.pk}/propose").codes == ["PROPOSED_ALREADY"]
    assert client_for(felix).post(f"{signoff}/approve").status == 403
    approved = client_for(edgar).post(f"{signoff}/approve")
    assert (approved.json["state"], approved.json["decided_by"]["name"]) == ("approved", "edgar")
    assert client_for(rosa).get(f"claims/{claim.pk}").json["status"] == "verified"
    listed = client_for(rosa).get("signoffs", claim=str(claim.pk), state="approved", kind="finding").json["results"]
    assert [row["id"] for row in listed] == [proposed.json["id"]]


def test_a_proposal_is_rejected_with_a_reason(client_for: ClientFactory, felix: User, edgar: User, room: Room) -> None:
    proposed = client_for(felix).post(f"claims/{room.corroborated().pk}/propose").json
    assert client_for(edgar).post(f"signoffs/{proposed['id']}/reject", reason="").codes == ["REASON_REQUIRED"]
    rejected = client_for(edgar).post(f"signoffs/{proposed['id']}/reject", reason="Same bus.")
    assert (rejected.json["state"], rejected.json["reason"]) == ("rejected", "Same bus.")
    assert client_for(edgar).post(f"signoffs/{proposed['id']}/approve").codes == ["DECIDED_ALREADY"]


def test_a_serious_claim_gets_a_standards_and_a_legal_review(
    client_for: ClientFactory, stan: User, lara: User, edith: User, room: Room
) -> None:
    claim = room.corroborated(risk="serious")
    assert client_for(edith).post(f"claims/{claim.pk}/read-standards").status == 403
    assert client_for(stan).post(f"claims/{claim.pk}/read-standards").json["kind"] == "standards"
    assert client_for(lara).post(f"claims/{claim.pk}/read-legal", reason="Privileged.").json["kind"] == "legal"
    assert client_for(lara).post(f"claims/{claim.pk}/read-legal").codes == ["READ_ALREADY"]


def test_signoffs_and_tasks_of_another_desk_are_not_found(client_for: ClientFactory, cleo: User, room: Room) -> None:
    claim = room.verified()
    signoff, task = Signoff.objects.get(claim=claim), ReviewTask.objects.filter(claim=claim).first()
    client = client_for(cleo)
    assert client.get("signoffs").json["results"] == []
    for path in (f"signoffs/{signoff.pk}/approve", f"reviews/{task.pk}/take", f"claims/{claim.pk}/propose"):  # type: ignore[union-attr]
        assert client.post(path).status == 404
    assert client.post(f"signoffs/{signoff.pk}/reject", reason="No.").status == 404
