"""Answers from parties: what they said about each claim, recorded as statements together with the reply."""

from __future__ import annotations

import pytest

from editorial.models import Event, MatchingAttempt, ReplyRequest, Statement
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.review import replies
from tests.support.cast import assert_refused, events, exceptions_in, run_behind, run_concurrently


@pytest.fixture
def party(room):
    return room.person("Lida Fenn")


@pytest.fixture
def claim(room, party):
    return room.claim(adverse_to=[party.pk])


def send(room, party, *covers):
    rosa = room.people["rosa"]
    covered = [claim.pk for claim in covers]
    return replies.send(to_id=party.pk, covers=covered, question="Was it open?", actor=rosa, now=room.now)


def reply(room, request, *answers, by="rosa", **fields):
    return replies.answer(
        **{"request_id": request.pk, "outcome": "replied", "answers": answers, "now": room.now} | fields,
        actor=room.people[by],
    )


def denial(claim, **fields):
    return {"claim_id": claim.pk, "stance": "denies", "directness": "first_hand"} | fields


def test_a_reply_records_what_was_said_about_each_claim(room, party, claim):
    other = room.claim("The gate was sold.", adverse_to=[party.pk])
    request = send(room, party, claim, other)
    room.settle()
    reply(
        room,
        request,
        denial(claim, quote="Never.", said_at=room.now),
        denial(other, stance="declines", terms="background"),
    )
    said = {row.claim: row for row in Statement.objects.filter(reply_request=request)}
    assert set(said) == {claim, other}
    assert (said[claim].source, said[claim].quote, said[claim].said_at) == (party, "Never.", room.now)
    assert (said[other].stance, said[other].terms) == ("declines", "background")
    assert events(said[claim]) == ["statement.record"]
    logged = Event.objects.get(stream=f"replyrequest:{request.pk}", action="reply.answer").data
    assert set(logged["statements"]) == {str(row.pk) for row in said.values()}


def test_the_denial_of_a_reply_counts_immediately(room, party):
    claim = room.verified(adverse_to=[party.pk])
    reply(room, send(room, party, claim), denial(claim))
    room.settle()
    claim.refresh_from_db()
    assert claim.contested


def test_a_reply_without_a_statement_on_each_claim_needs_a_reason(room, party, claim):
    other = room.claim("The gate was sold.", adverse_to=[party.pk])
    request = send(room, party, claim, other)
    for answers in ((), (denial(claim),)):
        with assert_refused(ValidationFailed, "NO_STATEMENT"):
            reply(room, request, *answers, no_statement_reason=" ")
    assert not Statement.objects.exists()
    reply(room, request, denial(claim), no_statement_reason="Nothing about the sale.")
    request.refresh_from_db()
    assert (request.outcome, request.no_statement_reason) == ("replied", "Nothing about the sale.")
    assert Event.objects.get(stream=f"replyrequest:{request.pk}", action="reply.answer").data["reason"]


def test_an_invalid_answer_refuses_the_whole_reply(room, party, claim):
    request = send(room, party, claim)
    for fields, code, field in (
        ({"stance": "shrugs"}, "INVALID", "answers/1/stance"),
        ({"informant": party.pk}, "INFORMANT", "answers/1/informant"),
        ({"said_at": room.now.replace(year=2032)}, "IN_THE_FUTURE", "answers/1/said_at"),
        ({"briefing": request.pk}, "NOT_FOUND", "answers/1/briefing"),
        ({"claim_id": room.claim().pk}, "NOT_COVERED", "answers/1/claim"),
    ):
        with pytest.raises((ValidationFailed, NotFound)) as error:
            reply(room, request, denial(claim), denial(claim, **fields))
        assert [(reason.code, reason.field) for reason in error.value.reasons] == [(code, field)]
    request.refresh_from_db()
    assert (request.outcome, Statement.objects.count()) == ("pending", 0)


