"""Right of reply: the question, the party, the claims, the deadline and the outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from editorial.models import MessageKind, ReplyRequest
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed
from editorial.workflow.evidence import claims, facts, sources
from editorial.workflow.review import replies
from editorial.workflow.stories import gates
from tests.support.cast import HOUR, assert_refused, count_pending_jobs, events


@pytest.fixture
def party(room):
    return room.person("Lida Fenn")


@pytest.fixture
def claim(room, party):
    return room.claim(adverse_to=[party.pk])


def send(room, party, *covers, **fields):
    fields = {"question": "Was it open?", "deadline_at": room.now + 4 * HOUR} | fields
    return replies.send(
        to_id=party.pk, covers=[claim.pk for claim in covers], **fields, actor=room.people["rosa"], now=room.now
    )


def answer(room, request, outcome, **who):
    return replies.answer(request_id=request.pk, outcome=outcome, **who, actor=room.people["rosa"], now=room.now)


def test_a_request_is_stored_and_its_claims_are_reassessed(room, party, claim):
    room.settle()
    request = send(room, party, claim, channel="e-mail", reason="It runs tonight.")
    assert (request.to, request.outcome, request.sent_at, list(request.covers.all())) == (
        party,
        "pending",
        room.now,
        [claim],
    )
    assert events(request) == ["reply.send"]
    assert count_pending_jobs(MessageKind.ASSESS_CLAIM, claim) == 1


def test_a_request_reassesses_the_members_and_the_compound_of_its_claim(room, party, claim, rosa):
    part, other = claims.split(claim_id=claim.pk, texts=["A.", "B."], actor=rosa, now=room.now)
    room.settle()
    send(room, party, claim)
    assert [count_pending_jobs(MessageKind.ASSESS_CLAIM, each) for each in (claim, part, other)] == [1, 1, 1]
    room.settle()
    send(room, party, part)
    assert [count_pending_jobs(MessageKind.ASSESS_CLAIM, each) for each in (claim, part, other)] == [1, 1, 0]


def test_an_invalid_request_is_refused(room, party, claim, felix):
    for fields, code in (
        ({"question": "  "}, "NO_QUESTION"),
        ({"deadline_at": datetime(2031, 3, 4, 12, 0)}, "UTC_OFFSET_MISSING"),  # noqa: DTZ001
        ({"deadline_at": datetime(9999, 12, 31, tzinfo=UTC)}, "OUT_OF_RANGE"),
        ({"sent_at": datetime(1, 1, 1, tzinfo=UTC)}, "OUT_OF_RANGE"),
        ({"sent_at": room.now + HOUR}, "IN_THE_FUTURE"),
    ):
        with assert_refused(ValidationFailed, code):
            send(room, party, claim, **fields)
    with assert_refused(ValidationFailed, "NO_CLAIM"):
        send(room, party)
    with pytest.raises(ValidationFailed):
        send(room, party, claim, deadline_at=room.now - HOUR)
    dropped = room.claim()
    claims.drop(claim_id=dropped.pk, reason="Gossip.", actor=felix, now=room.now)
    with assert_refused(Conflict, "DROPPED"):
        send(room, party, claim, dropped)


def test_an_invisible_claim_is_not_found(room, party, claim, city):
    unseen = room.claim(by="carl", desk_id=city.pk)
    with assert_refused(NotFound, "NOT_FOUND"):
        send(room, party, claim, unseen)
    assert not ReplyRequest.objects.exists()


class TestAnswering:
    @pytest.mark.parametrize("outcome", ["replied", "declined"])
    def test_a_response_ends_the_request(self, room, party, claim, outcome):
        request = send(room, party, claim)
        answer(room, request, outcome)
        request.refresh_from_db()
        assert (request.outcome, request.answered_at) == (outcome, room.now)
        with assert_refused(Conflict, "ANSWERED"):
            answer(room, request, "replied")

    @pytest.mark.parametrize("outcome", ["no_response", "unreachable"])
    def test_a_response_may_follow_silence(self, room, party, claim, outcome):
        request = send(room, party, claim)
        answer(room, request, outcome)
        request.refresh_from_db()
        assert request.answered_at is None
        answer(room, request, "replied")

    @pytest.mark.parametrize("outcome", ["waived", "pending", "nonsense", ""])
    def test_an_unknown_outcome_is_refused(self, room, party, claim, outcome):
        request = send(room, party, claim)
        with assert_refused(ValidationFailed, "UNKNOWN_OUTCOME"):
            answer(room, request, outcome)

    def test_the_respondent_is_stored_as_a_token_that_matches_our_source(self, room, party, claim):
        jo = {"identity_name": "Jo Roe", "identity_known_by": "1970"}
        unnamed = room.person("a keeper", unnamed=True, **jo)
        by_record, by_name = send(room, party, claim), send(room, party, claim)
        answer(room, by_record, "declined", respondent_id=unnamed.pk)
        answer(room, by_name, "declined", respondent_name="JO ROE", respondent_known_by="1970")
        keys = set(ReplyRequest.objects.values_list("respondent_key", flat=True))
        assert keys == {unnamed.key}

    def test_a_respondent_protected_later_keeps_their_identity(self, room, party, claim, rosa):
        named = room.person("Jo Roe")
        request = send(room, party, claim)
        answer(room, request, "declined", respondent_id=named.pk)
        sources.protect(
            source_id=named.pk, name="a keeper", identity_name="Jo Roe", identity_known_by="1970", actor=rosa,
            now=room.now,
        )  # fmt: skip
        room.says(named, claim)
        case = facts.case([claim.pk], now=room.now)
        assert case.replies[0].respondent_key == case.identity(str(named.pk))


def test_a_waiver_needs_a_reason(room, party, claim, edith):
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        replies.waive(to_id=party.pk, covers=[claim.pk], reason=" ", actor=edith, now=room.now)
    request = replies.waive(to_id=party.pk, covers=[claim.pk], reason="He is dead.", actor=edith, now=room.now)
    assert (request.outcome, request.deadline_at, events(request)) == ("waived", None, ["reply.waive"])
    with assert_refused(Conflict, "ANSWERED"):
        answer(room, request, "replied")


def test_a_deadline_expires_once_and_notifies_only_pending_requests(room, party, claim):
    waited, answered = send(room, party, claim), send(room, party, claim)
    answer(room, answered, "replied")
    replies.expire(request_id=waited.pk, now=room.now)
    assert events(waited) == ["reply.send"], "its time is not up"
    for _ in range(2):
        for request in (waited, answered):
            replies.expire(request_id=request.pk, now=room.now + 4 * HOUR)
    assert events(waited) == ["reply.send", "reply.expire"]
    assert events(answered) == ["reply.send", "reply.answer"]


def test_a_request_that_named_only_the_topic_counts_only_if_replied_to(room, rosa):
    party = room.person()
    claim = room.verified(adverse_to=[party.pk])
    story = room.cleared(claim)
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="A story about the gate?", specific=False,
        sent_at=room.now - timedelta(hours=9), deadline_at=room.now, actor=rosa, now=room.now,
    )  # fmt: skip
    assert "E_REPLY_NOT_SENT" in gates.evaluate(story, now=room.now).result.codes
    replies.answer(request_id=request.pk, outcome="replied", actor=rosa, now=room.now)
    assert "C_REPLY_OUTCOME" in gates.evaluate(story, now=room.now).result.codes
