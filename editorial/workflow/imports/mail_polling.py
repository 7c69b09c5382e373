"""Collects incoming email. No transaction is open while a mailbox is read.

A message is removed from its mailbox after it is stored. If the worker dies in between, the message is found again and
recognised: nothing is lost, and nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from editorial import deadlines, outbox, receivers
from editorial.formats import isolated, mail_headers
from editorial.formats.errors import ParseError
from editorial.formats.mail_body import MailBody
from editorial.models import Mailbox, MessageState, ReplyAddress
from editorial.policy.vocabulary import MailboxKind
from editorial.workflow.imports import mail_sources, mailboxes
from editorial.workflow.imports.mail_sources import MailboxUnavailable, RawMail
from editorial.workflow.review import emailed_comments, received_answers, reply_addresses
from editorial.workflow.review.incoming_mail import IncomingMail, Receipt
from editorial.workflow.review.reply_addresses import Address

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

_PARSE_SECONDS = 5.0
_UNREADABLE = "It cannot be read: {}"


def poll(*, message_id: UUID, clock: Clock) -> MessageState | None:
    """Collect the messages of a mailbox. A failure is recorded; the next collection is the next attempt.

    Returns the message's new state; None if another worker has it.
    """
    run = outbox.start(message_id, now=clock())
    if run is None:
        return None
    try:
        outcome = _collect(Mailbox.objects.get(pk=run.reference), run, clock)
        with transaction.atomic():
            outcome(mailbox_id=run.reference, now=clock())
            outbox.finish(run, now=clock())
    except Exception as error:
        outbox.fail(run, error, now=clock())
        raise
    return MessageState.DONE


def _collect(mailbox: Mailbox, run: outbox.Run, clock: Clock) -> Callable[..., None]:
    """Store the messages, as many as time allows. Returns the action that records the result."""
    if mailbox.kind not in mailboxes.configured():
        return partial(mailboxes.record_success, has_more=False)
    failed, has_more = 0, False
    with deadlines.within(settings.EXTERNAL_CALL_SECONDS) as deadline:
        try:
            with closing(mail_sources.messages(MailboxKind(mailbox.kind), deadline)) as messages:
                for mail in messages:
                    failed += not _store_and_remove(mail, mailbox, clock)
                    if has_more := deadline.remaining() < 2 * _PARSE_SECONDS:
                        break
        except MailboxUnavailable as error:
            receivers.record_failure(run.receiver, now=clock())
            return partial(mailboxes.record_failure, problem=str(error))
    receivers.record_success(run.receiver)
    if failed:
        problem = f"{failed} message(s) could not be stored and stay in the mailbox. The log of the worker says why."
        return partial(mailboxes.record_failure, problem=problem)
    return partial(mailboxes.record_success, has_more=has_more)


def _store_and_remove(mail: RawMail, mailbox: Mailbox, clock: Clock) -> bool:
    """Store a message, then remove it. One that cannot be stored stays and holds up no other."""
    try:
        _store(mail, mailbox, clock)
        mail.remove()
    except Exception as error:
        log.error("message was not stored", kind=type(error).__name__)
        return False
    return True


def _store(mail: RawMail, mailbox: Mailbox, clock: Clock) -> None:
    headers = mail_headers.read(mail.content)
    addresses = reply_addresses.find(headers)
    live = [address for address in addresses if address.expires_at > clock()]
    if not live:  # it is not worth parsing
        mailboxes.count(mailbox.pk, Receipt.EXPIRED if addresses else Receipt.UNKNOWN)
        return
    incoming = IncomingMail.of(mail.content, headers, _body(mail.content), truncated=mail.truncated)
    for address in live:
        with transaction.atomic():
            mailboxes.count(mailbox.pk, _receive(incoming, address, clock()))


def _receive(mail: IncomingMail, address: Address, now: datetime) -> Receipt:
    receive = received_answers.receive if isinstance(address, ReplyAddress) else emailed_comments.receive
    return receive(address_id=address.pk, mail=mail, now=now)


def _body(content: bytes) -> MailBody:
    try:
        return isolated.read_mail(content, seconds=_PARSE_SECONDS)
    except ParseError as error:
        return MailBody(problem=_UNREADABLE.format(error.code.replace("_", " ").lower()))
