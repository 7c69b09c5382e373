"""Two people at once: whoever revises says what they saw, and nobody overwrites what they have not read."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import transaction

from editorial.api.urls import RESOURCES
from editorial.models import Claim, Membership, Story, User
from editorial.models.base_fields import VersionedModel
from editorial.policy.roles import Role
from editorial.workflow.evidence import claims
from editorial.workflow.review import assessments
from tests.api.conftest import ApiClient, ApiResponse, ClientFactory
from tests.api.test_errors import _one_of_each as one_of_each
from tests.support.cast import Room, run_concurrently, wait_for_lock_waiter

_REVISABLE = {
    noun: resource
    for noun, resource in RESOURCES.items()
    if issubclass(resource.output_serializer.Meta.model, VersionedModel)
}


def write_with_tag(caller: ApiClient, method: str, path: str, **headers: str) -> ApiResponse:
    return caller.send(method, path, None, headers={name.replace("_", "-"): tag for name, tag in headers.items()})


class TestReading:
    """Every row that is revised is shown with a tag, and need not be fetched twice."""

    @pytest.mark.parametrize("noun", _REVISABLE)
    def test_a_row_is_shown_with_its_version(self, calling: ClientFactory, rosa: User, room: Room, noun: str) -> None:
        row = one_of_each(room)[noun]
        shown = calling(rosa).get(f"{noun}/{row}")
        assert shown.response["ETag"].startswith(f'"{shown.json["version"]}-')
        assert not shown.response["ETag"].startswith("W/")

    def test_an_unchanged_row_gets_304(self, calling: ClientFactory, rosa: User, room: Room) -> None:
        caller, claim = calling(rosa), room.claim()
        tag = caller.get(f"claims/{claim.pk}").response["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = write_with_tag(caller, "get", f"claims/{claim.pk}", If_None_Match=known)
            assert (again.status, again.response.content, again.response["ETag"]) == (304, b"", tag)
        for other in ('"other"', '"1"', "rubbish", ""):
            assert write_with_tag(caller, "get", f"claims/{claim.pk}", If_None_Match=other).status == 200

    def test_a_new_finding_changes_the_etag_but_not_the_version(
        self, calling: ClientFactory, rosa: User, room: Room
    ) -> None:
        caller, claim = calling(rosa), room.claim()
        before = caller.get(f"claims/{claim.pk}").response["ETag"]
        room.says(room.person(), claim)
        assessments.reassess(claim_id=claim.pk, now=room.now)
        found = write_with_tag(caller, "get", f"claims/{claim.pk}", If_None_Match=before)
        assert (found.status, found.json["status"]) == (200, "under_investigation")
        assert caller.patch(f"claims/{claim.pk}", text="It was shut.", etag=before).status == 200

    def test_etags_differ_where_representations_differ(
        self, calling: ClientFactory, rosa: User, carl: User, room: Room, city: Any
    ) -> None:
        source = room.person("a keeper", unnamed=True)
        claim = room.claim(adverse_to=[source.pk])
        room.story(claim)
        Story.objects.update(desk=city)
        ours, theirs = (calling(user).get(f"claims/{claim.pk}") for user in (rosa, carl))
        assert ours.json["adverse_to"] != theirs.json["adverse_to"]
        assert ours.response["ETag"] != theirs.response["ETag"]

    def test_rows_without_updates_have_no_etag(self, calling: ClientFactory, rosa: User, room: Room) -> None:
        assert "ETag" not in calling(rosa).get(f"desks/{room.desk.pk}").response
        assert "ETag" not in calling(rosa).get("claims").response


class TestUpdating:
    """PATCH takes If-Match, and compares it under the row's lock."""

    def test_without_if_match_nothing_is_updated(self, calling: ClientFactory, rosa: User, room: Room) -> None:
        claim = room.claim()
        refused = calling(rosa).send("patch", f"claims/{claim.pk}", {"text": "It was shut."})
        assert (refused.status, refused.codes) == (428, ["IF_MATCH_REQUIRED"])
        assert Claim.objects.get().version == 1

    @pytest.mark.parametrize("seen", ['"1"', '"1-0123456789abcdef"', '"9", "1"', "*"])
    def test_the_current_etag_allows_an_update(self, calling: ClientFactory, rosa: User, room: Room, seen: str) -> None:
        claim = room.claim()
        revised = calling(rosa).patch(f"claims/{claim.pk}", text="It was shut.", etag=seen)
        assert (revised.status, revised.json["version"]) == (200, 2)
        assert revised.response["ETag"] == calling(rosa).get(f"claims/{claim.pk}").response["ETag"]

    @pytest.mark.parametrize("seen", ['"2"', 'W/"1"', '"one"', '"11"', '"2", "3"', '"99999999999999999999"'])
    def test_a_stale_etag_returns_the_current_row(
        self, calling: ClientFactory, rosa: User, room: Room, seen: str
    ) -> None:
        claim, caller = room.claim(), calling(rosa)
        refused = caller.patch(f"claims/{claim.pk}", text="It was shut.", etag=seen)
        assert (refused.status, refused.codes) == (412, ["STALE_VERSION"])
        now = caller.get(f"claims/{claim.pk}")
        assert refused.json["current"] == now.json
        assert refused.response["ETag"] == now.response["ETag"]
        assert caller.patch(f"claims/{claim.pk}", text="It was shut.", etag=now.response["ETag"]).status == 200

    @pytest.mark.parametrize("seen", ["1", "", "rubbish"])
    def test_an_invalid_etag_is_refused(self, calling: ClientFactory, rosa: User, room: Room, seen: str) -> None:
        refused = calling(rosa).patch(f"claims/{room.claim().pk}", text="It was shut.", etag=seen)
        assert (refused.status, refused.codes) == (400, ["IF_MATCH_MALFORMED"])

    def test_a_missing_row_is_not_found(self, calling: ClientFactory, carl: User, room: Room) -> None:
        refused = calling(carl).patch(f"claims/{room.claim().pk}", text="It was shut.", etag='"7"')
        assert refused.status == 404
        assert "current" not in refused.json

    def test_of_concurrent_updates_one_succeeds(self, parallel: Room, calling: ClientFactory, rosa: User) -> None:
        claim = parallel.claim()
        callers = [calling(rosa) for _ in range(8)]
        told = run_concurrently(
            *[
                lambda caller=caller, text=f"It was {number}.": caller.patch(
                    f"claims/{claim.pk}", text=text, etag='"1"'
                )
                for number, caller in enumerate(callers)
            ]
        )
        assert sorted(answer.status for answer in told) == [200] + [412] * 7
        (won,) = (answer.json for answer in told if answer.status == 200)
        assert Claim.objects.get().text == won["text"]
        assert {answer.json["current"]["text"] for answer in told if answer.status == 412} == {won["text"]}

    def test_a_request_that_waited_for_the_lock_is_refused(
        self, parallel: Room, calling: ClientFactory, rosa: User
    ) -> None:
        """The version was right when the request came, and is not when the lock is got."""
        claim = parallel.claim()
        caller = calling(rosa)

        def slowly() -> None:
            with transaction.atomic():
                claims.revise(claim_id=claim.pk, text="It was ajar.", actor=rosa, now=parallel.now)
                locked.set()
                wait_for_lock_waiter()

        def second() -> Any:
            assert locked.wait(timeout=60)
            return caller.patch(f"claims/{claim.pk}", text="It was shut.", etag='"1"')

        locked = threading.Event()
        slow, told = run_concurrently(slowly, second)
        assert slow is None
        assert (told.status, told.json["current"]["text"]) == (412, "It was ajar.")

    def test_a_retry_under_its_key_returns_its_own_revision(
        self, calling: ClientFactory, rosa: User, room: Room
    ) -> None:
        claim, caller = room.claim(), calling(rosa)
        headers = {"Idempotency-Key": "k", "If-Match": '"1"'}
        told = [caller.send("patch", f"claims/{claim.pk}", {"text": "It was shut."}, headers=headers) for _ in range(2)]
        assert [answer.status for answer in told] == [200, 200]
        assert told[0].response["ETag"] == told[1].response["ETag"]
        assert Claim.objects.get().version == 2


