"""Right of reply: the question, the party, the claims, the deadline and the outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from editorial.models import Event, MessageKind, ReplyRequest
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed
from editorial.workflow.evidence import claims, facts, sources
from editorial.workflow.review import replies
from editorial.workflow.stories import gates
from tests.support.cast import HOUR, assert_refused, count_pending_jobs, events, fresh

IN_PASSING = {"no_statement_reason": "She only said that she would sue."}


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
    request = send(room, party, claim, channel="email", reason="It runs tonight.")
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
        answer(room, request, outcome, **(IN_PASSING if outcome == "replied" else {}))
        request.refresh_from_db()
        assert (request.outcome, request.answered_at) == (outcome, room.now)
        with assert_refused(Conflict, "ANSWERED"):
            answer(room, request, "replied", **IN_PASSING)

    @pytest.mark.parametrize("outcome", ["no_response", "unreachable"])
    def test_a_response_may_follow_silence(self, room, party, claim, outcome):
        request = send(room, party, claim)
        answer(room, request, outcome)
        request.refresh_from_db()
        assert request.answered_at is None
        answer(room, request, "replied", **IN_PASSING)

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

    @pytest.mark.parametrize(("who", "unnamed"), [("token", True), ("unnamed", True), ("named", False), ("", False)])
    def test_the_database_notes_that_a_respondent_is_unnamed_whatever_code_writes(
        self, room, party, claim, who, unnamed
    ):
        keys = {
            "token": "0" * 64,
            "unnamed": str(room.person("a keeper", unnamed=True).pk),
            "named": str(room.person("Jo Roe").pk),
            "": "",
        }
        request = send(room, party, claim)
        with connection.cursor() as cursor:  # as the version before, which does not know the other column
            update = "UPDATE editorial_replyrequest SET outcome = 'declined', respondent_key = %s WHERE id = %s"
            cursor.execute(update, [keys[who], request.pk])
            assert cursor.rowcount == 1
        assert fresh(request).respondent_unnamed is unnamed
        assert request.events.latest("pgh_id").respondent_unnamed is unnamed
        inserted = ReplyRequest.objects.create(
            to=party, sent_at=room.now, deadline_at=room.now, sent_by=room.people["rosa"], respondent_key=keys[who]
        )
        assert fresh(inserted).respondent_unnamed is unnamed

    def test_an_unnamed_respondent_stays_noted_when_another_one_responds(self, room, party, claim):
        request = send(room, party, claim)
        answer(room, request, "no_response", respondent_id=room.person("a keeper", unnamed=True).pk)
        answer(room, request, "declined", respondent_id=room.person("Jo Roe").pk)
        assert fresh(request).respondent_unnamed

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
        answer(room, request, "replied", **IN_PASSING)


def test_a_deadline_expires_once_and_notifies_only_pending_requests(room, party, claim):
    waited, answered = send(room, party, claim), send(room, party, claim)
    answer(room, answered, "replied", **IN_PASSING)
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
    replies.answer(request_id=request.pk, outcome="replied", **IN_PASSING, actor=rosa, now=room.now)
    assert "C_REPLY_OUTCOME" in gates.evaluate(story, now=room.now).result.codes


class TestDeadlines:
    def test_the_deadline_is_the_end_of_the_policys_window(self, room, party, claim):
        sent_at = room.now - HOUR
        assert send(room, party, claim, sent_at=sent_at, deadline_at=None).deadline_at == sent_at + 4 * HOUR

    def test_the_longest_window_of_the_claims_and_their_members_decides(self, room, party, claim, rosa):
        serious = room.claim(risk="serious", adverse_to=[party.pk])
        assert send(room, party, claim, serious, deadline_at=None).deadline_at == room.now + 24 * HOUR
        part, _ = claims.split(claim_id=claim.pk, texts=["A.", "B."], actor=rosa, now=room.now)
        claims.revise(claim_id=part.pk, risk="serious", actor=rosa, now=room.now)
        assert send(room, party, claim, deadline_at=None).deadline_at == room.now + 24 * HOUR

    def test_a_shorter_deadline_needs_a_reason_that_is_stored_and_logged(self, room, party, claim):
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            send(room, party, claim, deadline_at=room.now + 3 * HOUR, reason=" ")
        request = send(room, party, claim, deadline_at=room.now + 3 * HOUR, reason="It runs tonight.")
        logged = Event.objects.get(stream=f"replyrequest:{request.pk}").data
        assert (logged["hours"], logged["window"], logged["reason"]) == (3, 4, "It runs tonight.")
        assert request.reason == "It runs tonight."

    def test_without_a_window_somebody_sets_the_deadline(self, room, party):
        routine = room.claim(risk="routine", adverse_to=[party.pk])
        with assert_refused(ValidationFailed, "NO_DEADLINE"):
            send(room, party, routine, deadline_at=None)
        assert send(room, party, routine, deadline_at=room.now + HOUR).reason == ""


class TestWhatWasPut:
    def test_a_request_keeps_the_words_it_put_and_new_words_must_be_put_again(self, room, party, rosa):
        claim = room.verified("The gate was open.", adverse_to=[party.pk])
        story = room.cleared(claim)
        request = send(room, party, claim, sent_at=room.now - 9 * HOUR, deadline_at=room.now)
        assert "C_REPLY_OUTCOME" in gates.evaluate(story, now=room.now).result.codes
        claims.revise(claim_id=claim.pk, text="Fenn sold the gate.", actor=rosa, now=room.now)
        link = request.request_claim_links.get()
        assert (link.text, link.reworded_at) == ("The gate was open.", room.now)
        assert "E_REPLY_NOT_SENT" in gates.evaluate(story, now=room.now).result.codes
        again = send(room, party, claim)
        assert again.request_claim_links.get().text == "Fenn sold the gate."
        assert "E_REPLY_PENDING" in gates.evaluate(story, now=room.now).result.codes

    def test_the_former_words_make_the_request_count_again(self, room, party, claim, rosa):
        request = send(room, party, claim)
        for text in ("Fenn sold the gate.", "The gate was open."):
            claims.revise(claim_id=claim.pk, text=text, actor=rosa, now=room.now)
        assert request.request_claim_links.get().reworded_at is None

    def test_a_reply_and_a_waiver_do_not_cover_new_words(self, room, party, claim, rosa, edith):
        answer(room, send(room, party, claim), "replied", **IN_PASSING)
        replies.waive(to_id=party.pk, covers=[claim.pk], reason="He is dead.", actor=edith, now=room.now)
        assert len(facts.case([claim.pk], now=room.now).replies) == 2
        claims.revise(claim_id=claim.pk, text="Fenn sold the gate.", actor=rosa, now=room.now)
        assert facts.case([claim.pk], now=room.now).replies == ()

    def test_a_false_decline_stays_false_in_other_words(self, room, party, rosa):
        keeper = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
        claim = room.claim(adverse_to=[party.pk])
        room.says(keeper, claim)
        story = room.story(claim, mode="attributed")
        answer(room, send(room, party, claim), "declined", respondent_id=keeper.pk)
        assert "E_FALSE_DECLINE" in gates.evaluate(story, now=room.now).result.codes
        claims.revise(claim_id=claim.pk, text="Fenn sold the gate.", actor=rosa, now=room.now)
        codes = gates.evaluate(story, now=room.now).result.codes
        assert {"E_FALSE_DECLINE", "E_REPLY_NOT_SENT"} <= set(codes)

    def test_a_merger_keeps_the_words_and_the_answer(self, room, party, claim, felix, rosa):
        into = room.claim("The gate stood open.")
        request = send(room, party, claim)
        claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
        link = request.request_claim_links.get(claim=into)
        assert (link.text, link.reworded_at) == ("The gate was open.", None)
        claims.revise(claim_id=into.pk, text="Fenn sold the gate.", actor=rosa, now=room.now)
        link.refresh_from_db()
        assert link.reworded_at == room.now

    @pytest.mark.parametrize(
        "change",
        [
            lambda request: ReplyRequest.objects.filter(pk=request.pk).update(question="Something else?"),
            lambda request: request.request_claim_links.update(text="Other words."),
            lambda request: request.request_claim_links.all().delete(),
            lambda request: request.delete(),
        ],
    )
    def test_the_database_changes_nothing_that_was_put(self, room, party, claim, change):
        request = send(room, party, claim)
        with pytest.raises(ProgrammingError, match=r"Cannot (update|delete) rows"), transaction.atomic():
            change(request)
