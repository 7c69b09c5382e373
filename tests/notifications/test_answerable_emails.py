"""Emails that can be answered: about one object on which the recipient may comment, if the newsroom receives email."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from editorial.formats.mail_quotes import REPLY_ABOVE
from editorial.models import CommentAddress, Notification
from editorial.workflow.people import subscriptions
from editorial.workflow.review import comments
from tests.notifications.conftest import NotifyingRoom
from tests.notifications.test_mail import body, spike
from tests.support.receivers import MailServer

DOMAIN = "reply.example"


@pytest.fixture(autouse=True)
def domain(settings: Any) -> None:
    settings.INBOUND_MAIL_DOMAIN = DOMAIN


def test_an_email_about_one_object_has_an_address_of_its_own(room: NotifyingRoom, mailbox: MailServer) -> None:
    spike(room)
    (email,) = mailbox.messages_to("rosa")
    address = CommentAddress.objects.get()
    assert email["reply-to"] == f"reply+{address.token}@{DOMAIN}"
    assert len(address.token) == 26
    assert address.email.notification.user.username == "rosa"
    assert timedelta(days=29) < address.expires_at - room.now <= timedelta(days=30)
    for kind in ("plain", "html"):
        assert REPLY_ABOVE in body(email, kind)
        assert "until then, nobody else sees it" in body(email, kind)


def test_two_recipients_have_two_addresses(room: NotifyingRoom, mailbox: MailServer) -> None:
    subscriptions.follow(desk_id=room.desk.pk, actor=room.people["edgar"], now=room.now)
    spike(room)
    assert len({email["reply-to"] for email in mailbox.emails}) == len(mailbox.emails) == 2


def test_without_the_setting_nothing_changes(room: NotifyingRoom, mailbox: MailServer, settings: Any) -> None:
    settings.INBOUND_MAIL_DOMAIN = ""
    spike(room)
    (email,) = mailbox.emails
    assert email["reply-to"] is None
    assert REPLY_ABOVE not in body(email, "plain")
    assert not CommentAddress.objects.exists()


def test_an_email_about_several_objects_has_none(room: NotifyingRoom, mailbox: MailServer) -> None:
    for number in range(5):
        spike_without_settling(room, f"Gate {number}")
    room.settle()
    (email,) = mailbox.messages_to("rosa")
    assert Notification.objects.filter(user__username="rosa").count() == 5
    assert email["reply-to"] is None


def test_an_email_about_a_confidential_story_has_none(room: NotifyingRoom, mailbox: MailServer) -> None:
    claim = room.claim()
    identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
    room.says(room.person("a keeper", unnamed=True, **identity), claim)
    room.settle()
    mailbox.emails.clear()
    comments.add(claim_id=claim.pk, text="@felix, ask her.", actor=room.people["rosa"], now=room.now)
    room.settle()
    (email,) = mailbox.messages_to("felix")
    assert email["reply-to"] is None


def test_an_email_about_an_account_has_none(room: NotifyingRoom, mailbox: MailServer) -> None:
    from editorial.workflow.people import tokens

    tokens.issue(user_id=room.people["rosa"].pk, scopes=["read"], actor=room.people["ada"], now=room.now)
    room.settle()
    (email,) = mailbox.messages_to("rosa")
    assert email["reply-to"] is None


def test_the_email_that_asks_to_confirm_an_answer_cannot_be_answered(room: NotifyingRoom, mailbox: MailServer) -> None:
    from tests.support.incoming_mail import answer_email

    answer_email(room.claim(), room.people["rosa"], now=room.now)
    room.settle()
    (email,) = [email for email in mailbox.messages_to("rosa") if "Comment to confirm" in email["subject"]]
    assert email["reply-to"] is None
    assert "Ask her" not in body(email, "plain")


def spike_without_settling(room: NotifyingRoom, headline: str) -> None:
    from editorial.workflow.stories import stories

    story = stories.pitch(desk_id=room.desk.pk, headline=headline, body="", actor=room.people["rosa"], now=room.now)
    stories.spike(story_id=story.pk, reason="Old.", actor=room.people["edith"], now=room.now)