def _writes() -> list[tuple[str, str, Any]]:
    """Every write to a row that has a version: noun, address below it, what it takes."""
    found = []
    for noun, resource in _REVISABLE.items():
        found.append((noun, "", resource.partial_update.takes))
        for verb in resource.get_extra_actions():
            if verb.detail and "post" in verb.mapping:
                found.append((noun, f"/{verb.url_path}", verb.takes))
    return found


def test_writes_exist() -> None:
    assert len(_writes()) > 30


def test_every_write_to_a_versioned_row_requires_if_match(
    calling: ClientFactory, rosa: User, room: Room, subtests: pytest.Subtests
) -> None:
    for role in Role:
        Membership.objects.get_or_create(user=rosa, desk=None, role=role)
    rows = one_of_each(room)
    caller = calling(rosa)
    for noun, below, takes in _writes():
        with subtests.test(noun=noun, below=below):
            sound = {field: rows.get(field, "x") for field in takes().fields} if takes and below else {}
            before = caller.get(f"{noun}/{rows[noun]}").json
            refused = caller.send(
                "post" if below else "patch", f"{noun}/{rows[noun]}{below}", sound, headers={"If-Match": '"99"'}
            )
            assert (refused.status, refused.codes) == (412, ["STALE_VERSION"])
            assert refused.json["current"] == before == caller.get(f"{noun}/{rows[noun]}").json


def test_an_unversioned_row_matches_no_etag(calling: ClientFactory, rosa: User, room: Room) -> None:
    task, caller = one_of_each(room)["reviews"], calling(rosa)
    refused = caller.send("post", f"reviews/{task}/take", {}, headers={"If-Match": '"1"'})
    assert (refused.status, refused.json["current"]["state"]) == (412, "open")
    assert "ETag" not in refused.response
    assert caller.send("post", f"reviews/{task}/take", {}, headers={"If-Match": "*"}).status == 200
