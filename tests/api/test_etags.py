"""Optimistic locking: an update states the version it is based on, and overwrites no other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import transaction

from editorial.api.framework.endpoints import endpoint_of
from editorial.api.urls import RESOURCES
from editorial.models import Claim, Membership, Story, User
from editorial.models.base_fields import VersionedModel
from editorial.policy.roles import Role
from editorial.workflow.evidence import claims
from editorial.workflow.review import assessments
from tests.api.conftest import ApiClient, ApiResponse, ClientFactory, valid_value
from tests.api.test_errors import _one_of_each as one_of_each
from tests.support.cast import Room, run_concurrently, wait_for_lock_waiter

_REVISABLE = {
    noun: resource
    for noun, resource in RESOURCES.items()
    if issubclass(resource.output_serializer.Meta.model, VersionedModel)
}


def write_with_tag(client: ApiClient, method: str, path: str, **headers: str) -> ApiResponse:
    return client.send(method, path, None, headers={name.replace("_", "-"): tag for name, tag in headers.items()})


class TestReading:
    """Every row that is revised is shown with a tag, and need not be fetched twice."""

    @pytest.mark.parametrize("resource", _REVISABLE)
    def test_a_row_is_shown_with_its_version(
        self, client_for: ClientFactory, rosa: User, room: Room, resource: str
    ) -> None:
        Membership.objects.create(user=rosa, desk=None, role="admin")  # who alone sees webhooks
        row = one_of_each(room)[resource]
        response = client_for(rosa).get(f"{resource}/{row}")
        assert response.response["ETag"].startswith(f'"{response.json["version"]}-')
        assert not response.response["ETag"].startswith("W/")

    def test_an_unchanged_row_gets_304(self, client_for: ClientFactory, rosa: User, room: Room) -> None:
        client, claim = client_for(rosa), room.claim()
        tag = client.get(f"claims/{claim.pk}").response["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = write_with_tag(client, "get", f"claims/{claim.pk}", If_None_Match=known)
            assert (again.status, again.response.content, again.response["ETag"]) == (304, b"", tag)
        for other in ('"other"', '"1"', "rubbish", ""):
            assert write_with_tag(client, "get", f"claims/{claim.pk}", If_None_Match=other).status == 200

    def test_a_new_finding_changes_the_etag_but_not_the_version(
        self, client_for: ClientFactory, rosa: User, room: Room
    ) -> None:
        client, claim = client_for(rosa), room.claim()
        before = client.get(f"claims/{claim.pk}").response["ETag"]
        room.says(room.person(), claim)
        assessments.reassess(claim_id=claim.pk, now=room.now)
        writes = write_with_tag(client, "get", f"claims/{claim.pk}", If_None_Match=before)
        assert (writes.status, writes.json["status"]) == (200, "under_investigation")
        assert client.patch(f"claims/{claim.pk}", text="It was shut.", etag=before).status == 200

    def test_etags_differ_where_representations_differ(
        self, client_for: ClientFactory, rosa: User, carl: User, room: Room, city: Any
    ) -> None:
        source = room.person("a keeper", unnamed=True)
        claim = room.claim(adverse_to=[source.pk])
        room.story(claim)
        Story.objects.update(desk=city)
        ours, theirs = (client_for(user).get(f"claims/{claim.pk}") for user in (rosa, carl))
        assert ours.json["adverse_to"] != theirs.json["adverse_to"]
        assert ours.response["ETag"] != theirs.response["ETag"]

    def test_rows_without_updates_have_no_etag(self, client_for: ClientFactory, rosa: User, room: Room) -> None:
        assert "ETag" not in client_for(rosa).get(f"desks/{room.desk.pk}").response
        assert "ETag" not in client_for(rosa).get("claims").response


class TestUpdating:
    """PATCH takes If-Match, and compares it under the row's lock."""

    def test_without_if_match_nothing_is_updated(self, client_for: ClientFactory, rosa: User, room: Room) -> None:
        claim = room.claim()
        response = client_for(rosa).send("patch", f"claims/{claim.pk}", {"text": "It was shut."})
        assert (response.status, response.codes) == (428, ["IF_MATCH_REQUIRED"])
        assert Claim.objects.get().version == 1

    @pytest.mark.parametrize("etag", ['"1"', '"1-0123456789abcdef"', '"9", "1"', "*"])
    def test_the_current_etag_allows_an_update(
        self, client_for: ClientFactory, rosa: User, room: Room, etag: str
    ) -> None:
        claim = room.claim()
        revised = client_for(rosa).patch(f"claims/{claim.pk}", text="It was shut.", etag=etag)
        assert (revised.status, revised.json["version"]) == (200, 2)
        assert revised.response["ETag"] == client_for(rosa).get(f"claims/{claim.pk}").response["ETag"]

    @pytest.mark.parametrize("etag", ['"2"', 'W/"1"', '"one"', '"11"', '"2", "3"', '"99999999999999999999"'])
    def test_a_stale_etag_returns_the_current_row(
        self, client_for: ClientFactory, rosa: User, room: Room, etag: str
    ) -> None:
        claim, client = room.claim(), client_for(rosa)
        response = client.patch(f"claims/{claim.pk}", text="It was shut.", etag=etag)
        assert (response.status, response.codes) == (412, ["STALE_VERSION"])
        now = client.get(f"claims/{claim.pk}")
        assert response.json["current"] == now.json
        assert response.response["ETag"] == now.response["ETag"]
        assert client.patch(f"claims/{claim.pk}", text="It was shut.", etag=now.response["ETag"]).status == 200

    @pytest.mark.parametrize("etag", ["1", "", "rubbish"])
    def test_an_invalid_etag_is_refused(self, client_for: ClientFactory, rosa: User, room: Room, etag: str) -> None:
        response = client_for(rosa).patch(f"claims/{room.claim().pk}", text="It was shut.", etag=etag)
        assert (response.status, response.codes) == (400, ["IF_MATCH_MALFORMED"])

    def test_a_missing_row_is_not_found(self, client_for: ClientFactory, carl: User, room: Room) -> None:
        response = client_for(carl).patch(f"claims/{room.claim().pk}", text="It was shut.", etag='"7"')
        assert response.status == 404
        assert "current" not in response.json

    def test_of_concurrent_updates_one_succeeds(self, parallel: Room, client_for: ClientFactory, rosa: User) -> None:
        claim = parallel.claim()
        callers = [client_for(rosa) for _ in range(8)]
        responses = run_concurrently(
            *[
                lambda client=client, text=f"It was {number}.": client.patch(
                    f"claims/{claim.pk}", text=text, etag='"1"'
                )
                for number, client in enumerate(callers)
            ]
        )
        assert sorted(response.status for response in responses) == [200] + [412] * 7
        (won,) = (response.json for response in responses if response.status == 200)
        assert Claim.objects.get().text == won["text"]
        assert {response.json["current"]["text"] for response in responses if response.status == 412} == {won["text"]}

    def test_a_request_that_waited_for_the_lock_is_refused(
        self, parallel: Room, client_for: ClientFactory, rosa: User
    ) -> None:
        """The version was right when the request came, and is not when the lock is got."""
        claim = parallel.claim()
        client = client_for(rosa)

        def slowly() -> None:
            with transaction.atomic():
                claims.revise(claim_id=claim.pk, text="It was ajar.", actor=rosa, now=parallel.now)
                locked.set()
                wait_for_lock_waiter()

        def second() -> Any:
            assert locked.wait(timeout=60)
            return client.patch(f"claims/{claim.pk}", text="It was shut.", etag='"1"')

        locked = threading.Event()
        slow, responses = run_concurrently(slowly, second)
        assert slow is None
        assert (responses.status, responses.json["current"]["text"]) == (412, "It was ajar.")

    def test_a_retry_under_its_key_returns_its_own_revision(
        self, client_for: ClientFactory, rosa: User, room: Room
    ) -> None:
        claim, client = room.claim(), client_for(rosa)
        headers = {"Idempotency-Key": "k", "If-Match": '"1"'}
        responses = [
            client.send("patch", f"claims/{claim.pk}", {"text": "It was shut."}, headers=headers) for _ in range(2)
        ]
        assert [response.status for response in responses] == [200, 200]
        assert responses[0].response["ETag"] == responses[1].response["ETag"]
        assert Claim.objects.get().version == 2