@pytest.mark.parametrize("outcome", ["declined", "no_response", "unreachable"])
def test_only_a_reply_has_answers(room, party, claim, outcome):
    request = send(room, party, claim)
    for fields in ({"answers": [denial(claim)]}, {"answers": [], "no_statement_reason": "Nothing."}):
        with assert_refused(ValidationFailed, "NOT_REPLIED"):
            reply(room, request, outcome=outcome, **fields)


class TestWhoseStatement:
    def test_a_named_respondent_made_it(self, room, party, claim):
        spokesman = room.person("Ole Vint", speaks_for=party.pk)
        reply(room, send(room, party, claim), denial(claim), respondent_id=spokesman.pk)
        assert Statement.objects.get().source == spokesman

    def test_a_confidential_respondent_is_not_tied_to_the_party(self, room, party, claim):
        keeper = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
        reply(room, send(room, party, claim), denial(claim), respondent_id=keeper.pk)
        assert Statement.objects.get().source == party

    def test_a_merged_recipient_speaks_as_the_remaining_record(self, room, party, claim, edith):
        request, same = send(room, party, claim), room.person("L. Fenn")
        sources.merge(source_id=party.pk, into_id=same.pk, reason="One person.", actor=edith, now=room.now)
        reply(room, request, denial(claim))
        assert Statement.objects.get().source == same


class TestCompounds:
    def test_the_answer_to_a_compound_is_about_a_member(self, room, party, claim, rosa):
        part, _ = claims.split(claim_id=claim.pk, texts=["A.", "B."], actor=rosa, now=room.now)
        request = send(room, party, claim)
        with assert_refused(ValidationFailed, "NOT_COVERED"):
            reply(room, request, denial(claim))
        reply(room, request, denial(part))
        assert Statement.objects.get().claim == part

    def test_a_dropped_or_reworded_claim_needs_no_statement(self, room, party, claim, felix, rosa):
        reworded, dropped = room.claim("It was sold."), room.claim("It rained.")
        request = send(room, party, claim, reworded, dropped)
        claims.drop(claim_id=dropped.pk, reason="Gossip.", actor=felix, now=room.now)
        claims.revise(claim_id=reworded.pk, text="It was sold twice.", actor=rosa, now=room.now)
        reply(room, request, denial(claim))
        assert Statement.objects.count() == 1


def test_the_name_of_a_confidential_source_is_refused_in_the_answers(room, party, claim):
    keeper = room.person("a keeper", unnamed=True, identity_name="Zephyrine Quillfeather", identity_known_by="1970")
    room.says(keeper, claim)
    request = send(room, party, claim)
    for answers, reason in (([denial(claim, quote="Quillfeather lies.")], ""), ([], "Quillfeather took the call.")):
        with pytest.raises(ValidationFailed) as error:
            reply(room, request, *answers, no_statement_reason=reason)
        assert [each.code for each in error.value.reasons] == ["NAME_IN_TEXT"]
    assert ReplyRequest.objects.get().outcome == "pending"


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_record_one_reply_once(parallel):
    room = parallel
    party = room.person("Lida Fenn")
    claim = room.claim(adverse_to=[party.pk])
    request = send(room, party, claim)
    outcomes = run_concurrently(
        *[lambda by=by: reply(room, request, denial(claim), by=by) for by in ("rosa", "ruben", "felix")]
    )
    assert [type(problem) for problem in exceptions_in(outcomes)] == [Conflict, Conflict]
    assert Statement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_claim_reworded_meanwhile_is_put_in_the_words_of_one_moment(parallel):
    room = parallel
    party = room.person("Lida Fenn")
    claim = room.claim("The gate was open.", adverse_to=[party.pk])
    outcomes = run_concurrently(
        lambda: send(room, party, claim),
        lambda: claims.revise(claim_id=claim.pk, text="It was sold.", actor=room.people["felix"], now=room.now),
        lambda: statements.record(
            claim_id=claim.pk, source_id=party.pk, stance="denies", directness="first_hand",
            actor=room.people["ruben"], now=room.now,
        ),
    )  # fmt: skip
    assert exceptions_in(outcomes) == []
    link = ReplyRequest.objects.get().request_claim_links.get()
    assert (link.text, link.reworded_at is None) in {("The gate was open.", False), ("It was sold.", True)}


