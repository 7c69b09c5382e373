"""Answers by email: a person records what one says, or dismisses it; nobody else does, and nobody twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from editorial.models import Event, Notification, ReceivedAnswer, ReplyAddress
from editorial.notifications import notices
from editorial.workflow.core.errors import ActionError, Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.review import received_answers, replies
from tests.support.cast import assert_refused, events, fresh
from tests.support.incoming_mail import ask, deliver, incoming, mail_to

IN_PASSING = {"no_statement_reason": "She only said that she would sue."}


@pytest.fixture
def received(room, maildir, asked) -> ReceivedAnswer:
    (answer,) = deliver(room, maildir, mail_to(asked))
    return answer


def record(room, answer, outcome="replied", *, by="rosa", **fields) -> Any:
    if outcome == "replied":
        fields = IN_PASSING | fields
    return replies.answer(
        request_id=answer.request_id, outcome=outcome, received_answer_id=answer.pk, **fields,
        actor=room.people[by], now=room.now,
    )  # fmt: skip


def dismiss(room, answer, reason="An advertisement.", *, by="rosa") -> Any:
    return received_answers.dismiss(received_answer_id=answer.pk, reason=reason, actor=room.people[by], now=room.now)


class TestRecording:
    @pytest.mark.parametrize("outcome", ["replied", "declined"])
    def test_a_person_records_what_it_says(self, room, received, outcome, rosa):
        record(room, received, outcome)
        received = fresh(received)
        assert (received.state, received.decided_by, received.decided_at) == ("recorded", rosa, room.now)
        assert fresh(received.request).outcome == outcome
        assert events(received) == ["received_answer.receive", "received_answer.record"]
        assert events(received.request) == ["reply.send", "reply.answer"]

    def test_it_is_recorded_once(self, room, received):
        record(room, received, "no_response")
        with assert_refused(Conflict, "ALREADY_DECIDED"):
            record(room, received)
        assert fresh(received.request).outcome == "no_response"

    def test_it_answers_its_own_request_only(self, room, maildir, received):
        other = ask(room, text="The lock was broken.")
        with assert_refused(ValidationFailed, "OTHER_REQUEST"):
            replies.answer(
                request_id=other.pk, outcome="declined", received_answer_id=received.pk,
                actor=room.people["rosa"], now=room.now,
            )  # fmt: skip
        assert fresh(other).outcome == "pending"

    def test_a_refused_response_leaves_it_waiting(self, room, received):
        with assert_refused(ValidationFailed, "NO_STATEMENT"):
            record(room, received, no_statement_reason="")
        assert fresh(received).state == "waiting"

    def test_one_that_the_actor_may_not_see_does_not_exist(self, room, maildir, received, city, carl):
        theirs = ask(room, by="carl", desk_id=city.pk)
        with assert_refused(NotFound, "NOT_FOUND"):
            replies.answer(
                request_id=theirs.pk, outcome="declined", received_answer_id=received.pk, actor=carl, now=room.now
            )


class TestDismissing:
    def test_it_is_dismissed_with_a_reason_and_stays(self, room, received, rosa):
        dismiss(room, received)
        received = fresh(received)
        assert (received.state, received.reason, received.decided_by) == ("dismissed", "An advertisement.", rosa)
        assert received_answers.read(received, rosa)["text"] == "It was shut."
        assert fresh(received.request).outcome == "pending"
        assert events(received)[-1] == "received_answer.dismiss"

    def test_it_takes_a_reason(self, room, received):
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            dismiss(room, received, " ")

    def test_it_is_dismissed_once(self, room, received):
        dismiss(room, received)
        with assert_refused(Conflict, "ALREADY_DECIDED"):
            dismiss(room, received, by="edith")

    def test_the_reason_names_no_confidential_source(self, room, received):
        claim = received.request.covers.get()
        room.says(room.person("a keeper", unnamed=True, identity_name="Jo Quill", identity_known_by="1970"), claim)
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            dismiss(room, received, "It is from Jo Quill.")

    @pytest.mark.parametrize(("by", "error"), [("cora", Forbidden), ("lara", Forbidden), ("carl", NotFound)])
    def test_only_those_who_may_answer_the_request_dismiss_it(self, room, received, by, error):
        with pytest.raises(error):
            dismiss(room, received, by=by)

    def test_the_notification_is_done_when_somebody_has_decided(self, room, received):
        notices.notify(event_id=Event.objects.get(action="received_answer.receive").pk, now=room.now)
        assert Notification.objects.filter(retired_at=None).exists()
        dismiss(room, received)
        assert not Notification.objects.filter(event__action="received_answer.receive", retired_at=None).exists()


class TestReading:
    @pytest.mark.parametrize("by", ["rosa", "felix", "edith", "sena", "hugo"])
    def test_those_who_may_answer_the_request_read_it(self, room, received, by):
        assert received_answers.read(received, room.people[by])["text"] == "It was shut."

    @pytest.mark.parametrize("by", ["cora", "lara", "stan", "cuno", "ada", "carl", "noel", "gina"])
    def test_nobody_else_does(self, room, received, by):
        with pytest.raises(Forbidden):
            received_answers.read(received, room.people[by])

    def test_who_sees_only_one_of_its_claims_does_not_read_it(self, room, received, city, carl):
        shared = room.claim("The sluice broke.", by="carl", desk_id=city.pk)
        received.request.request_claim_links.create(claim=shared)
        assert ReceivedAnswer.objects.visible_to(carl.facts()).exists()
        with pytest.raises(Forbidden):
            received_answers.read(received, carl)

    def test_another_desk_does_not_know_that_it_exists(self, room, received, carl):
        assert not ReceivedAnswer.objects.visible_to(carl.facts()).exists()

    def test_a_token_that_only_reads_reads_it(self, received, rosa):
        from editorial.policy.roles import Scope

        rosa.token_scopes = frozenset({Scope.READ})
        assert received_answers.read(received, rosa)["text"] == "It was shut."

    def test_a_value_moved_to_another_request_does_not_decrypt(self, room, maildir, received, rosa):
        (_, other) = deliver(room, maildir, mail_to(ask(room, text="The lock was broken."), "Other."))
        other.message_encrypted = received.message_encrypted
        with assert_refused(Conflict, "CIPHERTEXT_INVALID"):
            received_answers.read(other, rosa)


class TestDatabase:
    @pytest.mark.parametrize("change", [{"automatic": True}, {"message_digest": "x"}, {"truncated": True}])
    def test_what_arrived_does_not_change(self, received, change):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReceivedAnswer.objects.update(**change)

    def test_nothing_is_deleted(self, received):
        for rows in (ReceivedAnswer.objects.all(), ReplyAddress.objects.all()):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.delete()

    def test_an_address_is_final(self, received):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReplyAddress.objects.update(token="x")

    @pytest.mark.parametrize("change", [{"state": "dismissed"}, {"state": "recorded"}, {"reason": "x"}])
    def test_a_decision_has_somebody_who_made_it(self, received, change):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReceivedAnswer.objects.update(**change)


def test_tokens_are_long_and_never_the_same(room, maildir):
    tokens = {ReplyAddress.objects.get(request=ask(room)).token for _ in range(3)}
    assert len(tokens) == 3
    assert {len(token) for token in tokens} == {26}


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_decide_at_once_one_does(room, received):
    barrier, results = threading.Barrier(2), []

    def run(action: Any, *arguments: Any, **options: Any) -> None:
        barrier.wait()
        try:
            action(room, received, *arguments, **options)
            results.append("done")
        except ActionError as error:
            results.append(error.reasons[0].code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(record, "declined")),
        threading.Thread(target=run, args=(dismiss,), kwargs={"by": "edith"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["ALREADY_DECIDED", "done"]


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_with_one_message_one_keeps_it(room, maildir, asked):
    mail = incoming(mail_to(asked))
    address, barrier, receipts = ReplyAddress.objects.get(), threading.Barrier(2), []

    def run() -> None:
        barrier.wait()
        receipts.append(received_answers.receive(address_id=address.pk, mail=mail, now=room.now).value)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipts) == ["duplicates", "received"]
