"""Comments by email: the recipient of the answered email posts or dismisses one, once; nobody else knows of it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from editorial.models import Comment, CommentAddress, EmailedComment, Event, Membership, Notification
from editorial.notifications import notices
from editorial.workflow.core.errors import ActionError, Conflict, NotFound, ValidationFailed
from editorial.workflow.ops import scheduler
from editorial.workflow.review import comments, emailed_comments
from editorial.workflow.review.incoming_mail import Receipt
from tests.support.cast import assert_refused, events, fresh
from tests.support.incoming_mail import answer_email, email_about, incoming, mail_to


@pytest.fixture
def emailed(room, rosa) -> EmailedComment:
    return answer_email(room.claim(), rosa, now=room.now)


def confirm(room, row, *, by="rosa", **fields) -> Comment:
    return emailed_comments.confirm(emailed_comment_id=row.pk, **fields, actor=room.people[by], now=room.now)


def dismiss(room, row, *, by="rosa") -> EmailedComment:
    return emailed_comments.dismiss(emailed_comment_id=row.pk, actor=room.people[by], now=room.now)


class TestConfirming:
    def test_it_becomes_a_comment_of_its_recipient(self, room, emailed, rosa):
        comment = confirm(room, emailed)
        assert (comment.written_by, comment.written_at, comment.claim) == (rosa, room.now, emailed.target)
        assert comment.revisions.get().text == "Ask her."
        emailed = fresh(emailed)
        assert (emailed.state, emailed.decided_at, emailed.text_encrypted) == ("confirmed", room.now, None)
        assert events(emailed) == ["emailed_comment.receive", "emailed_comment.confirm"]
        assert events(comment) == ["comment.add"]

    def test_its_text_can_be_changed(self, room, emailed):
        assert confirm(room, emailed, text="Ask him.").revisions.get().text == "Ask him."

    @pytest.mark.parametrize("kind", ["statement", "story", "task"])
    def test_it_is_on_what_the_email_was_about(self, room, rosa, kind):
        claim = room.claim()
        rows = {"statement": room.says(room.person(), claim), "story": room.story(claim)}
        room.settle()
        row = rows.get(kind) or claim.tasks.filter(state="open").first()
        assert confirm(room, answer_email(row, rosa, now=room.now)).target == row

    def test_in_answer_to_an_email_about_a_comment_it_is_a_reply(self, room, rosa, edith):
        thread = comments.add(claim_id=room.claim().pk, text="Who saw it?", actor=edith, now=room.now)
        reply = confirm(room, answer_email(thread, rosa, now=room.now))
        assert (reply.reply_to, reply.target) == (thread, thread.target)

    def test_it_mentions_whom_it_names(self, room, rosa, edith):
        comment = confirm(room, answer_email(room.claim(), rosa, "@edith, ask her.", now=room.now))
        event = Event.objects.get(action="comment.add", stream=f"comment:{comment.pk}")
        assert {notice.user for notice in notices.notify(event_id=event.pk, now=room.now)} == {edith}

    def test_a_confidential_name_is_refused_and_the_email_still_waits(self, room, rosa):
        claim = room.claim()
        room.says(room.person("a keeper", unnamed=True, identity_name="Jo Quill", identity_known_by="1970"), claim)
        emailed = answer_email(claim, rosa, "It is from Jo Quill.", now=room.now)
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            confirm(room, emailed)
        assert fresh(emailed).state == "waiting"
        assert not Comment.objects.exists()

    def test_it_is_decided_once(self, room, emailed):
        confirm(room, emailed)
        for again in (confirm, dismiss):
            with assert_refused(Conflict, "ALREADY_DECIDED"):
                again(room, emailed)
        assert Comment.objects.count() == 1

    def test_a_resolved_thread_takes_none(self, room, rosa, edith):
        thread = comments.add(claim_id=room.claim().pk, text="Who saw it?", actor=edith, now=room.now)
        emailed = answer_email(thread, rosa, now=room.now)
        comments.resolve(comment_id=thread.pk, actor=edith, now=room.now)
        with assert_refused(Conflict, "THREAD_RESOLVED"):
            confirm(room, emailed)
        assert fresh(emailed).state == "waiting"

    def test_the_notification_is_done(self, room, emailed):
        notices.notify(event_id=Event.objects.get(action="emailed_comment.receive").pk, now=room.now)
        assert Notification.objects.filter(event__action="emailed_comment.receive", retired_at=None).count() == 1
        confirm(room, emailed)
        assert not Notification.objects.filter(event__action="emailed_comment.receive", retired_at=None).exists()


def test_dismissing_deletes_the_text(room, emailed):
    dismiss(room, emailed)
    emailed = fresh(emailed)
    assert (emailed.state, emailed.text_encrypted) == ("dismissed", None)
    assert events(emailed)[-1] == "emailed_comment.dismiss"
    with assert_refused(Conflict, "ALREADY_DECIDED"):
        emailed_comments.read(emailed)
    assert not Comment.objects.exists()


class TestWhoseItIs:
    @pytest.mark.parametrize("by", ["edith", "hugo", "ada", "cleo", "carl", "noel"])
    def test_nobody_else_sees_or_decides_it(self, room, emailed, by):
        other = room.people[by]
        assert not EmailedComment.objects.visible_to(other.facts()).exists()
        for action in (confirm, dismiss):
            with pytest.raises(NotFound):
                action(room, emailed, by=by)

    def test_its_events_are_no_business_of_the_desk(self, room, emailed, edith):
        confirm(room, emailed)
        seen = Event.objects.visible_to(edith.facts()).values_list("action", flat=True)
        assert "comment.add" in seen
        assert not [action for action in seen if action.startswith("emailed_comment")]

    def test_only_its_recipient_is_notified_and_not_of_what_it_says(self, room, emailed, rosa):
        event = Event.objects.get(action="emailed_comment.receive")
        (notice,) = notices.notify(event_id=event.pk, now=room.now)
        assert (notice.user, notice.path) == (rosa, f"/admin/editorial/claim/{emailed.target.pk}/change/#comments")
        assert "Ask her" not in notice.subject + notice.body

    def test_who_may_no_longer_see_the_object_sees_it_no_more(self, room, rosa, city):
        emailed = answer_email(room.claim(), rosa, now=room.now)
        event = Event.objects.get(action="emailed_comment.receive")
        Membership.objects.filter(user=rosa).update(desk=city)
        rosa = room.people["rosa"] = type(rosa).objects.get(pk=rosa.pk)
        assert not EmailedComment.objects.visible_to(rosa.facts()).exists()
        for action in (confirm, dismiss):
            with pytest.raises(NotFound):
                action(room, emailed)
        assert notices.notify(event_id=event.pk, now=room.now) == []

    def test_the_text_is_bound_to_its_recipient_and_its_object(self, room, rosa, emailed):
        other = answer_email(room.claim(), rosa, "Ask him.", now=room.now)
        other.text_encrypted = emailed.text_encrypted
        with assert_refused(Conflict, "CIPHERTEXT_INVALID"):
            emailed_comments.read(other)


class TestReceiving:
    def test_no_more_than_a_few_wait_for_one_person(self, room, rosa, monkeypatch):
        monkeypatch.setattr(emailed_comments, "MAX_WAITING", 2)
        claim = room.claim()
        first, _ = (answer_email(claim, rosa, now=room.now) for _ in range(2))
        address, third = email_about(claim, rosa, now=room.now), incoming(mail_to("reply@reply.example"))
        assert receive(room, address, third) is Receipt.EXCESS
        dismiss(room, first)
        assert receive(room, address, third) is Receipt.RECEIVED

    def test_a_message_that_was_decided_does_not_come_back(self, room, rosa):
        claim, headers = room.claim(), "Message-ID: <7@newsroom.example>\r\n"
        confirm(room, answer_email(claim, rosa, headers=headers, now=room.now))
        again = incoming(mail_to("reply@reply.example", "Ask her.", headers=headers))
        assert receive(room, email_about(claim, rosa, now=room.now), again) is Receipt.DUPLICATE

    @pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Return-Path: <>", "Precedence: bulk"])
    def test_automatic_messages_are_not_kept(self, room, rosa, header):
        address = email_about(room.claim(), rosa, now=room.now)
        away = incoming(mail_to("reply@reply.example", "I am away.", headers=f"{header}\r\n"))
        assert receive(room, address, away) is Receipt.AUTOMATIC
        assert not EmailedComment.objects.exists()

    def test_of_a_long_text_the_beginning_is_kept(self, room, rosa):
        emailed = answer_email(room.claim(), rosa, "No. " * 3000, now=room.now)
        assert emailed.incomplete
        assert len(emailed_comments.read(emailed)) == comments.MAX_LENGTH
        assert confirm(room, emailed)

    def test_an_address_that_has_expired_accepts_nothing(self, room, rosa):
        address = email_about(room.claim(), rosa, now=room.now)
        room.later(days=30)
        assert receive(room, address, incoming(mail_to("reply@reply.example"))) is Receipt.EXPIRED


class TestRetention:
    def test_all_is_deleted_after_thirty_days(self, room, rosa, emailed):
        decided = answer_email(room.claim(), rosa, now=room.now)
        dismiss(room, decided)
        notices.notify(event_id=Event.objects.get(stream=f"emailedcomment:{emailed.pk}").pk, now=room.now)
        scheduler.run_due(now=room.now + timedelta(days=29))
        assert EmailedComment.objects.count() == 2
        scheduler.run_due(now=room.now + timedelta(days=30))
        assert not EmailedComment.objects.exists()
        assert not CommentAddress.objects.exists()
        assert events(emailed) == ["emailed_comment.receive", "emailed_comment.expire"]
        assert events(decided) == ["emailed_comment.receive", "emailed_comment.dismiss"]
        assert not Notification.objects.filter(event__action="emailed_comment.receive", retired_at=None).exists()

    @pytest.mark.parametrize("change", [{"state": "confirmed"}, {"text_encrypted": None}, {"message_digest": "x"}])
    def test_the_text_is_kept_exactly_while_it_waits_and_the_rest_does_not_change(self, emailed, change):
        with pytest.raises(DatabaseError), transaction.atomic():
            EmailedComment.objects.update(**change)


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("others", [confirm, dismiss])
def test_of_two_decisions_at_once_one_counts(room, emailed, others):
    barrier, results = threading.Barrier(2), []

    def run(action: Any) -> None:
        barrier.wait()
        try:
            action(room, emailed)
            results.append("done")
        except ActionError as error:
            results.append(error.reasons[0].code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(action,)) for action in (confirm, others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["ALREADY_DECIDED", "done"]
    assert Comment.objects.count() == (fresh(emailed).state == "confirmed")


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_with_one_message_one_keeps_it(room, rosa):
    address, mail = email_about(room.claim(), rosa, now=room.now), incoming(mail_to("reply@reply.example"))
    barrier, receipts = threading.Barrier(2), []

    def run() -> None:
        barrier.wait()
        receipts.append(receive(room, address, mail).value)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipts) == ["duplicates", "received"]


def receive(room, address, mail) -> Receipt:
    return emailed_comments.receive(address_id=address.pk, mail=mail, now=room.now)
