"""Incoming email for tests: a maildir of their own, messages in it, and a worker that collects them."""

from __future__ import annotations

import mailbox
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from editorial import outbox
from editorial.formats import mail_body, mail_headers
from editorial.models import (
    CommentAddress,
    Delivery,
    EmailedComment,
    Event,
    Mailbox,
    MessageKind,
    Notification,
    OutboxMessage,
    ReceivedAnswer,
    ReplyAddress,
    ReplyRequest,
    User,
    mail_addresses,
)
from editorial.workflow.core.audit import stream_of
from editorial.workflow.imports import mail_polling, mailboxes
from editorial.workflow.review import emailed_comments, received_answers, replies, reply_addresses
from editorial.workflow.review.incoming_mail import IncomingMail, Receipt
from tests.support.cast import HOUR, Room

DOMAIN = "reply.example"


@pytest.fixture
def maildir(settings: Any, tmp_path: Path) -> Iterator[mailbox.Maildir]:
    """The mailbox of the newsroom, empty."""
    settings.INBOUND_MAIL_DOMAIN = DOMAIN
    settings.INBOUND_MAILDIR = str(tmp_path / "maildir")
    box = mailbox.Maildir(settings.INBOUND_MAILDIR)
    yield box
    box.close()


@pytest.fixture
def asked(maildir: mailbox.Maildir, room: Room) -> ReplyRequest:
    """A request for comment that was sent, with an address."""
    return ask(room)


def ask(room: Room, *, by: str = "rosa", **claim: Any) -> ReplyRequest:
    party = room.person("Lida Fenn")
    put = room.claim(by=by, adverse_to=[party.pk], **claim)
    return replies.send(
        to_id=party.pk, covers=[put.pk], question="Was it open?", deadline_at=room.now + 4 * HOUR,
        reason="It runs tonight.", actor=room.people[by], now=room.now,
    )  # fmt: skip


def mail_to(
    request: ReplyRequest | str,
    text: str = "It was shut.",
    *,
    headers: str = "",
    sender: str = "Lida <lida@fenn.example>",
) -> bytes:
    """A message to the address of the request, or to any address."""
    address = request if isinstance(request, str) else reply_addresses.address_of(request)
    message_id = "" if "Message-ID" in headers else "Message-ID: <1@fenn.example>\r\n"
    return f"From: {sender}\r\nTo: {address}\r\nSubject: Re: the gate\r\n{message_id}{headers}\r\n{text}\r\n".encode()


def collect(room: Room) -> Mailbox:
    """Look into the mailbox, as a worker would."""
    for kind in mailboxes.configured():
        Mailbox.objects.filter(kind=kind).update(next_fetch_at=room.now)
        mailboxes.enqueue(kind=kind, now=room.now)
    for job in outbox.claim_batch(now=room.now):
        if job.kind is MessageKind.FETCH_MAIL:
            assert mail_polling.poll(message_id=job.message, clock=lambda: room.now) == "done"
    OutboxMessage.objects.filter(state="sent").update(state="ready", sent_at=None)
    return Mailbox.objects.get()


def deliver(room: Room, box: mailbox.Maildir, *messages: bytes) -> list[ReceivedAnswer]:
    """Have the messages delivered and collected; all answers so far, oldest first."""
    for message in messages:
        box.add(message)
    collect(room)
    return list(ReceivedAnswer.objects.order_by("id"))


def receive(room: Room, request: ReplyRequest, text: str = "It was shut.") -> ReceivedAnswer:
    """An answer to the request, as a worker would keep it. Needs no settings."""
    values = {"token": secrets.token_hex(13), "expires_at": room.now + timedelta(days=180)}
    address, _ = ReplyAddress.objects.get_or_create(request=request, defaults=values)
    received_answers.receive(address_id=address.pk, mail=incoming(mail_to("reply@reply.example", text)), now=room.now)
    return request.received_answers.order_by("-id")[0]


def email_about(row: Any, user: User, *, now: datetime) -> CommentAddress:
    """The address in an email to this person about the newest event of an object, as sending it would give it one."""
    event = Event.objects.filter(stream=stream_of(row)).latest("number")
    values = {"subject": "News", "body": "News.", "path": "/admin/", "created_at": now}
    notice, _ = Notification.objects.get_or_create(event=event, user=user, defaults=values)
    email, _ = Delivery.objects.get_or_create(notification=notice, event=event, channel="mail")
    values = {"token": mail_addresses.new_token(), "expires_at": now + timedelta(days=30)}
    return CommentAddress.objects.get_or_create(email=email, defaults=values)[0]


def answer_email(row: Any, user: User, text: str = "Ask her.", *, now: datetime, headers: str = "") -> EmailedComment:
    """An answer to an email about an object, as a worker would keep it. Needs no settings."""
    address = email_about(row, user, now=now)
    headers = headers or f"Message-ID: <{secrets.token_hex(8)}@newsroom.example>\r\n"
    raw = mail_to("reply@reply.example", text, headers=headers)
    receipt = emailed_comments.receive(address_id=address.pk, mail=incoming(raw), now=now)
    assert receipt is Receipt.RECEIVED
    return EmailedComment.objects.filter(user=user).latest("id")


def incoming(raw: bytes) -> IncomingMail:
    """A message as a worker reads it."""
    return IncomingMail.of(raw, mail_headers.read(raw), mail_body.read(raw), truncated=False)


def counters() -> dict[str, int]:
    """What became of all messages so far, without zeros."""
    names = [receipt.value for receipt in Receipt]
    return {name: count for name, count in Mailbox.objects.values(*names).get().items() if count}
