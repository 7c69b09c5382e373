"""Batches: waiting claims are reassessed together; each keeps its own fate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial import backlog, outbox
from editorial.models import Claim, Event, MessageKind, MessageState, OutboxMessage
from editorial.outbox import LeaseLost
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core.errors import NotFound
from editorial.workflow.evidence import claims as evidence_claims
from editorial.workflow.evidence import statements
from editorial.workflow.review import assessments
from tests.support.cast import Room, exceptions_in, fresh, run_concurrently

NOBODY = "0198f000-0000-7000-8000-000000000001"


def sent(room: Room) -> list[UUID]:
    """The messages about claims that are due, dispatched."""
    return [each.message for each in outbox.claim_batch(now=room.now) if each.kind is MessageKind.ASSESS_CLAIM]


def run(room: Room, messages: Iterable[UUID]) -> bool:
    """Reassess the claims of these messages, as a worker would."""
    return outbox.run_batch(messages, reassess, clock=lambda: room.now)


def reassess(claims: list[str], now: datetime) -> None:
    assessments.reassess_all(claim_ids=claims, now=now)


def states() -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind="assess_claim").values_list("state", flat=True))


def test_one_source_changes_the_findings_of_many_claims_in_one_job(room: Room) -> None:
    witness, claims = room.person(), [room.claim(f"Claim {number}.") for number in range(5)]
    for claim in claims:
        room.says(witness, claim)
        room.says(room.person(), claim)
    room.settle()
    assert {claim.assessments.latest().finding for claim in claims} == {"verified"}
    for statement in witness.statements.all():
        statements.end(
            ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=room.people["rosa"], now=room.now
        )
    messages = sent(room)
    assert run(room, messages)
    assert not run(room, messages)
    assert {claim.assessments.latest().finding for claim in claims} == {"under_investigation"}
    assert {claim.assessments.latest().number for claim in claims} == {2}
    assert set(states()) == {MessageState.DONE}


def test_a_batch_finds_what_each_claim_would_find_alone(room: Room) -> None:
    office = room.source("organization", "Office")
    for number in range(4):
        claim = room.claim(f"Claim {number}.", adverse_to=[office.pk] if number % 2 else [])
        for _ in range(number):
            room.says(room.person(org=office.pk if number == 3 else None), claim)
    run(room, sent(room))
    before = list(Claim.objects.order_by("id").values("status", "contested", "assessments__digest"))
    for claim in Claim.objects.all():
        assessments.reassess(claim_id=claim.pk, now=room.now)
    assert list(Claim.objects.order_by("id").values("status", "contested", "assessments__digest")) == before


def test_ten_claims_take_as_many_statements_as_two(room: Room) -> None:
    counts = []
    for size in (2, 10):
        for number in range(size):
            room.says(room.person(), room.claim(f"Claim {number} of {size}."))
        messages = sent(room)
        with CaptureQueriesContext(connection) as captured:
            run(room, messages)
        counts.append(len(captured))
    assert counts[0] == counts[1] < 25


def test_a_claim_that_fails_takes_no_other_with_it(room: Room) -> None:
    claims = [room.claim(f"Claim {number}.") for number in range(3)]
    outbox.send_each(MessageKind.ASSESS_CLAIM, [NOBODY], now=room.now)
    with pytest.raises(NotFound):
        run(room, sent(room))
    assert states() == [MessageState.READY] * 4
    assert not any(claim.assessments.exists() for claim in claims)
    again = outbox.claim_batch(now=room.now)
    assert {(each.started_before, each.failed_before) for each in again} == {(True, False)}
    for message in again:
        try:
            run(room, [message.message])
        except NotFound:
            failed = OutboxMessage.objects.get(pk=message.message)
    assert (failed.reference, failed.state, failed.error) == (NOBODY, MessageState.READY, "NotFound")
    assert all(claim.assessments.exists() for claim in claims)
    later = outbox.claim_batch(now=room.now + 2 * outbox.LEASE)
    assert [each.message for each in later if each.failed_before] == [failed.pk]


def test_a_batch_that_lost_one_lease_commits_nothing(room: Room) -> None:
    claims = [room.claim(f"Claim {number}.") for number in range(3)]
    messages = sent(room)

    def overtaken(references: list[str], now: datetime) -> None:
        reassess(references, now)
        backlog.release(messages[1], now=now)

    with pytest.raises(LeaseLost):
        outbox.run_batch(messages, overtaken, clock=lambda: room.now)
    assert not any(claim.assessments.exists() for claim in claims)
    assert states() == [MessageState.READY] * 3


def test_batches_with_the_same_claims_run_one_after_the_other(parallel: Room) -> None:
    witness = parallel.person()
    claims = [parallel.claim(f"Claim {number}.") for number in range(4)]
    for claim in claims:
        parallel.says(witness, claim)
    first = sent(parallel)
    outbox.send_each(MessageKind.ASSESS_CLAIM, [claim.pk for claim in reversed(claims)], now=parallel.now)
    second = sent(parallel)[::-1]
    outcomes = run_concurrently(
        lambda: run(parallel, first), lambda: run(parallel, second), lambda: run(parallel, first[::-1])
    )
    assert exceptions_in(outcomes) == []
    assert sorted(outcomes) == [False, True, True]
    assert [fresh(claim).assessments.count() for claim in claims] == [1] * 4


def test_a_part_and_its_compound_in_one_batch_end_as_they_should(room: Room) -> None:
    compound = room.claim("Both.")
    parts = evidence_claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=room.people["rosa"], now=room.now)
    for part in parts:
        for _ in range(2):
            room.says(room.person(), part)
    while messages := sent(room):
        run(room, messages)
    assert compound.assessments.latest().finding == "verified"


def test_each_claim_of_a_batch_notifies_of_its_own_tasks(room: Room) -> None:
    first, second = room.claim("One."), room.claim("Two.")
    reassess([str(first.pk), str(second.pk)], room.now)
    opened = Event.objects.filter(action=SystemEvent.REVIEW_OPEN)
    notifying = set(OutboxMessage.objects.filter(kind=MessageKind.NOTIFY.value).values_list("reference", flat=True))
    claims = {event.data["claim"] for event in opened if str(event.pk) in notifying}
    assert claims == {str(first.pk), str(second.pk)}
