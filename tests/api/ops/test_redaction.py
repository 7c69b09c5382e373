"""The audit log does not tell its readers what the objects themselves hide."""

from __future__ import annotations

import json
from typing import Any

import pytest

from editorial.models import Claim, ClaimVisibility, Desk, Source, User
from editorial.workflow.core.audit import log
from editorial.workflow.evidence import claims, sources, statement_repairs, statements
from editorial.workflow.review import replies
from tests.api.conftest import ClientFactory
from tests.support.cast import HOUR, Room

JO = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}


@pytest.fixture
def shared(room: Room, city: Desk) -> Claim:
    """A claim of the politics desk that the city desk sees, as if a story of theirs used it."""
    claim = room.claim()
    ClaimVisibility.objects.create(claim=claim, desk=city)
    return claim


@pytest.fixture
def events_for(client_for: ClientFactory) -> Any:
    """The data of an object's events, as somebody reads them in a list and one by one."""

    def read(user: User, row: Any) -> str:
        client = client_for(user)
        listed = client.get("events", stream=f"{row._meta.model_name}:{row.pk}").json["results"]
        assert listed
        single = [client.get(f"events/{event['id']}").json for event in listed]
        assert single == listed
        return json.dumps([event["data"] for event in listed])

    return read


class TestTexts:
    def test_a_name_that_is_removed_from_a_text_is_not_in_the_log(
        self, room: Room, shared: Claim, carl: User, rosa: User, events_for: Any
    ) -> None:
        source = room.person(JO["identity_name"])
        statement = room.says(source, shared, quote="I, Zephyrine Quillfeather, opened it.")
        sources.protect(source_id=source.pk, name="a keeper", **JO, actor=rosa, now=room.now)
        statements.revise(statement_id=statement.pk, quote="I opened it.", stance="denies", actor=rosa, now=room.now)
        told = events_for(carl, statement)
        assert "Quillfeather" not in told
        assert "denies" in told

    def test_an_older_event_does_not_show_its_texts(
        self, room: Room, shared: Claim, carl: User, rosa: User, events_for: Any
    ) -> None:
        change = {"text": ["Quillfeather opened it.", "It was open."], "risk": ["routine", "contentious"]}
        log(shared, "claim.revise", actor=rosa, now=room.now, changed=change)
        told = events_for(carl, shared)
        assert "Quillfeather" not in told
        assert "contentious" in told


class TestSources:
    def test_the_events_of_a_reassigned_statement_name_neither_source_if_one_is_unnamed(
        self, room: Room, shared: Claim, carl: User, ruben: User, cuno: User, events_for: Any
    ) -> None:
        keeper, named = room.person("a keeper", unnamed=True), room.person("Harold Public")
        for first, second in ((named, keeper), (keeper, named)):
            statement = reassigned(room, shared, first, second)
            for reader in (carl, ruben):
                told = events_for(reader, statement)
                assert str(named.pk) not in told
                assert str(keeper.pk) not in told
            assert str(named.pk) in events_for(cuno, statement)

    def test_the_events_of_a_statement_reassigned_between_named_sources_name_both(
        self, room: Room, shared: Claim, carl: User, events_for: Any
    ) -> None:
        one, other = room.person("Harold Public"), room.person("Lida Fenn")
        told = events_for(carl, reassigned(room, shared, one, other))
        assert str(one.pk) in told
        assert str(other.pk) in told

    def test_a_corrected_informant_is_not_named_beside_an_unnamed_one(
        self, room: Room, shared: Claim, rosa: User, carl: User, ruben: User, events_for: Any
    ) -> None:
        keeper, named = room.person("a keeper", unnamed=True), room.person("Harold Public")
        statement = room.says(room.person(), shared, directness="second_hand", informant=named.pk)
        statements.revise(statement_id=statement.pk, informant=keeper.pk, actor=rosa, now=room.now)
        for reader in (carl, ruben):
            assert str(named.pk) not in events_for(reader, statement)


class TestClaims:
    def test_the_ids_of_claims_of_another_desk_are_left_out(
        self, room: Room, shared: Claim, carl: User, rosa: User, events_for: Any
    ) -> None:
        hidden, party = room.claim("The minister signed for it."), room.person("Paul Party")
        claims.revise(claim_id=shared.pk, adverse_to=[party.pk], actor=rosa, now=room.now)
        request = replies.send(
            to_id=party.pk, covers=[shared.pk, hidden.pk], question="Is it so?", deadline_at=room.now + 5 * HOUR,
            actor=rosa, now=room.now,
        )  # fmt: skip
        told = events_for(carl, request)
        assert str(hidden.pk) not in told
        assert str(shared.pk) in told
        assert str(hidden.pk) in events_for(rosa, request)

    def test_a_document_does_not_tell_which_claims_of_another_desk_it_settles(
        self, room: Room, carl: User, rosa: User, events_for: Any
    ) -> None:
        hidden = room.claim()
        letter = room.source("document", "A letter", establishes=[hidden.pk])
        assert str(hidden.pk) not in events_for(carl, letter)
        assert str(hidden.pk) in events_for(rosa, letter)


def reassigned(room: Room, claim: Claim, first: Source, second: Source) -> Any:
    statement = room.says(first, claim)
    return statement_repairs.reassign(
        statement_id=statement.pk, source_id=second.pk, reason="Wrong form.", actor=room.people["rosa"], now=room.now
    )