def _writes() -> list[tuple[str, str, Any]]:
    """Every write to a row with a version: resource, path below it, input serializer."""
    writes = []
    for resource, view in _REVISABLE.items():
        writes.append((resource, "", endpoint_of(view.partial_update).input_serializer))
        for action in view.get_extra_actions():
            if action.detail and "post" in action.mapping:
                writes.append((resource, f"/{action.url_path}", endpoint_of(action).input_serializer))
    return writes


def test_writes_exist() -> None:
    assert len(_writes()) > 30


@pytest.mark.exhaustive
def test_every_write_to_a_versioned_row_requires_if_match(
    client_for: ClientFactory, rosa: User, room: Room, subtests: pytest.Subtests
) -> None:
    for role in Role:
        Membership.objects.get_or_create(user=rosa, desk=None, role=role)
    rows, other = one_of_each(room), str(room.claim("The keys were lost.").pk)
    client = client_for(rosa)
    for resource, below, takes in _writes():
        with subtests.test(noun=resource, below=below):
            known = rows | {"into": str(rows[resource]), "request": str(rows[resource]), "other": other}
            fields = takes().fields.items() if takes and below else ()
            defaults = {name: valid_value(field, known.get(name)) for name, field in fields if field.required}
            before = client.get(f"{resource}/{rows[resource]}").json
            response = client.send(
                "post" if below else "patch",
                f"{resource}/{rows[resource]}{below}",
                defaults,
                headers={"If-Match": '"99"'},
            )
            assert (response.status, response.codes) == (412, ["STALE_VERSION"])
            assert response.json["current"] == before == client.get(f"{resource}/{rows[resource]}").json


def test_an_unversioned_row_matches_no_etag(client_for: ClientFactory, rosa: User, room: Room) -> None:
    task, client = one_of_each(room)["reviews"], client_for(rosa)
    response = client.send("post", f"reviews/{task}/take", {}, headers={"If-Match": '"1"'})
    assert (response.status, response.json["current"]["state"]) == (412, "open")
    assert "ETag" not in response.response
    assert client.send("post", f"reviews/{task}/take", {}, headers={"If-Match": "*"}).status == 200
