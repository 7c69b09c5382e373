"""Lists: what people ask for, in orders that hold, at a bounded cost, and no more than they may know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.api.urls import RESOURCES
from editorial.models import ReviewTask, User
from editorial.workflow.review import tasks
from tests.api.conftest import ApiClient, ClientFactory
from tests.support.cast import Room


def list_ids(caller: ApiClient, resource: str, **query: Any) -> list[str]:
    """The ids that a list gives."""
    answer = caller.get(resource, **query)
    assert answer.status == 200, answer
    return [row["id"] for row in answer.json["results"]]


def walk(caller: ApiClient, resource: str, **query: Any) -> list[str]:
    """The ids of all pages."""
    page = caller.get(resource, **query)
    ids = [row["id"] for row in page.json["results"]]
    while page.json["next"]:
        page = caller.get(page.json["next"].removeprefix("http://testserver/api/v1/"))
        ids += [row["id"] for row in page.json["results"]]
    return ids


def test_claims_are_filtered(calling: ClientFactory, rosa: User, ruben: User, room: Room) -> None:
    accused, witness = room.person("Ann"), room.person("Bob")
    plain, serious = room.claim("The gate was open."), room.claim("The bridge fell.", risk="serious", by="ruben")
    accusing = room.claim("Ann opened it.", adverse_to=[accused.pk], by="ruben")
    verified = room.verified("The guard slept.")
    room.says(witness, serious)
    room.settle()
    story = room.story(verified)
    caller = calling(rosa)
    everything = {str(claim.pk) for claim in (plain, serious, accusing, verified)}
    assert list_ids(caller, "claims", risk="serious") == [str(serious.pk)]
    assert list_ids(caller, "claims", adverse_to=str(accused.pk)) == [str(accusing.pk)]
    assert list_ids(caller, "claims", source=str(witness.pk)) == [str(serious.pk)]
    assert list_ids(caller, "claims", story=str(story.pk)) == [str(verified.pk)]
    assert list_ids(caller, "claims", finding="verified") == [str(verified.pk)]
    assert set(list_ids(caller, "claims", finding=["unverified", "verified", "refuted", "disputed"])) <= everything
    assert str(accusing.pk) not in list_ids(caller, "claims", mine="true")
    assert str(serious.pk) in list_ids(caller, "claims", mine="true"), "she recorded a statement on it"
    assert set(list_ids(calling(ruben), "claims", mine="true")) == {str(serious.pk), str(accusing.pk)}
    assert set(list_ids(calling(ruben), "claims", mine="false")) == everything - {str(serious.pk), str(accusing.pk)}
    soon = (room.now + timedelta(days=900)).isoformat()
    assert set(list_ids(caller, "claims", due_before=soon)) == set(
        map(str, ReviewTask.objects.filter(state="open").values_list("claim", flat=True))
    )
    assert list_ids(caller, "claims", overdue="true") == []
    task = ReviewTask.objects.filter(claim=plain).first()
    assert task is not None
    tasks.mark_overdue(task_id=task.pk, now=task.due_at + timedelta(minutes=1))
    assert list_ids(caller, "claims", overdue="true") == [str(plain.pk)]
    assert str(task.pk) in list_ids(caller, "reviews", overdue="true")


@pytest.mark.parametrize(
    ("noun", "parameter"),
    [
        ("claims", "source"), ("claims", "adverse_to"), ("statements", "source"), ("statements", "informant"),
        ("reply-requests", "to"),
    ],
)  # fmt: skip
def test_no_filter_reveals_a_protected_source(
    calling: ClientFactory, hugo: User, cleo: User, rosa: User, room: Room, noun: str, parameter: str
) -> None:
    from editorial.models import AdverseParty, Desk, ReplyRequest, ReplyRequestClaim, Statement
    from editorial.workflow.stories import stories

    mask, claim = room.person("an aide", unnamed=True), room.claim("The gate was open.")
    said = room.says(mask, claim, "affirms")
    Statement.objects.filter(pk=said.pk).update(informant=mask)
    AdverseParty.objects.create(claim=claim, source=mask)
    request = ReplyRequest.objects.create(
        to=mask, sent_at=room.now, deadline_at=room.now + timedelta(days=1), sent_by=rosa
    )
    ReplyRequestClaim.objects.create(request=request, claim=claim)
    story = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=hugo, now=room.now)
    room.use(story, [claim])
    town = calling(cleo)
    assert len(list_ids(town, noun)) == 1, "she sees the row"
    assert len(list_ids(calling(rosa), noun, **{parameter: str(mask.pk)})) == 1
    hidden, unknown = (town.get(noun, **{parameter: key}) for key in (str(mask.pk), str(uuid4())))
    assert hidden.json["results"] == unknown.json["results"] == []
    assert hidden.status == unknown.status == 200


def test_a_story_of_another_desk_cannot_be_a_filter(
    calling: ClientFactory, hugo: User, ruben: User, room: Room
) -> None:
    from editorial.models import Desk
    from editorial.workflow.stories import stories

    claim = room.claim()
    story = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=hugo, now=room.now)
    room.use(story, [claim])
    assert list_ids(calling(hugo), "claims", story=str(story.pk)) == [str(claim.pk)]
    assert list_ids(calling(ruben), "claims", story=str(story.pk)) == []


def test_a_parameter_that_does_not_exist_is_refused(calling: ClientFactory, rosa: User) -> None:
    refused = calling(rosa).get("claims", statsu="verified")
    assert (refused.status, refused.codes) == (422, ["UNKNOWN_PARAMETER"])
    assert refused.json["errors"][0]["parameter"] == "statsu"
    assert calling(rosa).get("claims", order="random").status == 422


def test_every_order_ends_with_the_id_and_pages_through_all_rows(
    calling: ClientFactory, hugo: User, room: Room, subtests: pytest.Subtests
) -> None:
    room.settle()
    room.story(room.corroborated())
    room.corroborated("The guard slept.")
    caller = calling(hugo)
    for noun, view in RESOURCES.items():
        with subtests.test(noun=noun):
            for order, columns in view.orders.items():
                assert columns[-1].lstrip("-") == "id"
                whole = list_ids(caller, noun, order=order, limit=200)
                assert walk(caller, noun, order=order, limit=1) == whole
                assert len(set(whole)) == len(whole)


def test_new_tasks_shift_no_page(calling: ClientFactory, rosa: User, room: Room) -> None:
    for number in range(3):
        room.claim(f"Claim {number}.")
    room.settle()
    caller = calling(rosa)
    before = list_ids(caller, "reviews", limit=200)
    first = caller.get("reviews", limit=2).json
    ReviewTask.objects.filter(pk=before[-1]).update(due_at=ReviewTask.objects.earliest("due_at").due_at)
    second = caller.get(first["next"].removeprefix("http://testserver/api/v1/")).json
    told = [row["id"] for row in first["results"] + second["results"]]
    assert told == before[: len(told)]


def test_a_list_takes_a_constant_number_of_queries(
    calling: ClientFactory, hugo: User, room: Room, subtests: pytest.Subtests
) -> None:
    for number in range(3):
        claim = room.corroborated(f"Claim {number}.")
        room.denied(claim)
        room.story(claim)
    room.settle()
    caller = calling(hugo)
    assert caller.get("me").status == 200  # that the token is used is noted once
    for noun in RESOURCES:
        with subtests.test(noun=noun):
            mirrored = noun not in ("events", "imports", "import-rows", "tokens", "subscriptions", "webhooks")
            ways = [{}, {"updated_since": "start"}] if mirrored else [{}]
            for way in ways:
                counted = []
                for limit in (1, 50):
                    with CaptureQueriesContext(connection) as asked:
                        assert caller.get(noun, limit=limit, **way).status == 200
                    counted.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
                assert 0 <= counted[1] - counted[0] <= 1, (
                    f"{noun} {way}: {counted}; a page of one may need nothing beside it"
                )
