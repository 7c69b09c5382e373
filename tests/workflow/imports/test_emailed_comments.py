"""An answer to an email of ours: from a maildir to what its recipient may post, unverified."""

from __future__ import annotations

from django.utils import timezone

from editorial.models import EmailedComment, Event, Mailbox, Notification, OutboxMessage
from editorial.notifications import notices
from editorial.workflow.review import emailed_comments
from tests.support.incoming_mail import collect, counters, email_about, mail_to

CANARY = "Quillfeather"


def deliver(room, maildir, *messages):
    for message in messages:
        maildir.add(message)
    collect(room)
    return list(EmailedComment.objects.order_by("id"))


def test_an_answer_waits_for_the_recipient_of_the_email(room, maildir, rosa):
    claim = room.claim()
    address = email_about(claim, rosa, now=room.now)
    text = "Ask her.\n\nOn 4 Mar 2031, Newsroom wrote:\n> The gate was open.\n\n-- \nRosa"
    (row,) = deliver(room, maildir, mail_to(str(address), text, sender="Somebody <else@x.example>"))
    assert (row.user, row.target, row.state, row.incomplete) == (rosa, claim, "waiting", False)
    assert emailed_comments.read(row) == "Ask her."
    assert len(maildir) == 0
    assert counters() == {"received": 1}


def test_it_is_encrypted_and_says_nothing_elsewhere(room, maildir, rosa, caplog):
    address = email_about(room.claim(), rosa, now=room.now)
    deliver(room, maildir, mail_to(str(address), f"Ask {CANARY}.", sender=f"{CANARY} <{CANARY}@x.example>"))
    row = EmailedComment.objects.values().get()
    assert CANARY.encode() not in bytes(row.pop("text_encrypted"))
    notices.notify(event_id=Event.objects.get(action="emailed_comment.receive").pk, now=room.now)
    kept = [row, *Event.objects.values(), *OutboxMessage.objects.values(), *Notification.objects.values()]
    assert CANARY not in str([*kept, *Mailbox.objects.values(), caplog.text])


def test_a_message_delivered_twice_is_kept_once(room, maildir, rosa):
    address = email_about(room.claim(), rosa, now=room.now)
    assert len(deliver(room, maildir, *[mail_to(str(address))] * 2)) == 1
    assert counters() == {"received": 1, "duplicates": 1}


def test_absences_bounces_and_guesses_are_counted_and_not_kept(room, maildir, rosa):
    address = str(email_about(room.claim(), rosa, now=room.now))
    guess = address.replace(address[6:12], "aaaaaa")
    away = mail_to(address, "I am away.", headers="Auto-Submitted: auto-replied\r\n")
    assert deliver(room, maildir, away, mail_to(guess)) == []
    assert counters() == {"automatic": 1, "unknown": 1}
    assert len(maildir) == 0


def test_an_unreadable_message_waits_without_a_text(room, maildir, rosa):
    address = str(email_about(room.claim(), rosa, now=room.now))
    (row,) = deliver(room, maildir, mail_to(address, "", headers="Message-ID: <1@x.example>\r\n"))
    assert emailed_comments.read(row) == ""


def test_poison_stays_in_the_mailbox_and_holds_up_no_other(room, maildir, rosa, monkeypatch, caplog):
    address, receive = str(email_about(room.claim(), rosa, now=room.now)), emailed_comments.receive

    def fail_on_poison(*, mail, **arguments):
        if "poison" in mail.body.text:
            raise TypeError(CANARY)
        return receive(mail=mail, **arguments)

    monkeypatch.setattr(emailed_comments, "receive", fail_on_poison)
    assert len(deliver(room, maildir, mail_to(address, "poison"), mail_to(address))) == 1
    assert len(maildir) == 1
    assert CANARY not in caplog.text + Mailbox.objects.get().problem


def test_without_a_domain_nothing_is_collected(room, maildir, rosa, settings):
    settings.INBOUND_MAIL_DOMAIN = ""
    from editorial.workflow.imports import mailboxes

    assert mailboxes.due(timezone.now()) == []
