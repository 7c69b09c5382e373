"""Emails: their contents, that each is sent once, and an uncertain delivery."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as newsroom_settings
from django.db import connection

from editorial import outbox
from editorial.models import Delivery, DeliveryState, Membership, MessageKind, Notification, OutboxMessage, User
from editorial.notifications import deliveries
from editorial.operations import queue_stats
from editorial.workflow.ops import dead_letters
from editorial.workflow.people import subscriptions
from editorial.workflow.stories import stories
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import NOW, run_concurrently
from tests.support.live import deployment_environment
from tests.support.receivers import MailServer
from tests.support.servers import ROOT


def body(email: EmailMessage, kind: str) -> str:
    """One of the two bodies of an email."""
    part = email.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def spike(room: NotifyingRoom, headline: str = "The gate") -> None:
    """An event of which only rosa is notified."""
    story = stories.pitch(desk_id=room.desk.pk, headline=headline, body="", actor=room.people["rosa"], now=room.now)
    stories.spike(story_id=story.pk, reason="The mayor rang me at home.", actor=room.people["edith"], now=room.now)
    room.settle()


def test_an_email_says_what_happened_links_to_it_and_is_marked_automatic(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    spike(room)
    (email,) = mailbox.emails
    assert (email["subject"], email["to"]) == ("Story spiked: The gate", "rosa@newsroom.example")
    assert email["message-id"] == f"<{Delivery.objects.get().pk}@paper.example>"
    assert email["auto-submitted"] == "auto-generated"
    assert "notifications.paper.example" in email["list-id"]
    link = "https://news.example" + Notification.objects.get().path
    for kind in ("plain", "html"):
        assert "edith spiked this story; it will not run." in body(email, kind)
        assert link in body(email, kind)
        assert "rang me" not in body(email, kind), "a reason left the newsroom"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert delivery.settled_at is not None


def test_times_are_shown_in_the_readers_zone(room: NotifyingRoom, mailbox: MailServer, rosa: User) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="America/New_York")
    User.objects.filter(username="edgar").update(time_zone="Middle/Earth")
    subscriptions.follow(desk_id=room.desk.pk, actor=room.people["edgar"], now=room.now)
    story = room.cleared(room.verified())
    room.now = NOW + timedelta(hours=1)
    stories.schedule(
        story_id=story.pk, at=datetime(2031, 7, 1, 9, 30), time_zone="Europe/Berlin",  # noqa: DTZ001
        actor=room.people["edith"], now=room.now,
    )  # fmt: skip
    room.settle()
    (rosas,) = (email for email in mailbox.messages_to("rosa") if "Story scheduled" in email["subject"])
    (edgars,) = (email for email in mailbox.messages_to("edgar") if "Story scheduled" in email["subject"])
    assert "for 1 July 2031, 03:30 (America/New_York)" in body(rosas, "plain")
    assert "4 March 2031, 05:00 (America/New_York)" in body(rosas, "plain"), "when it happened"
    assert "for 1 July 2031, 07:30 (UTC)" in body(edgars, "plain")


def test_a_headline_can_neither_add_a_header_nor_markup(room: NotifyingRoom, mailbox: MailServer) -> None:
    spike(room, "Gate\r\nBcc: all@rival.example\r\n\r\n<script>alert(1)</script> \u202eevil")
    (email,) = mailbox.emails
    assert email["bcc"] is None
    assert email["subject"] == "Story spiked: Gate Bcc: all@rival.example <script>alert(1)</script> evil"
    assert "<script>" not in body(email, "html")
    assert "&lt;script&gt;" in body(email, "html")


def test_without_an_address_or_with_mail_turned_off_notifications_are_in_app_only(
    room: NotifyingRoom, mailbox: MailServer, rosa: User, felix: User, faye: User
) -> None:
    User.objects.filter(pk=rosa.pk).update(email="")
    claim = room.claim()
    subscriptions.follow(claim_id=claim.pk, by_mail=False, actor=felix, now=room.now)
    subscriptions.follow(claim_id=claim.pk, actor=faye, now=room.now)
    for by in ("rosa", "ruben"):  # the effect of two people's acts is news to both
        room.says(room.person(), claim, by=by)
    room.settle()
    assert room.notified_usernames("claim.assess") == {"rosa", "ruben", "felix", "faye"}
    mailed = Notification.objects.filter(email__state="delivered", event__action="claim.assess")
    assert set(mailed.values_list("user__username", flat=True)) == {"ruben", "faye"}


def test_a_mandatory_notification_is_mailed_even_with_mail_turned_off(
    room: NotifyingRoom, mailbox: MailServer, rosa: User
) -> None:
    subscriptions.follow(desk_id=room.desk.pk, by_mail=False, actor=rosa, now=room.now)
    spike(room)
    assert mailbox.messages_to("rosa")


def test_a_role_revoked_before_sending_cancels_the_email(room: NotifyingRoom, mailbox: MailServer, rosa: User) -> None:
    room.delivering = False
    spike(room)
    Membership.objects.filter(user=rosa).delete()
    room.delivering = True
    room.later(minutes=2)
    room.settle()
    assert mailbox.emails == []
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("failed", "RECIPIENT_GONE")
    assert OutboxMessage.objects.get(kind="deliver").state == "done"


def test_a_nonexistent_mailbox_fails_permanently(room: NotifyingRoom, mailbox: MailServer) -> None:
    mailbox.refused.add("rosa")
    spike(room)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error, delivery.attempts) == ("failed", "SMTP_550", 1)


def test_a_mail_server_that_is_down_is_tried_again_with_growing_pauses_until_it_is_a_dead_letter(
    room: NotifyingRoom, mailbox: MailServer, settings: Any
) -> None:
    nobody = MailServer()
    nobody.server_close()
    settings.EMAIL_PORT = nobody.port
    spike(room)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("waiting", "ConnectionRefusedError")
    for pause in (15, 90, 540, 3240):
        message = OutboxMessage.objects.get(kind="deliver")
        assert (message.available_at - room.now).total_seconds() == pause
        room.later(seconds=pause)
        room.settle()
    assert Delivery.objects.get().state == "failed"
    assert OutboxMessage.objects.get(kind="deliver").state == "dead"
    settings.EMAIL_PORT = mailbox.port
    message = OutboxMessage.objects.get(kind="deliver")
    dead_letters.retry(message_id=message.pk, actor=room.people["ada"], now=room.now)
    room.settle()
    assert Delivery.objects.get().state == "delivered"
    assert len(mailbox.emails) == 1


def test_an_email_without_acknowledgement_is_uncertain(
    room: NotifyingRoom, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_and_lose_patience(client: smtplib.SMTP, sent: Any) -> None:
        send(client, sent)
        if mailbox.never_acknowledges and isinstance(sent, bytes) and sent.endswith(b"\r\n.\r\n"):
            assert mailbox.arrived.wait(timeout=60)
            assert client.sock is not None
            client.sock.settimeout(0.1)

    send = smtplib.SMTP.send
    monkeypatch.setattr(smtplib.SMTP, "send", send_and_lose_patience)
    mailbox.never_acknowledges = True
    spike(room)
    assert Delivery.objects.get().state == "uncertain"
    mailbox.never_acknowledges = False
    room.later(seconds=15)
    room.settle()
    assert len({email["message-id"] for email in mailbox.emails}) == 1
    assert len(mailbox.emails) == 2
    delivery = Delivery.objects.get()
    assert delivery.state == "uncertain", "nobody knows whether it arrived twice"
    assert delivery.settled_at is not None
    assert queue_stats.delivery_counts()[DeliveryState.UNCERTAIN] == 1


@pytest.mark.django_db(transaction=True)
def test_two_concurrent_workers_send_one_email(room: NotifyingRoom, mailbox: MailServer) -> None:
    room.delivering = False
    spike(room)
    message = OutboxMessage.objects.get(kind="deliver")
    room.delivering = True
    run_concurrently(*[lambda: room.work(message.pk, MessageKind.DELIVER)] * 3)
    assert len(mailbox.emails) == 1
    assert Delivery.objects.get().attempts == 1


def test_a_worker_that_lost_its_lease_sends_nothing(room: NotifyingRoom, mailbox: MailServer) -> None:
    room.delivering = False
    spike(room)
    message = OutboxMessage.objects.get(kind="deliver")
    outbox.claim_batch(now=room.now)
    ticks = iter(range(9))

    def clock() -> datetime:
        if next(ticks) == 1:  # between its start and its attempt
            outbox.claim_batch(now=room.later(seconds=outbox.LEASE.seconds))
            assert outbox.start(message.pk, now=room.now)
        return room.now

    deliveries.deliver(message_id=message.pk, clock=clock)
    assert mailbox.emails == []
    assert Delivery.objects.get().attempts == 0, "the attempt is the other worker's"


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_after_sending_leaves_an_uncertain_email_that_is_sent_again(
    room: NotifyingRoom, mailbox: MailServer, data_folder: Path
) -> None:
    room.now = datetime.now(UTC)
    room.delivering = False
    spike(room)
    message = OutboxMessage.objects.get(kind="deliver")
    mailbox.never_acknowledges = True
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=newsroom_settings.REDIS_URL
    ) | {
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "EMAIL_FROM": newsroom_settings.DEFAULT_FROM_EMAIL,
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }
    work = f"import django; django.setup(); from editorial import tasks; tasks.deliver(message_id='{message.pk}')"
    worker = subprocess.Popen([sys.executable, "-c", work], cwd=ROOT, env=environment)  # noqa: S603
    assert mailbox.arrived.wait(timeout=120)
    worker.kill()
    worker.wait()
    assert Delivery.objects.get().state == "sending"

    mailbox.never_acknowledges, room.delivering = False, True
    assert outbox.claim_batch(now=room.now) == [], "its lease has not run out"
    room.now = datetime.now(UTC) + outbox.LEASE
    room.settle()
    first, second = mailbox.emails
    assert first["message-id"] == second["message-id"]
    assert queue_stats.delivery_counts()[DeliveryState.UNCERTAIN] == 1
    assert Delivery.objects.get().attempts == 2
    assert OutboxMessage.objects.get(kind="deliver").state == "done"