SEALED = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "born 1970"}


def test_the_answers_of_a_reply_are_one_list_of_guesses(room, party, claim):
    room.says(room.person("a keeper", unnamed=True, **SEALED), claim)
    request = send(room, party, claim)
    guesses = [f"Radomil Q{first}bb{second}l" for first in "aeiou" for second in "aeiou"]
    with pytest.raises(ValidationFailed) as refusal:
        reply(room, request, *[denial(claim, quote=name) for name in (*guesses, "Quillfeather")])
    (reason,) = refusal.value.reasons
    assert (reason.code, reason.field) == ("NAME_IN_TEXT", "")
    assert "surname" not in reason.text
    assert MatchingAttempt.objects.get(kind="text", person=room.people["rosa"]).weight > 1


def test_no_text_of_a_reply_names_a_confidential_respondent(room, party, claim):
    source = room.person("a keeper", unnamed=True, **SEALED)
    request, name = send(room, party, claim), "Zephyrine Quillfeather said nothing."
    with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
        reply(room, request, respondent_id=source.pk, no_statement_reason=name)
    with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
        reply(room, request, denial(claim, quote=name), respondent_id=source.pk)
    typed = {"respondent_name": "Zephyrine Quillfeather", "respondent_known_by": "born 1970"}
    with pytest.raises(ValidationFailed):
        reply(room, request, no_statement_reason=name, **typed)


def test_a_change_other_than_of_its_words_keeps_the_reply_after_a_merger(room, party, claim):
    request = send(room, party, claim)
    reply(room, request, denial(claim))
    into = room.claim("The lock was broken at night.", adverse_to=[party.pk])
    claims.merge(claim_id=claim.pk, into_id=into.pk, actor=room.people["edith"], now=room.now)
    claims.revise(claim_id=into.pk, needs_context=True, actor=room.people["rosa"], now=room.now)
    assert request.request_claim_links.get(claim=into).reworded_at is None


def test_a_deadline_that_passes_while_the_claim_is_being_merged_is_noted_for_both(parallel):
    edith, fenn = parallel.people["edith"], parallel.person("Lida Fenn")
    asked, into = (parallel.claim(text, adverse_to=[fenn.pk]) for text in ("It was open.", "It stood open."))
    request = send(parallel, fenn, asked)
    late = request.deadline_at
    outcome = run_behind(
        lambda: claims.merge(claim_id=asked.pk, into_id=into.pk, actor=edith, now=parallel.now),
        lambda: replies.expire(request_id=request.pk, now=late),
    )
    assert outcome is None
    event = Event.objects.get(stream=f"replyrequest:{request.pk}", action="reply.expire")
    assert set(event.data["claims"]) == {str(asked.pk), str(into.pk)}


def test_a_reply_to_a_claim_that_is_being_merged_needs_a_statement_on_the_other(parallel):
    rosa, edith = parallel.people["rosa"], parallel.people["edith"]
    fenn = parallel.person("Lida Fenn")
    asked, into = (parallel.claim(text, adverse_to=[fenn.pk]) for text in ("It was open.", "It stood open."))
    request = send(parallel, fenn, asked)
    refusal = run_behind(
        lambda: claims.merge(claim_id=asked.pk, into_id=into.pk, actor=edith, now=parallel.now),
        lambda: replies.answer(request_id=request.pk, outcome="replied", actor=rosa, now=parallel.now),
    )
    assert isinstance(refusal, ValidationFailed)
    assert [reason.code for reason in refusal.reasons] == ["NO_STATEMENT"]
