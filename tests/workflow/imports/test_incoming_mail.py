"""Incoming email: from a maildir to an answer that waits for a person, once, whichever process dies."""

from __future__ import annotations

import mailbox
from datetime import timedelta

import pytest

from editorial import outbox
from editorial.models import Event, Mailbox, MessageKind, Notification, OutboxMessage, ReceivedAnswer, ReplyRequest
from editorial.notifications import notices
from editorial.policy.vocabulary import MailboxKind
from editorial.workflow.imports import mail_polling, mailboxes
from editorial.workflow.ops import scheduler
from editorial.workflow.review import received_answers, reply_addresses
from tests.support.incoming_mail import ask, collect, counters, deliver, mail_to


def test_a_message_to_the_address_of_a_request_waits_for_a_person(room, maildir, asked, rosa):
    (answer,) = deliver(room, maildir, mail_to(asked))
    assert (answer.request, answer.state, answer.received_at, answer.automatic) == (asked, "waiting", room.now, False)
    message = received_answers.read(answer, rosa)
    assert (message["sender"], message["text"]) == ("Lida <lida@fenn.example>", "It was shut.")
    asked.refresh_from_db()
    assert asked.outcome == "pending"
    assert len(maildir) == 0
    assert counters() == {"received": 1}


def test_it_is_encrypted_and_says_nothing_elsewhere(room, maildir, asked, caplog):
    canary = "Quillfeather"
    deliver(room, maildir, mail_to(asked, f"Ask {canary}.", sender=f"{canary} <{canary}@x.example>"))
    row = ReceivedAnswer.objects.values().get()
    assert canary.encode() not in bytes(row.pop("message_encrypted"))
    for event in Event.objects.filter(action__startswith="received_answer"):
        notices.notify(event_id=event.pk, now=room.now)
    kept = [row, *Event.objects.values(), *OutboxMessage.objects.values(), *Notification.objects.values()]
    assert Notification.objects.exists()
    assert canary not in str([*kept, caplog.text])


def test_those_concerned_are_notified_without_content_or_sender(room, maildir, asked, edith, rosa, carl):
    (answer,) = deliver(room, maildir, mail_to(asked))
    event = Event.objects.get(action="received_answer.receive")
    told = {notice.user.username: notice for notice in notices.notify(event_id=event.pk, now=room.now)}
    assert {"rosa", "edith", "edgar", "sena"} == told.keys()
    assert "Nobody has verified who sent it" in told["rosa"].body
    assert "shut" not in told["rosa"].body
    assert "fenn.example" not in told["rosa"].body
    assert told["rosa"].path == f"/admin/editorial/receivedanswer/{answer.pk}/change/"


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied\r\n", "Return-Path: <>\r\n"])
def test_automatic_email_is_kept_and_marked_and_notifies_nobody(room, maildir, asked, header):
    (answer,) = deliver(room, maildir, mail_to(asked, "I am away.", headers=header))
    assert answer.automatic
    assert Event.objects.latest("id").action == "received_answer.receive_automatic"
    assert not OutboxMessage.objects.filter(kind="notify", reference=str(Event.objects.latest("id").pk)).exists()


def test_a_message_delivered_twice_is_kept_once(room, maildir, asked):
    deliver(room, maildir, mail_to(asked), mail_to(asked))
    assert len(deliver(room, maildir, mail_to(asked))) == 1
    assert counters() == {"received": 1, "duplicates": 2}


def test_a_forged_message_id_suppresses_no_message(room, maildir, asked):
    answers = deliver(room, maildir, mail_to(asked, "Nothing."), mail_to(asked, "It was shut."))
    assert len(answers) == 2


def test_messages_without_message_id_are_told_apart(room, maildir, asked):
    messages = [
        mail_to(asked, text).replace(b"Message-ID: <1@fenn.example>\r\n", b"") for text in ("No.", "No.", "Yes.")
    ]
    assert len(deliver(room, maildir, *messages)) == 2


