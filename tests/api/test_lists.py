"""Lists: what people ask for, in orders that hold, at a bounded cost, and no more than they may know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial.api.urls import RESOURCES
from editorial.models import ReviewTask, User
from editorial.workflow.review import escalations
from tests.api.conftest import ApiClient, ClientFactory
from tests.support.cast import Room

pytestmark = pytest.mark.exhaustive


def list_ids(client: ApiClient, resource: str, **query: Any) -> list[str]:
    """The ids that a list gives."""
    response = client.get(resource, **query)
    assert response.status == 200, response
    return [row["id"] for row in response.json["results"]]


def walk(client: ApiClient, resource: str, **query: Any) -> list[str]:
    """The ids of all pages."""
    page = client.get(resource, **query)
    ids = [row["id"] for row in page.json["results"]]
    while page.json["next"]:
        page = client.get(page.json["next"].removeprefix("http://testserver/api/v1/"))
        ids += [row["id"] for row in page.json["results"]]
    return ids


def test_claims_are_filtered(client_for: ClientFactory, rosa: User, ruben: User, room: Room) -> None:
    accused, witness = room.person("Ann"), room.person("Bob")
    plain, serious = room.claim("The gate was open."), room.claim("The bridge fell.", risk="serious", by="ruben")
    accusing = room.claim("Ann opened it.", adverse_to=[accused.pk], by="ruben")
    verified = room.verified("The guard slept.")
    room.says(witness, serious)
    room.settle()
    story = room.story(verified)
    client = client_for(rosa)
    everything = {str(claim.pk) for claim in (plain, serious, accusing, verified)}
    assert list_ids(client, "claims", risk="serious") == [str(serious.pk)]
    assert list_ids(client, "claims", adverse_to=str(accused.pk)) == [str(accusing.pk)]
    assert list_ids(client, "claims", source=str(witness.pk)) == [str(serious.pk)]
    assert list_ids(client, "claims", story=str(story.pk)) == [str(verified.pk)]
    assert list_ids(client, "claims", finding="verified") == [str(verified.pk)]
    assert set(list_ids(client, "claims", finding=["unverified", "verified", "refuted", "disputed"])) <= everything
    assert str(accusing.pk) not in list_ids(client, "claims", mine="true")
    assert str(serious.pk) in list_ids(client, "claims", mine="true"), "she recorded a statement on it"
    assert set(list_ids(client_for(ruben), "claims", mine="true")) == {str(serious.pk), str(accusing.pk)}
    assert set(list_ids(client_for(ruben), "claims", mine="false")) == everything - {str(serious.pk), str(accusing.pk)}
    soon = (room.now + timedelta(days=900)).isoformat()
    assert set(list_ids(client, "claims", due_before=soon)) == set(
        map(str, ReviewTask.objects.filter(state="open").values_list("claim", flat=True))
    )
    assert list_ids(client, "claims", overdue="true") == []
    task = ReviewTask.objects.filter(claim=plain).first()
    assert task is not None
    escalations.mark_overdue(task_id=task.pk, now=task.due_at + timedelta(minutes=1))
    assert list_ids(client, "claims", overdue="true") == [str(plain.pk)]
    assert str(task.pk) in list_ids(client, "reviews", overdue="true")


@pytest.mark.parametrize(
    ("resource", "parameter"),
    [
        ("claims", "source"), ("claims", "adverse_to"), ("statements", "source"), ("statements", "informant"),
        ("reply-requests", "to"),
    ],
)  # fmt: skip
def test_no_filter_reveals_a_protected_source(
    client_for: ClientFactory, hugo: User, cleo: User, rosa: User, room: Room, resource: str, parameter: str
) -> None:
    from editorial.models import AdverseParty, Desk, ReplyRequest, ReplyRequestClaim, Statement
    from editorial.workflow.stories import stories

    unnamed, claim = room.person("an aide", unnamed=True), room.claim("The gate was open.")
    statement = room.says(unnamed, claim, "affirms")
    Statement.objects.filter(pk=statement.pk).update(informant=unnamed)
    AdverseParty.objects.create(claim=claim, source=unnamed)
    request = ReplyRequest.objects.create(
        to=unnamed, sent_at=room.now, deadline_at=room.now + timedelta(days=1), sent_by=rosa
    )
    ReplyRequestClaim.objects.create(request=request, claim=claim)
    story = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=hugo, now=room.now)
    room.use(story, [claim])
    town = client_for(cleo)
    assert len(list_ids(town, resource)) == 1, "she sees the row"
    assert len(list_ids(client_for(rosa), resource, **{parameter: str(unnamed.pk)})) == 1
    hidden, unknown = (town.get(resource, **{parameter: key}) for key in (str(unnamed.pk), str(uuid4())))
    assert hidden.json["results"] == unknown.json["results"] == []
    assert hidden.status == unknown.status == 200


def test_a_story_of_another_desk_cannot_be_a_filter(
    client_for: ClientFactory, hugo: User, ruben: User, room: Room
) -> None:
    from editorial.models import Desk
    from editorial.workflow.stories import stories

    claim = room.claim()
    story = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=hugo, now=room.now)
    room.use(story, [claim])
    assert list_ids(client_for(hugo), "claims", story=str(story.pk)) == [str(claim.pk)]
    assert list_ids(client_for(ruben), "claims", story=str(story.pk)) == []


def test_a_parameter_that_does_not_exist_is_refused(client_for: ClientFactory, rosa: User) -> None:
    response = client_for(rosa).get("claims", statsu="verified")
    assert (response.status, response.codes) == (422, ["UNKNOWN_PARAMETER"])
    assert response.json["errors"][0]["parameter"] == "statsu"
    assert client_for(rosa).get("claims", order="random").status == 422


@pytest.mark.parametrize(
    "query",
    [
        {"q": " "}, {"q": "\u3000"}, {"sha256": "abc"}, {"sha256": "A" * 64}, {"created_after": "yesterday"},
        {"created_before": ""},
    ],
)  # fmt: skip
def test_a_parameter_that_can_mean_nothing_is_refused(
    client_for: ClientFactory, rosa: User, query: dict[str, str]
) -> None:
    response = client_for(rosa).get("exhibits", **query)
    assert response.status == 422, response
    assert response.json["errors"][0]["parameter"] == next(iter(query))


def test_events_of_no_object_and_of_no_type_are_refused(client_for: ClientFactory, rosa: User) -> None:
    for query in ({"stream": "claim"}, {"stream": "claim:1"}, {"action": "story.explode"}):
        assert client_for(rosa).get("events", **query).status == 422, query


def test_requests_without_parameters_refuse_them(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim, client = room.claim(), client_for(rosa)
    for method, path in (
        ("get", "me"), ("get", f"claims/{claim.pk}"), ("get", f"claims/{claim.pk}/weights"), ("post", "claims"),
        ("post", "cases"), ("patch", f"claims/{claim.pk}"), ("post", f"claims/{claim.pk}/drop"), ("post", "imports"),
    ):  # fmt: skip
        response = client.send(method, f"{path}?expnad=desk", {}, headers={"If-Match": "*"})
        assert (response.status, response.codes) == (422, ["UNKNOWN_PARAMETER"]), path
        assert response.json["errors"][0]["parameter"] == "expnad"


def test_rows_are_found_by_the_time_of_creation_and_of_change(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    first, second = room.claim(), room.claim("The guard slept.")
    client = client_for(rosa)
    rows = {row["id"]: row for row in client.get("claims").json["results"]}
    between = rows[str(first.pk)]["created_at"]
    assert between < rows[str(second.pk)]["created_at"]
    assert list_ids(client, "claims", created_after=between) == [str(second.pk)]
    assert list_ids(client, "claims", created_before=rows[str(second.pk)]["created_at"]) == [str(first.pk)]
    assert list_ids(client, "claims", created_before=between) == []
    changed = client.patch(f"claims/{first.pk}", text="The gate stood open.").json
    assert changed["created_at"] == between
    (event,) = client.get("events", stream=f"claim:{first.pk}", action="claim.revise").json["results"]
    assert event["object"] == {"type": "claim", "id": str(first.pk)}


def test_rows_are_found_by_the_time_of_their_last_change(parallel: Room, client_for: ClientFactory, rosa: User) -> None:
    first, second, client = parallel.claim(), parallel.claim("The guard slept."), client_for(rosa)
    client.patch(f"claims/{first.pk}", text="The gate stood open.")
    (event,) = client.get("events", stream=f"claim:{first.pk}", action="claim.revise").json["results"]
    assert list_ids(client, "claims", updated_after=event["created_at"]) == [str(first.pk)]
    assert list_ids(client, "claims", updated_before=event["created_at"]) == [str(second.pk)]
    assert list_ids(client, "claims", updated_after="2999-01-01T00:00:00Z") == []
    assert len(list_ids(client, "claims", updated_before="2999-01-01T00:00:00Z")) == 2


def test_every_row_says_when_it_was_created(client_for: ClientFactory, hugo: User, room: Room) -> None:
    room.settle()
    room.story(room.corroborated())
    client = client_for(hugo)
    shown = 0
    for resource in RESOURCES:
        for row in client.get(resource).json["results"]:
            shown += 1
            assert abs(datetime.fromisoformat(row["created_at"]) - timezone.now()) < timedelta(hours=1), resource
    assert shown > 10


def test_every_order_ends_with_the_id_and_pages_through_all_rows(
    client_for: ClientFactory, hugo: User, room: Room, subtests: pytest.Subtests
) -> None:
    room.settle()
    room.story(room.corroborated())
    room.corroborated("The guard slept.")
    client = client_for(hugo)
    for resource, view in RESOURCES.items():
        with subtests.test(noun=resource):
            for order, columns in view.orders.items():
                assert columns[-1].lstrip("-") == "id"
                ids = list_ids(client, resource, order=order, limit=200)
                assert walk(client, resource, order=order, limit=1) == ids
                assert len(set(ids)) == len(ids)


def test_new_tasks_shift_no_page(client_for: ClientFactory, rosa: User, room: Room) -> None:
    for number in range(3):
        room.claim(f"Claim {number}.")
    room.settle()
    client = client_for(rosa)
    before = list_ids(client, "reviews", limit=200)
    first = client.get("reviews", limit=2).json
    ReviewTask.objects.filter(pk=before[-1]).update(due_at=ReviewTask.objects.earliest("due_at").due_at)
    second = client.get(first["next"].removeprefix("http://testserver/api/v1/")).json
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert ids == before[: len(ids)]


NOT_SYNCED = (
    "events",
    "imports",
    "import-rows",
    "scheduled-imports",
    "received-answers",
    "emailed-comments",
    "tokens",
    "saved-searches",
    "subscriptions",
    "webhooks",
    "webhook-deliveries",
    "notification-records",
    "account-changes",
    "sessions",
    "email-preferences",
    "chat-channels",
    "duty-shifts",
)


def test_a_list_takes_a_constant_number_of_queries(
    client_for: ClientFactory, hugo: User, room: Room, subtests: pytest.Subtests
) -> None:
    for number in range(3):
        claim = room.corroborated(f"Claim {number}.")
        room.denied(claim)
        room.story(claim)
    room.settle()
    client = client_for(hugo)
    assert client.get("me").status == 200  # that the token is used is noted once
    for resource in RESOURCES:
        with subtests.test(noun=resource):
            mirrored = resource not in NOT_SYNCED
            ways = [{}, {"updated_since": "start"}] if mirrored else [{}]
            for way in ways:
                counted = []
                for limit in (1, 50):
                    with CaptureQueriesContext(connection) as queries:
                        assert client.get(resource, limit=limit, **way).status == 200
                    counted.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
                beside = 2 if resource == "events" else 1  # a page of one may need no look-up beside it
                assert 0 <= counted[1] - counted[0] <= beside, f"{resource} {way}: {counted}"