def test_a_worker_that_dies_before_it_removes_a_message_loses_and_doubles_nothing(room, maildir, asked, monkeypatch):
    maildir.add(mail_to(asked))
    with monkeypatch.context() as patch:
        patch.setattr(mailbox.Maildir, "discard", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        collect(room)
    assert (ReceivedAnswer.objects.count(), len(maildir)) == (1, 1)
    assert Mailbox.objects.get().failures == 1
    collect(room)
    assert (ReceivedAnswer.objects.count(), len(maildir)) == (1, 0)
    assert counters() == {"received": 1, "duplicates": 1}


def test_a_message_that_cannot_be_stored_stays_and_holds_up_no_other(room, maildir, asked, monkeypatch, caplog):
    receive = received_answers.receive

    def fail_on_poison(*, mail, **arguments):
        if "poison" in mail.body.text:
            raise TypeError("secret poison")
        return receive(mail=mail, **arguments)

    monkeypatch.setattr(received_answers, "receive", fail_on_poison)
    answers = deliver(room, maildir, mail_to(asked, "poison"), mail_to(asked))
    assert (len(answers), len(maildir)) == (1, 1)
    assert "1 message(s) could not be stored" in Mailbox.objects.get().problem
    assert "secret" not in caplog.text + Mailbox.objects.get().problem


@pytest.mark.parametrize(
    "address",
    [
        "reply+aaaaaaaaaaaaaaaaaaaaaaaaaa@reply.example",
        "reply+@reply.example",
        "reply@reply.example",
        "reply+' OR 1=1@reply.example",
        "somebody@else.example",
        "",
    ],
)
def test_a_message_to_no_address_of_ours_is_counted_and_not_kept(room, maildir, asked, address):
    assert deliver(room, maildir, mail_to(address)) == []
    assert (counters(), len(maildir)) == ({"unknown": 1}, 0)


def test_the_token_of_another_domain_is_unknown(room, maildir, asked):
    address = reply_addresses.address_of(asked).replace("reply.example", "reply.example.evil.example")
    assert deliver(room, maildir, mail_to(address)) == []


def test_capital_letters_and_display_names_do_not_matter(room, maildir, asked):
    address = f"Newsroom <{reply_addresses.address_of(asked).upper()}>"
    assert len(deliver(room, maildir, mail_to(address))) == 1


def test_an_address_works_for_its_own_request_only(room, maildir, asked):
    other = ask(room, text="The lock was broken.")
    (answer,) = deliver(room, maildir, mail_to(asked))
    assert answer.request == asked
    assert not other.received_answers.exists()


def test_a_message_to_two_requests_answers_both_once(room, maildir, asked):
    other = ask(room, text="The lock was broken.")
    both = f"{reply_addresses.address_of(asked)}, {reply_addresses.address_of(other)}"
    answers = deliver(room, maildir, mail_to(both), mail_to(both))
    assert [answer.request for answer in answers] == [asked, other]


def test_of_two_addresses_the_one_counts_to_which_it_was_delivered(room, maildir, asked):
    other = ask(room, text="The lock was broken.")
    both = f"{reply_addresses.address_of(asked)}, {reply_addresses.address_of(other)}"
    delivered = f"Delivered-To: {reply_addresses.address_of(other)}\r\n"
    (answer,) = deliver(room, maildir, mail_to(both, headers=delivered))
    assert answer.request == other


def test_a_mailbox_that_takes_all_mail_of_the_domain_has_an_address_of_its_own(room, maildir, asked):
    (answer,) = deliver(room, maildir, mail_to(asked, headers="Delivered-To: newsroom@mail.example\r\n"))
    assert answer.request == asked


def test_an_address_expires(room, maildir, asked):
    room.later(days=181)
    assert deliver(room, maildir, mail_to(asked)) == []
    assert (counters(), len(maildir)) == ({"expired": 1}, 0)


def test_an_address_cannot_be_flooded(room, maildir, asked, monkeypatch):
    monkeypatch.setattr(received_answers, "MAX_WAITING", 2)
    messages = [mail_to(asked, f"Spam {number}.") for number in range(4)]
    assert len(deliver(room, maildir, *messages)) == 2
    assert counters() == {"received": 2, "excess": 2}


def test_of_a_huge_message_the_beginning_is_kept_and_that_is_said(room, maildir, asked, settings, rosa):
    settings.INBOUND_MAIL_MAX_BYTES = 5000
    (answer,) = deliver(room, maildir, mail_to(asked, "It was shut. " * 10_000))
    assert answer.truncated
    assert received_answers.read(answer, rosa)["text"].startswith("It was shut.")


def test_a_message_that_no_parser_can_read_waits_nevertheless(room, maildir, asked, rosa, monkeypatch):
    monkeypatch.setattr(mail_polling, "_PARSE_SECONDS", 0.0001)
    (answer,) = deliver(room, maildir, mail_to(asked))
    message = received_answers.read(answer, rosa)
    assert (message["text"], message["problem"]) == ("", "It cannot be read: too slow")


def test_attachments_are_counted(room, maildir, asked, rosa):
    body = '--x\r\n\r\nSee there.\r\n--x\r\nContent-Type: image/png; name="a.png"\r\n\r\nx\r\n--x--'
    (answer,) = deliver(room, maildir, mail_to(asked, body, headers='Content-Type: multipart/mixed; boundary="x"\r\n'))
    assert (answer.attachment_count, received_answers.read(answer, rosa)["attachments"]) == (1, ["a.png"])


class TestSchedule:
    def test_a_mailbox_is_looked_into_again_and_again(self, room, maildir, asked):
        scheduler.run_due(now=room.now)
        assert _jobs() == 1
        scheduler.run_due(now=room.now)
        assert _jobs() == 1  # not while a worker has it
        collect(room)
        assert Mailbox.objects.get().next_fetch_at == room.now + timedelta(seconds=60)
        room.later(seconds=61)
        maildir.add(mail_to(asked))
        scheduler.run_due(now=room.now)
        assert _jobs() == 1

    def test_a_look_that_was_lost_is_repeated(self, room, maildir):
        scheduler.run_due(now=room.now)
        OutboxMessage.objects.filter(kind="fetch_mail").delete()
        room.later(seconds=200)
        scheduler.run_due(now=room.now)
        assert _jobs() == 1

    def test_without_a_domain_there_is_neither_address_nor_query(self, room, settings, django_assert_num_queries):
        settings.INBOUND_MAIL_DOMAIN = ""
        with django_assert_num_queries(0):
            assert mailboxes.due(room.now) == []
        assert reply_addresses.address_of(ask(room)) == ""

    def test_a_mailbox_that_does_not_exist_is_reported_and_tried_less_often(self, room, settings, tmp_path, maildir):
        settings.INBOUND_MAILDIR = str(tmp_path / "nowhere")
        first = collect(room)
        assert "INBOUND_MAILDIR is not a maildir" in first.problem
        assert first.next_fetch_at - room.now == timedelta(minutes=2)
        room.later(hours=1)
        settings.INBOUND_MAILDIR = str(tmp_path / "maildir")
        assert (collect(room).problem, Mailbox.objects.get().failures) == ("", 0)

    def test_two_workers_with_one_mailbox_keep_each_message_once(self, room, maildir, asked):
        maildir.add(mail_to(asked))
        mailboxes.enqueue(kind=MailboxKind.MAILDIR, now=room.now)
        (job,) = (job for job in outbox.claim_batch(now=room.now) if job.kind is MessageKind.FETCH_MAIL)
        mail_polling.poll(message_id=job.message, clock=lambda: room.now)
        assert mail_polling.poll(message_id=job.message, clock=lambda: room.now) is None
        assert ReceivedAnswer.objects.count() == 1

    def test_requests_that_were_recorded_before_have_no_address(self, room, settings):
        settings.INBOUND_MAIL_DOMAIN = ""
        before = ask(room)
        settings.INBOUND_MAIL_DOMAIN = "reply.example"
        assert reply_addresses.address_of(ReplyRequest.objects.get(pk=before.pk)) == ""


def _jobs() -> int:
    return OutboxMessage.objects.filter(kind="fetch_mail", state="ready").count()
